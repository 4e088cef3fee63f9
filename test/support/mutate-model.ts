import type { Json } from '../../src/core/config.ts';
import type { StoredArray } from '../../src/formats/arrays/stored.ts';

type Next = (below: number) => number;

/** What nobody writes into a config who means well. */
const hostile: readonly Json[] = [
  ...[null, true, false, -1, 0, 1, 2, 3, 0.5, 1e9, 2 ** 31, 2 ** 53, 1e308, -1e9, '', 'x', 'keras', '__proto__'],
  ...[[], {}, [[]], [null], [1e9, 1e9], [-1], ['x', 0, 0], [0, 0, 0, 0], { class_name: 'Dense', config: {} }],
  ...['Dense', 'Functional', 'Sequential', 'Lambda', 'NoSuchLayer', 'relu', 'float16', 'int32', 'channels_first'],
];

/** A list in a list in a list, … */
function deep(depth: number): Json {
  let value: Json = 0;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

interface Slot {
  readonly holder: Record<string, Json>;
  readonly key: string;
}

/** Every place in a JSON value, in order. */
function slotsIn(value: Json): readonly Slot[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, Json>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...slotsIn(holder[key] ?? null)]);
}

/** A copy of a JSON value with one to three changes: other values, missing, moved, repeated and renamed parts. */
export function mutateJson(value: Json, next: Next): Json {
  let changed = structuredClone(value);
  for (let i = next(3); i >= 0; i--) {
    const slots = slotsIn(changed);
    const slot = slots[next(slots.length)];
    if (slot === undefined) return changed;
    const { holder, key } = slot;
    const other = slots[next(slots.length)];
    const elsewhere = other === undefined ? null : structuredClone(other.holder[other.key] ?? null);
    switch (next(10)) {
      case 0:
        if (Array.isArray(holder)) (holder as Json[]).splice(Number(key), 1);
        else Reflect.deleteProperty(holder, key);
        break;
      case 1:
        if (Array.isArray(holder)) (holder as Json[]).push(structuredClone(holder[key] ?? null));
        else holder[`${key}_2`] = holder[key] ?? null;
        break;
      case 2:
        holder[key] = elsewhere;
        break;
      case 3:
        holder[key] = deep(next(600));
        break;
      case 4: {
        const number = holder[key];
        holder[key] = typeof number === 'number' ? number * [-1, 0, 1e3, 1e6, 1e9, 0.5][next(6)]! : elsewhere;
        break;
      }
      default:
        holder[key] = structuredClone(hostile[next(hostile.length)] ?? null);
    }
    // Later changes may find holders that are no longer part of it, which does no harm.
    changed = structuredClone(changed);
  }
  return changed;
}

/** A stored array with other values, of another type, or of another shape. */
export function mutateArray(array: StoredArray, next: Next): StoredArray {
  const { shape, data } = array;
  switch (next(5)) {
    case 0:
      return { ...array, shape: [...shape].reverse() };
    case 1:
      return { ...array, shape: [shape.reduce((a, b) => a * b, 1)] };
    case 2:
      return { ...array, dtype: 'float64', data: Float64Array.from(data as Iterable<number>, Number) };
    case 3:
      return { ...array, shape: [0], data: data.slice(0, 0) };
    default: {
      const copy = data.slice();
      if (copy instanceof Float32Array) copy[next(copy.length)] = [NaN, Infinity, -0, 7][next(4)]!;
      return { ...array, data: copy };
    }
  }
}
