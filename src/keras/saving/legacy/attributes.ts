import { ValueError } from '../../../core/errors.ts';
import type { GroupBuilder } from '../groups.ts';
import type { StoredAttribute, StoredGroup } from '../../../formats/arrays/stored.ts';

/** How many bytes of attributes HDF5 keeps in the head of an object. */
const LIMIT = 64512;

/** Puts a list of texts on a group, in pieces if it is long, as Keras does. */
export function setTexts(group: GroupBuilder, name: string, texts: readonly string[]): void {
  if (texts.length === 0) {
    // What NumPy makes of an empty list.
    group.set(name, { kind: 'array', dtype: 'float64', shape: [0], data: new Float64Array(0) });
    return;
  }
  const widest = Math.max(...texts.map((text) => new TextEncoder().encode(text).length));
  const pieces = Math.ceil((widest * texts.length) / LIMIT);
  if (pieces <= 1) {
    group.set(name, texts);
    return;
  }
  const each = Math.ceil(texts.length / pieces);
  for (let i = 0; i * each < texts.length; i++) group.set(`${name}${i}`, texts.slice(i * each, (i + 1) * each));
}

/** The list of texts that {@link setTexts} put there; undefined if there is none. */
export function textsOf(group: StoredGroup, name: string): readonly string[] | undefined {
  const whole = group.attributes.get(name);
  if (whole !== undefined) return asTexts(whole);
  const pieces: string[] = [];
  for (let i = 0; group.attributes.has(`${name}${i}`); i++) {
    pieces.push(...(asTexts(group.attributes.get(`${name}${i}`)) ?? []));
  }
  return pieces.length === 0 ? undefined : pieces;
}

function asTexts(value: StoredAttribute | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  if (isTexts(value)) return value;
  return value === undefined ? undefined : [];
}

function isTexts(value: StoredAttribute | undefined): value is readonly string[] {
  return Array.isArray(value);
}

/** A text on a group; undefined if there is none. @throws ValueError if there is something else. */
export function textOf(group: StoredGroup, name: string, who: string): string | undefined {
  const value = group.attributes.get(name);
  if (value === undefined || typeof value === 'string') return value;
  throw new ValueError(`[${who}] the attribute ${name} must be a text. Received: a ${typeof value}.`);
}
