import type { Shape } from '../../core/shape.ts';
import type { CallbackModel } from '../callbacks/callback.ts';
import type { InputShape } from '../layers/base/input-shape.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Batch } from './data-adapters/data-adapter.ts';
import type { StepModel } from './steps/step-graph.ts';
import type { ExpectedData } from './data-adapters/expected-data.ts';

/** A model as trainers see it. */
export interface TrainableModel extends StepModel, CallbackModel {
  /** The metrics in the fields of the model. */
  readonly fieldMetrics: readonly Metric[];
  /** The names of the outputs; `null` if they have none. */
  readonly outputNames: readonly string[] | null;
  /** Whether calling the model runs code of the user, in a layer, a model or a function. */
  readonly runsCustomCode: boolean;
  /** The data that the model expects: its inputs and outputs as far as they are known. */
  readonly expectedData: ExpectedData;
  /** The epoch that `fit` starts with, counted from 0. */
  initialEpoch: number;
}

/** Builds a model, unless it is built, for batches like this one with any number of rows. */
export function buildFor(model: TrainableModel, { x, structure }: Batch): void {
  if (model.built) return;
  const shapes = x.map(({ shape }): Shape => [null, ...shape.slice(1)]);
  // Data is at most one list or record deep, as the shapes of inputs are.
  model.ensureBuilt(structure.x.unflatten(shapes) as InputShape);
}
