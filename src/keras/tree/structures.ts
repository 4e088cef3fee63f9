import { isPlainRecord } from '../../core/config.ts';
import { show } from '../../core/errors.ts';

/** A position in a structure: the indices and names that lead to it. */
export type Path = readonly (number | string)[];

/**
 * Whether something is an array or a record, not a leaf. Objects of classes, such as tensors and layers, are leaves.
 * @example
 * tree.isNested(42);             // false
 * tree.isNested({ foo: 42 });    // true
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function isNested(structure: unknown): structure is readonly unknown[] | Readonly<Record<string, unknown>> {
  return Array.isArray(structure) || isPlainRecord(structure);
}

/** The entries of an array, or those of a record in the order of its sorted names, with their places. */
export function entriesOf(structure: unknown): readonly (readonly [number | string, unknown])[] {
  if (Array.isArray(structure)) return structure.map((entry: unknown, i) => [i, entry] as const);
  if (!isPlainRecord(structure)) return [];
  return Object.keys(structure)
    .sort(compareNames)
    .map((name) => [name, structure[name]] as const);
}

/** Whole numbers by value, as keys of Python's dictionaries, then other names by their characters. */
function compareNames(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isInteger(x) && Number.isInteger(y) && a !== '' && b !== '') return x - y;
  return a < b ? -1 : 1;
}

/** The structure with other entries; the names of a record keep their order. */
export function withEntries(structure: unknown, entries: ReadonlyMap<number | string, unknown>): unknown {
  if (Array.isArray(structure)) return structure.map((_, i) => entries.get(i));
  return Object.fromEntries(Object.keys(structure as object).map((name) => [name, entries.get(name)]));
}

/** A path as text: `$[0].name`. */
export const showPath = (path: Path): string =>
  `$${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`;

/** @throws TypeError if an argument is not a function. */
export function checkFunction(who: string, given: unknown): void {
  if (typeof given === 'function') return;
  throw new TypeError(`[${who}] func must be a function. Received: func=${show(given)}.`);
}
