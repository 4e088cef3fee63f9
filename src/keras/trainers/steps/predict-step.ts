import { type Tree, flatten } from '../../../core/tree.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Layer } from '../../layers/index.ts';
import { isValue } from '../../../compiler/program/index.ts';
import type { Batch } from '../data-adapters/batch.ts';
import { stepInputs } from './step-inputs.ts';

/** A graph of the outputs alone, and the form they have. */
export interface PredictGraph {
  readonly graph: Graph;
  readonly form: Tree<Value>;
}

export function predictGraph(model: Layer, batch: Batch): PredictGraph {
  const { trace, x, all } = stepInputs({ ...batch, y: null, sampleWeight: null });
  const form = model.applyIn(trace, x, false, null);
  return { graph: { inputs: all, outputs: flatten(form, isValue), updates: trace.updates }, form };
}
