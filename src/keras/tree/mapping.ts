import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { checkStructure } from './comparison.ts';
import { checkFunction, entriesOf, isNested, withEntries } from './structures.ts';

/** A value for {@link traverse}: replaces a part by null, where null itself stands for no replacement. */
export const MAP_TO_NONE: unique symbol = Symbol('MAP_TO_NONE');

/**
 * The structure with each leaf replaced by the result of a function, which receives the leaves of all structures at that place.
 * @throws TypeError if func is not a function, or there is no structure; ValueError if the structures differ.
 * @example
 * tree.mapStructure((v) => v ** 2, [[1], [2], [3]]);                  // [[1], [4], [9]]
 * tree.mapStructure((x, y) => x * y, { a: 2, b: 3 }, { a: 5, b: 7 });  // { a: 10, b: 21 }
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function mapStructure(
  func: (...leaves: readonly never[]) => unknown,
  ...structures: readonly unknown[]
): unknown {
  return mapped('tree.mapStructure', func, structures, false);
}

/**
 * As {@link mapStructure}, down to the leaves of a shallow structure: what the others contain there is passed whole.
 * @throws TypeError if func is not a function, or there is no structure; ValueError if a structure is shallower.
 * @example
 * tree.mapStructureUpTo([null, null], (part) => part.length, [[1, 1], [2, 2, 2]]);    // [2, 3]
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function mapStructureUpTo(
  shallowStructure: unknown,
  func: (...parts: readonly never[]) => unknown,
  ...structures: readonly unknown[]
): unknown {
  return mapped('tree.mapStructureUpTo', func, structures, true, shallowStructure);
}

function mapped(
  who: string,
  func: (...leaves: readonly never[]) => unknown,
  structures: readonly unknown[],
  isPrefix: boolean,
  shallow: unknown = structures[0],
): unknown {
  checkFunction(who, func);
  if (structures.length === 0) throw new TypeError(`[${who}] there must be at least one structure. Received: none.`);
  for (const each of structures) checkStructure(who, shallow, each, [], isPrefix);
  const map = (form: unknown, parts: readonly unknown[]): unknown => {
    if (!isNested(form)) return func(...(parts as readonly never[]));
    const all = parts.map((part) => new Map(entriesOf(part)));
    const entries = entriesOf(form).map(
      ([place, entry]) =>
        [
          place,
          map(
            entry,
            all.map((each) => each.get(place)),
          ),
        ] as const,
    );
    return withEntries(form, new Map(entries));
  };
  return map(shallow, structures);
}

/** Options of {@link traverse}. */
export interface TraverseOptions {
  /** Whether a part is visited before the parts in it, which can be left out then. @default true */
  topDown?: boolean;
}

/**
 * The structure with parts replaced by what a function returns for them: undefined or null keeps a part, and `MAP_TO_NONE` makes it
 * null. From the top, the parts of a replaced part are not visited.
 * @throws TypeError if func is not a function.
 * @example
 * tree.traverse((part) => (part === 2 ? 'two' : undefined), [[1, 2], [3]]);    // [[1, 'two'], [3]]
 * const seen = [];
 * tree.traverse((part) => { seen.push(part); }, [[1], 2], { topDown: false });
 * seen.length;    // 4
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function traverse(func: (part: never) => unknown, structure: unknown, options: TraverseOptions = {}): unknown {
  const who = 'tree.traverse';
  checkFunction(who, func);
  checkOptions(who, options, ['topDown']);
  const { topDown = true } = options;
  checkBoolean(who, 'topDown', topDown);
  const replaced = (part: unknown): unknown => func(part as never) ?? undefined;
  const inside = (part: unknown): unknown =>
    isNested(part) ? withEntries(part, new Map(entriesOf(part).map(([place, entry]) => [place, visit(entry)]))) : part;
  const visit = (part: unknown): unknown => {
    const before = topDown ? undefined : inside(part);
    const found = replaced(topDown ? part : before);
    if (found === MAP_TO_NONE) return null;
    return found ?? (topDown ? inside(part) : before);
  };
  return visit(structure);
}

/**
 * The structure with each shape in it, an array of integers and nulls, replaced by the result of a function.
 * @throws TypeError if func is not a function.
 * @example
 * tree.mapShapeStructure((shape) => shape.length, { a: [null, 3], b: [[1], [2, 2]] });    // { a: 2, b: [1, 2] }
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function mapShapeStructure(func: (shape: readonly (number | null)[]) => unknown, structure: unknown): unknown {
  checkFunction('tree.mapShapeStructure', func);
  const isShape = (part: unknown): part is readonly (number | null)[] =>
    Array.isArray(part) && part.every((size) => size === null || Number.isInteger(size));
  const map = (part: unknown): unknown => {
    if (isShape(part)) return func(part);
    if (!isNested(part)) return part;
    return withEntries(part, new Map(entriesOf(part).map(([place, entry]) => [place, map(entry)])));
  };
  return map(structure);
}
