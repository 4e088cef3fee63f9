import { InternalError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { type Tree, fillTree, flatten, treePaths } from '../../../core/tree.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { signatureOf } from '../../../compiler/program/index.ts';
import type { Batch } from '../data-adapters/batch.ts';
import { isTensor } from '../data-adapters/read-data.ts';

/** The symbolic inputs of a step, in the order in which they are fed. */
export interface StepInputs {
  readonly trace: Trace;
  readonly x: Tree<Value>;
  readonly y: Tree<Value> | null;
  readonly sampleWeight: Tree<Value> | null;
  readonly all: readonly Value[];
}

/** What a step is fed with a batch. */
export function feedsOf({ x, y, sampleWeight }: Batch): readonly Tensor[] {
  const targets = y === null ? [] : flatten(y, isTensor);
  return [...flatten(x, isTensor), ...targets, ...(sampleWeight === null ? [] : flatten(sampleWeight, isTensor))];
}

/** What the user calls each of them: `x`, `x[1]`, `y.name`, `sampleWeight`. */
export function feedNames({ x, y, sampleWeight }: Batch): readonly string[] {
  const named = (name: string, tree: Tree<Tensor>): readonly string[] =>
    treePaths(tree, isTensor).map((path) => `${name}${path}`);
  const targets = y === null ? [] : named('y', y);
  return [...named('x', x), ...targets, ...(sampleWeight === null ? [] : named('sampleWeight', sampleWeight))];
}

/** Symbolic inputs of a batch's shapes and types. */
export function stepInputs({ x, y, sampleWeight }: Batch): StepInputs {
  const trace = new Trace();
  const make = (name: string, given: Tensor): Value => {
    const made = input(name, given.shape, given.dtype);
    trace.adopt(made);
    return made;
  };
  const xs = flatten(x, isTensor).map((each, i) => make(`x_${i}`, each));
  const ys = y === null ? [] : flatten(y, isTensor).map((each, i) => make(`y_${i}`, each));
  const weights =
    sampleWeight === null ? [] : flatten(sampleWeight, isTensor).map((each, i) => make(`sample_weight_${i}`, each));
  return {
    trace,
    x: fillTree(x, isTensor, xs),
    y: y === null ? null : fillTree(y, isTensor, ys),
    sampleWeight: sampleWeight === null ? null : fillTree(sampleWeight, isTensor, weights),
    all: [...xs, ...ys, ...weights],
  };
}

/** The text under which batches share a program. */
export function batchSignature(batch: Batch): string {
  const part = (tree: Tree<Tensor>): string => {
    const form = isTensor(tree) ? '' : Object.keys(tree).join(',');
    return `${form}(${signatureOf(flatten(tree, isTensor))})`;
  };
  const weights = batch.sampleWeight === null ? '' : ` × ${part(batch.sampleWeight)}`;
  return `${part(batch.x)} → ${part(batch.y ?? [])}${weights}`;
}

/** The only value of a scalar result. */
export function scalarOf(result: Tensor | undefined): number {
  const [value] = result?.data ?? [];
  if (value === undefined) throw new InternalError('a step gave no value for a scalar.');
  return value;
}
