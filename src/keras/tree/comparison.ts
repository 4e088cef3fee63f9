import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { warn } from '../../core/print.ts';
import { ValueError, show } from '../../core/errors.ts';
import { flattenWithPath } from './flatten.ts';
import { type Path, entriesOf, isNested, showPath } from './structures.ts';

/** Options of {@link assertSameStructure}. */
export interface AssertSameStructureOptions {
  /** Without effect, with a warning, as in Keras, where it is deprecated. @default null */
  readonly checkTypes?: boolean | null | undefined;
}

/**
 * Checks that two structures are nested in the same way: arrays of the same lengths, records with the same names. Leaves may differ.
 * @throws ValueError at the first difference.
 * @example
 * tree.assertSameStructure([{ a: 1 }], [{ a: 'x' }]);
 * tree.isNested(1);    // false
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function assertSameStructure(a: unknown, b: unknown, options: AssertSameStructureOptions = {}): void {
  const who = 'tree.assertSameStructure';
  checkOptions(who, options, ['checkTypes']);
  const checkTypes = options.checkTypes ?? null;
  if (checkTypes !== null) {
    const instead = checkBoolean(who, 'checkTypes', checkTypes) ? '' : ' tree.assertSamePaths is a looser check.';
    warn(`[${who}] checkTypes has no effect, as in Keras. Omit it.${instead}`);
  }
  checkStructure('tree.assertSameStructure', a, b, [], false);
}

/** @throws ValueError if b is not nested as a is; with `isPrefix`, b may be nested deeper. */
export function checkStructure(who: string, a: unknown, b: unknown, path: Path, isPrefix: boolean): void {
  const kind = (part: unknown): string => (Array.isArray(part) ? 'an array' : isNested(part) ? 'a record' : 'a leaf');
  if (!isNested(a) && (isPrefix || !isNested(b))) return;
  if (kind(a) !== kind(b)) {
    throw new ValueError(
      `[${who}] the structures must be nested in the same way. Received: ${kind(a)} and ${kind(b)} at ${showPath(path)}.`,
    );
  }
  const [own, others] = [entriesOf(a), entriesOf(b)];
  const places = (entries: readonly (readonly [number | string, unknown])[]): string =>
    show(entries.map(([place]) => place));
  if (places(own) !== places(others)) {
    throw new ValueError(
      `[${who}] the structures must have the same entries. Received: ${places(own)} and ${places(others)} at ${showPath(path)}.`,
    );
  }
  for (const [i, [place, entry]] of own.entries())
    checkStructure(who, entry, others[i]?.[1], [...path, place], isPrefix);
}

/**
 * Checks that the leaves of two structures have the same paths. An array and a record with the names 0, 1, … differ.
 * @throws ValueError if a path is in one structure alone.
 * @example
 * tree.assertSamePaths([0, { a: 1 }], [2, { a: 3 }]);
 * tree.flatten([0, { a: 1 }]);    // [0, 1]
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function assertSamePaths(a: unknown, b: unknown): void {
  const pathsOf = (structure: unknown): readonly string[] => flattenWithPath(structure).map(([path]) => showPath(path));
  const [own, others] = [pathsOf(a), pathsOf(b)];
  const missing = own.find((path) => !others.includes(path));
  const extra = others.find((path) => !own.includes(path));
  if (missing === undefined && extra === undefined) return;
  const received = missing === undefined ? `${String(extra)} in the second alone` : `${missing} in the first alone`;
  throw new ValueError(`[tree.assertSamePaths] the structures must have the same paths. Received: ${received}.`);
}
