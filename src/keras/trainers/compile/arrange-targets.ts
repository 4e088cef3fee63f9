import { isRecord } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { unknownName } from '../../../core/checks.ts';
import { type IsLeaf, type Tree, flatten } from '../../../core/tree.ts';

/** The names of outputs: those that the model gives them, or the keys of a record of outputs. */
export function namesOf<T>(
  form: Tree<T>,
  isLeaf: IsLeaf<T>,
  given: readonly string[] | null,
): readonly string[] | null {
  return given ?? (!isLeaf(form) && isRecord(form) ? Object.keys(form) : null);
}

/**
 * Targets, or weights, in the order of the outputs: a record is read by the outputs' names, everything else as it stands.
 * @throws TypeError if a record names no output; ValueError if it leaves one out, or the outputs have no names.
 */
export function arrangeTargets<T>(
  who: string,
  y: Tree<T> | null,
  isLeaf: IsLeaf<T>,
  names: readonly string[] | null,
  argument = 'y',
): readonly T[] {
  if (y === null) return [];
  if (isLeaf(y) || !isRecord(y)) return flatten(y, isLeaf);
  const record = y;
  const keys = Object.keys(record);
  if (names === null) {
    throw new ValueError(
      `[${who}] ${argument} can only be a record where the outputs have names. Received: ${show(keys)}.`,
    );
  }
  for (const key of keys) if (!names.includes(key)) throw unknownName(who, `output in ${argument}`, key, names);
  return names.flatMap((name) => {
    const target = record[name];
    if (target !== undefined) return flatten(target, isLeaf);
    throw new ValueError(
      `[${who}] ${argument} must have ${argument === 'y' ? 'targets' : 'weights'} for every output. Received: ${show(keys)}, without ${show(name)}.`,
    );
  });
}

/**
 * The weights of each output: an array that is alone is for all of them.
 * @throws TypeError if a record names no output; ValueError if there is not one for each.
 */
export function arrangeWeights<T>(
  who: string,
  weights: Tree<T> | null,
  isLeaf: IsLeaf<T>,
  { names, count }: { readonly names: readonly string[] | null; readonly count: number },
): readonly T[] {
  if (weights === null) return [];
  if (isLeaf(weights)) return Array.from({ length: count }, () => weights);
  const all = arrangeTargets(who, weights, isLeaf, names, 'sampleWeight');
  if (all.length === count) return all;
  throw new ValueError(
    `[${who}] sampleWeight must be one array, or one for each of the ${count} outputs. Received: ${all.length}.`,
  );
}
