import { PooledStatistics } from '../../../core/pooled-statistics.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type LayerCall, setCallHooks } from '../../../keras/layers/base/call-hooks.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import type { Batch } from '../../../keras/trainers/data-adapters/data-adapter.ts';
import { stepInputs } from '../../../keras/trainers/steps/step-inputs.ts';
import { BatchPrograms, type InputBatches } from './data.ts';

/**
 * The statistics by which batch normalization layers normalize while data passes: the moving ones, as in inference; or those
 * of each batch, as in training, while dropout and noise are inactive.
 */
export type NormalizeBy = 'moving' | 'batch';

/** The calls of a model's layers on symbolic inputs. */
export interface TracedCalls {
  readonly trace: Trace;
  readonly inputs: readonly Value[];
  readonly calls: readonly LayerCall[];
  readonly x: Tree<Value>;
  readonly yPred: Tree<Value>;
  /** The targets; null if the batch has none. */
  readonly y: Tree<Value> | null;
  readonly sampleWeight: Tree<Value> | null;
}

/**
 * Calls a model on symbolic inputs for a batch, and records the calls of all layers. A layer with virtual batches that do not
 * divide the batch normalizes by its moving statistics.
 */
export function traceCalls(model: AnyModel, batch: Batch, normalizeBy: NormalizeBy): TracedCalls {
  const { trace, x, y, sampleWeight, all } = stepInputs(batch);
  const calls: LayerCall[] = [];
  const usesBatch = (layer: unknown): boolean =>
    normalizeBy === 'batch' && layer instanceof BatchNormalization && divides(layer.virtualBatchSize ?? 1, batch.size);
  setCallHooks(trace, {
    training: (layer, training) => training || usesBatch(layer),
    called: (call) => calls.push(call),
  });
  const yPred = model.applyIn(trace, x, false, null);
  const { structure } = batch;
  const targets = y.length === 0 ? null : (structure.y?.unflatten(y) ?? null);
  const weights = sampleWeight.length === 0 ? null : (structure.sampleWeight?.unflatten(sampleWeight) ?? null);
  return { trace, inputs: all, calls, x, yPred, y: targets, sampleWeight: weights };
}

const divides = (divisor: number, value: number): boolean => value % divisor === 0;

interface TracedStatistics {
  readonly graph: Graph;
  /** The layer of each three outputs: count, mean and variance. */
  readonly layers: readonly BatchNormalization[];
}

function traceStatistics(
  model: AnyModel,
  batch: Batch,
  watched: ReadonlySet<unknown>,
  normalizeBy: NormalizeBy,
): TracedStatistics {
  const { inputs, calls } = traceCalls(model, batch, normalizeBy);
  const layers: BatchNormalization[] = [];
  const outputs: Value[] = [];
  for (const { layer, inputs: given, mask } of calls) {
    const [x] = given;
    if (!(layer instanceof BatchNormalization) || !watched.has(layer) || x === undefined) continue;
    const { count, mean, variance } = layer.channelStatistics(x, mask);
    layers.push(layer);
    outputs.push(count, mean, variance);
  }
  return { graph: { inputs, outputs, updates: [] }, layers };
}

/** The statistics of the inputs of layers. */
export type LayerStatistics = ReadonlyMap<BatchNormalization, PooledStatistics>;

/**
 * Pools the statistics of the inputs of batch normalization layers over data, exactly, in float64. The model is unchanged. A
 * layer that is called several times pools the inputs of all calls; one that is not called has no entries. The layers are in
 * the order of their calls.
 */
export async function collectStatistics(
  model: AnyModel,
  batches: InputBatches,
  watched: readonly BatchNormalization[],
  normalizeBy: NormalizeBy,
  onBatch: (part: LayerStatistics) => void = () => undefined,
): Promise<{ readonly statistics: LayerStatistics; readonly rows: number }> {
  const make = (): Map<BatchNormalization, PooledStatistics> =>
    new Map(watched.map((layer) => [layer, new PooledStatistics(layer.movingMean.size)]));
  const pooled = make();
  let rows = 0;
  const set = new Set<unknown>(watched);
  const called = new Set<BatchNormalization>();
  const programs = new BatchPrograms((batch) => traceStatistics(model, batch, set, normalizeBy));
  for await (const batch of batches.read()) {
    const { traced, outputs } = await programs.run(batch);
    const part = make();
    for (const [i, layer] of traced.layers.entries()) {
      const [count, mean, variance] = outputs.slice(3 * i, 3 * i + 3);
      if (count === undefined || mean === undefined || variance === undefined) continue;
      called.add(layer);
      part.get(layer)?.add({ count: count.data, mean: mean.data, variance: variance.data });
    }
    for (const [layer, statistics] of part) pooled.get(layer)?.add(statistics);
    rows += batch.size;
    onBatch(part);
  }
  const inOrder = [...called, ...watched].flatMap((layer) => {
    const statistics = pooled.get(layer);
    return statistics === undefined ? [] : [[layer, statistics] as const];
  });
  return { statistics: new Map(inOrder), rows };
}
