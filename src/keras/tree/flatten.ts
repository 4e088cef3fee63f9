import { ValueError, show } from '../../core/errors.ts';
import { type Path, entriesOf, isNested, withEntries } from './structures.ts';

/**
 * The leaves of a structure of arrays and records, depth first; records in the order of their sorted names.
 * @example
 * tree.flatten([[1, 2, 3], [4, [5], [[6]]]]);    // [1, 2, 3, 4, 5, 6]
 * tree.flatten({ b: 'world', a: 'hello' });      // ['hello', 'world']
 * tree.flatten(null);                            // [null]
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function flatten(structure: unknown): unknown[] {
  return flattenWithPath(structure).map(([, leaf]) => leaf);
}

/**
 * The leaves of a structure with their paths: the indices and names that lead to them.
 * @example
 * tree.flattenWithPath([{ foo: 42 }]);    // [[[0, 'foo'], 42]]
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function flattenWithPath(structure: unknown): (readonly [path: Path, leaf: unknown])[] {
  const found: (readonly [Path, unknown])[] = [];
  const visit = (part: unknown, path: Path): void => {
    if (!isNested(part)) found.push([path, part]);
    else for (const [place, entry] of entriesOf(part)) visit(entry, [...path, place]);
  };
  visit(structure, []);
  return found;
}

/**
 * A structure with other leaves, in the order of {@link flatten}.
 * @throws TypeError if the leaves are not iterable; ValueError if their number is not that of the structure.
 * @example
 * tree.packSequenceAs({ key3: '', key1: '', key2: '' }, [1, 2, 3]);    // { key3: 3, key1: 1, key2: 2 }
 * tree.packSequenceAs([['a', 'b'], 'c'], [1, 2, 3]);                   // [[1, 2], 3]
 * @see https://github.com/keras-team/keras/blob/v3.15.1/keras/src/tree/tree_api.py
 */
export function packSequenceAs(structure: unknown, flatSequence: Iterable<unknown>): unknown {
  const who = 'tree.packSequenceAs';
  const isIterable =
    typeof flatSequence === 'object' && (flatSequence as unknown) !== null && Symbol.iterator in flatSequence;
  if (!isIterable) {
    throw new TypeError(`[${who}] flatSequence must be a list. Received: flatSequence=${show(flatSequence)}.`);
  }
  const leaves = [...flatSequence];
  const count = flatten(structure).length;
  if (leaves.length !== count) {
    throw new ValueError(
      `[${who}] flatSequence must have as many entries as the structure has leaves. Received: ${leaves.length} for ${count} leaves.`,
    );
  }
  let next = 0;
  const pack = (part: unknown): unknown =>
    isNested(part)
      ? withEntries(part, new Map(entriesOf(part).map(([place, entry]) => [place, pack(entry)])))
      : leaves[next++];
  return pack(structure);
}
