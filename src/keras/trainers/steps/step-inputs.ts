import { InternalError } from '../../../core/errors.ts';
import type { TreeDef } from '../../../core/pytree.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type KnownType, signatureOf } from '../../../compiler/program/index.ts';
import type { Batch, DataStructure } from '../data-adapters/data-adapter.ts';

/** The symbolic inputs of a step. */
export interface StepInputs {
  readonly trace: Trace;
  /** The inputs of the model, in the structure of the data. */
  readonly x: Tree<Value>;
  readonly y: readonly Value[];
  readonly sampleWeight: readonly Value[];
  /** All inputs, in the order of {@link feedsOf}. */
  readonly all: readonly Value[];
}

/** The tensors that a batch feeds to a step. */
export function feedsOf({ x, y, sampleWeight }: Batch): readonly Tensor[] {
  return [...x, ...y, ...sampleWeight];
}

/** The names of the feeds as the user knows them: `x`, `x[1]`, `y.name`, `sampleWeight`. */
export function feedNames({ structure: { x, y, sampleWeight } }: Batch): readonly string[] {
  const named = (name: string, treedef: TreeDef | null): readonly string[] =>
    (treedef?.paths ?? []).map((path) => `${name}${path}`);
  return [...named('x', x), ...named('y', y), ...named('sampleWeight', sampleWeight)];
}

/** A batch as traces see it: without the elements. */
export interface BatchTypes {
  readonly x: readonly KnownType[];
  readonly y: readonly KnownType[];
  readonly sampleWeight: readonly KnownType[];
  readonly structure: DataStructure;
  /** The number of rows. */
  readonly size: number;
}

/** The types of a batch like this one with other sizes, given in the order of {@link feedsOf}. */
export function withTypes({ x, y, structure }: Batch, types: readonly KnownType[]): BatchTypes {
  const [first, second] = [x.length, x.length + y.length];
  return {
    ...{ x: types.slice(0, first), y: types.slice(first, second), sampleWeight: types.slice(second), structure },
    size: types[0]?.shape[0] ?? 0,
  };
}

/** Makes symbolic inputs of a batch's shapes and types. */
export function stepInputs({ x, y, sampleWeight, structure }: BatchTypes): StepInputs {
  const trace = new Trace();
  const make = (name: string, types: readonly KnownType[]): Value[] =>
    types.map(({ shape, dtype }, i) => {
      const made = input(`${name}_${i}`, shape, dtype);
      trace.adopt(made);
      return made;
    });
  const [xs, ys, weights] = [make('x', x), make('y', y), make('sample_weight', sampleWeight)];
  return { trace, x: structure.x.unflatten(xs), y: ys, sampleWeight: weights, all: [...xs, ...ys, ...weights] };
}

/** A string that is equal for batches that can share a program. */
export function batchSignature(batch: Batch): string {
  return `${batch.structure.key} ${signatureOf(feedsOf(batch))}`;
}

/** A result, which every output of a step has. */
export function required(result: Tensor | undefined): Tensor {
  if (result === undefined) throw new InternalError('a step returned no value for an output.');
  return result;
}

/** The number in a scalar result. */
export function scalarOf(result: Tensor | undefined): number {
  return required(result).item();
}
