import { own } from '../../../core/own.ts';
import { isRecord } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { unknownName } from '../../../core/checks.ts';
import type { TreeDef } from '../../../core/pytree.ts';
import { type IsLeaf, type Tree, flatten, namesSeveral } from '../../../core/tree.ts';

/** The names and the number of a model's outputs. */
export interface OutputNames {
  /** `null` if the outputs have no names. */
  readonly names: readonly string[] | null;
  readonly count: number;
  /** Whether the outputs are a record, whose order means nothing, so that lists cannot be matched with it. */
  readonly isRecord?: boolean;
}

/** The names and the number of the outputs of a model. */
export function outputNames<T>(outputs: Tree<T>, isLeaf: IsLeaf<T>, assigned: readonly string[] | null): OutputNames {
  return {
    names: namesOf(outputs, isLeaf, assigned),
    count: flatten(outputs, isLeaf).length,
    isRecord: namesSeveral(outputs, isLeaf),
  };
}

/** The names of outputs: those that the model assigns, or the keys of a record of outputs. */
function namesOf<T>(outputs: Tree<T>, isLeaf: IsLeaf<T>, assigned: readonly string[] | null): readonly string[] | null {
  return assigned ?? (!isLeaf(outputs) && isRecord(outputs) ? Object.keys(outputs) : null);
}

/** The position of each output's data among the leaves of an argument; `null` for an output without any. */
export type Positions = readonly (number | null)[];

/**
 * The position of each output's target among the leaves of `y`: a record is read by the names of the outputs, a list in its
 * own order, with an entry for each output or for each output that needs one. Empty without targets. A step computes this
 * once and then only permutes flat lists.
 *
 * @param needed whether each output has a loss or metrics
 * @throws TypeError if a record names no output; ValueError if it lacks one that is needed, the outputs have no names, or a list
 * is given for a record of outputs.
 */
export function arrangeTargets(
  who: string,
  structure: TreeDef | null,
  outputs: OutputNames,
  needed: readonly boolean[],
): Positions {
  if (structure === null) return [];
  const { count } = outputs;
  const found = arrange(who, structure, outputs, 'y');
  if (found.length === count) return found;
  const those = [...needed.keys()].filter((i) => needed[i]);
  // Targets that only the model's own computeLoss uses.
  if (those.length === 0) return [];
  if (found.length !== those.length) {
    throw new ValueError(`[${who}] there must be targets for each of the ${count} outputs. Received: ${found.length}.`);
  }
  return Array.from({ length: count }, (_, i) => found[those.indexOf(i)] ?? null);
}

/** The positions in the order of the outputs if the structure is a record, else in that of its entries. */
function arrange(who: string, structure: TreeDef, { names, isRecord }: OutputNames, argument: string): Positions {
  const positions = structure.unflatten([...structure.paths.keys()]);
  if (isPosition(positions)) return [positions];
  if (Array.isArray(positions)) {
    const list = (positions as readonly Tree<number>[]).flatMap(positionsIn);
    if (isRecord !== true || list.length < 2) return list;
    throw new ValueError(
      `[${who}] ${argument} must be a record, as the outputs are, since a list has no names. Received: a list of ${list.length}. Give a record with the keys ${show(names)}.`,
    );
  }
  const record = positions as { readonly [name: string]: Tree<number> };
  const keys = Object.keys(record);
  if (names === null) {
    throw new ValueError(
      `[${who}] ${argument} can only be a record if the outputs have names. Received: ${show(keys)}.`,
    );
  }
  for (const key of keys) if (!names.includes(key)) throw unknownName(who, `output in ${argument}`, key, names);
  const missing = argument === 'y' ? undefined : names.find((name) => !keys.includes(name));
  if (missing !== undefined) {
    throw new ValueError(
      `[${who}] ${argument} must have weights for every output. Received: ${show(keys)}, without ${show(missing)}.`,
    );
  }
  // Outputs of one name, in a list under one key, share the entry.
  const next = new Map(keys.map((key) => [key, [...positionsIn(own(record, key) ?? [])]]));
  return names.map((name) => next.get(name)?.shift() ?? null);
}

/** A list without entries represents an output without data. */
function positionsIn(tree: Tree<number>): Positions {
  if (Array.isArray(tree) && tree.length === 0) return [null];
  return flatten(tree, isPosition);
}

/**
 * The position of each output's weights among the leaves of `sampleWeight`: a single array serves all outputs.
 * @throws TypeError if a record names no output; ValueError if the numbers of weights and outputs differ.
 */
export function arrangeWeights(who: string, structure: TreeDef | null, outputs: OutputNames): Positions {
  if (structure === null) return [];
  const { count } = outputs;
  if (structure.key === '') return Array.from({ length: count }, () => 0);
  const all = arrange(who, structure, outputs, 'sampleWeight');
  if (all.length === count) return all;
  throw new ValueError(
    `[${who}] sampleWeight must be one array, or one for each of the ${count} outputs. Received: ${all.length}.`,
  );
}

const isPosition = (value: unknown): value is number => typeof value === 'number';

/** The items at some positions; `null` where there is none. */
export function pick<T>(items: readonly T[], positions: Positions): readonly (T | null)[] {
  return positions.map((position) => (position === null ? null : (items[position] ?? null)));
}
