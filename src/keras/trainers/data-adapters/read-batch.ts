import { ValueError, show } from '../../../core/errors.ts';
import type { FlatTree } from '../../../core/pytree.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { classWeightsOf } from './class-weight.ts';
import { type Batch, DataStructure } from './data-adapter.ts';
import type { ExpectedData, FloatType } from './expected-data.ts';
import { countRows, inFeedType, named, readInputs, readOutputs } from './read-data.ts';

/** Inputs, targets and weights as the user passed them. */
export interface GivenData {
  readonly x: unknown;
  readonly y: unknown;
  readonly sampleWeight: unknown;
  readonly classWeight: ReadonlyMap<number, number> | null;
}

/**
 * Reads inputs, targets and weights: the one place where user data becomes tensors. The structure of nested data is taken
 * off here; from here on a batch is flat.
 *
 * @throws TypeError if something is not data; ValueError if the numbers of rows differ or the weights do not fit.
 */
export function readBatch(who: string, given: GivenData, expected: ExpectedData): Batch {
  const { float, outputs } = expected;
  const x = readInputs(who, given.x, expected);
  const rows = x.leaves[0]?.shape[0] ?? 0;
  const read = (argument: 'y' | 'sampleWeight'): FlatTree<Tensor> | null => {
    const value = given[argument];
    return value === undefined || value === null ? null : readOutputs(who, argument, value, float, { rows, outputs });
  };
  const y = read('y');
  const ownWeight = read('sampleWeight');
  const size = countRows(who, [...named('x', x), ...named('y', y), ...named('sampleWeight', ownWeight)]);
  const sampleWeight = given.classWeight === null ? ownWeight : fromClasses(who, given, y, ownWeight, expected);
  return {
    x: x.leaves,
    y: y?.leaves ?? [],
    sampleWeight: sampleWeight?.leaves ?? [],
    structure: new DataStructure(x.treedef, y?.treedef ?? null, sampleWeight?.treedef ?? null),
    size,
  };
}

function fromClasses(
  who: string,
  { y: given, classWeight }: GivenData,
  y: FlatTree<Tensor> | null,
  sampleWeight: FlatTree<Tensor> | null,
  { float, outputs }: ExpectedData,
): FlatTree<Tensor> {
  if (sampleWeight !== null) {
    throw new ValueError(`[${who}] only one of sampleWeight and classWeight can be given. Received: both.`);
  }
  const [target] = y?.leaves ?? [];
  if (y === null || target === undefined || y.treedef.key !== '') {
    throw new ValueError(`[${who}] classWeight needs one array of targets. Received: y=${show(given)}.`);
  }
  const how = { weights: classWeight ?? new Map<number, number>(), float, output: outputs?.[0] ?? null };
  return { leaves: [classWeightsOf(who, target, how)], treedef: y.treedef };
}

/** A batch in the types in which it is fed. */
export function inFeedTypes(batch: Batch, float: FloatType): Batch {
  const convert = (leaves: readonly Tensor[]): readonly Tensor[] => leaves.map((leaf) => inFeedType(leaf, float));
  return { ...batch, x: convert(batch.x), y: convert(batch.y), sampleWeight: convert(batch.sampleWeight) };
}
