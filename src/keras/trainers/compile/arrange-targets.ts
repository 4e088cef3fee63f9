import { isRecord } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { unknownName } from '../../../core/checks.ts';
import type { TreeDef } from '../../../core/pytree.ts';
import { type IsLeaf, type Tree, flatten } from '../../../core/tree.ts';

/** The names and the number of a model's outputs. */
export interface OutputNames {
  /** `null` if the outputs have no names. */
  readonly names: readonly string[] | null;
  readonly count: number;
}

/** The names of outputs: those that the model assigns, or the keys of a record of outputs. */
export function namesOf<T>(
  outputs: Tree<T>,
  isLeaf: IsLeaf<T>,
  assigned: readonly string[] | null,
): readonly string[] | null {
  return assigned ?? (!isLeaf(outputs) && isRecord(outputs) ? Object.keys(outputs) : null);
}

/**
 * The position of each output's target among the leaves of `y`: a record is read by the names of the outputs, any other
 * structure in its own order. A step computes this once and then only permutes flat lists.
 *
 * @throws TypeError if a record names no output; ValueError if it lacks one, or the outputs have no names.
 */
export function arrangeTargets(
  who: string,
  structure: TreeDef | null,
  names: readonly string[] | null,
  argument = 'y',
): readonly number[] {
  if (structure === null) return [];
  const positions = structure.unflatten([...structure.paths.keys()]);
  if (isPosition(positions) || !isRecord(positions)) return flatten(positions, isPosition);
  const keys = Object.keys(positions);
  if (names === null) {
    throw new ValueError(
      `[${who}] ${argument} can only be a record if the outputs have names. Received: ${show(keys)}.`,
    );
  }
  for (const key of keys) if (!names.includes(key)) throw unknownName(who, `output in ${argument}`, key, names);
  return names.flatMap((name) => {
    const target = positions[name];
    if (target !== undefined) return flatten(target, isPosition);
    throw new ValueError(
      `[${who}] ${argument} must have ${argument === 'y' ? 'targets' : 'weights'} for every output. Received: ${show(keys)}, without ${show(name)}.`,
    );
  });
}

/**
 * The position of each output's weights among the leaves of `sampleWeight`: a single array serves all outputs.
 * @throws TypeError if a record names no output; ValueError if the numbers of weights and outputs differ.
 */
export function arrangeWeights(
  who: string,
  structure: TreeDef | null,
  { names, count }: OutputNames,
): readonly number[] {
  if (structure === null) return [];
  if (structure.key === '') return Array.from({ length: count }, () => 0);
  const all = arrangeTargets(who, structure, names, 'sampleWeight');
  if (all.length === count) return all;
  throw new ValueError(
    `[${who}] sampleWeight must be one array, or one for each of the ${count} outputs. Received: ${all.length}.`,
  );
}

const isPosition = (value: unknown): value is number => typeof value === 'number';

/** The items at some positions. */
export function pick<T>(items: readonly T[], positions: readonly number[]): readonly T[] {
  return positions.flatMap((position) => items[position] ?? []);
}
