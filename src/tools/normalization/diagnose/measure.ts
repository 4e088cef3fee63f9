import { canonicalAxes, otherAxes } from '../../../core/axes.ts';
import { PooledStatistics } from '../../../core/pooled-statistics.ts';
import { gradients } from '../../../compiler/autodiff/index.ts';
import { type Graph, topologicalOrder } from '../../../compiler/graph/graph.ts';
import { initialState } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { LayerCall } from '../../../keras/layers/base/call-hooks.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { channelMoments, countEntries } from '../../../keras/layers/normalization/batch-statistics.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import * as ops from '../../../keras/ops/index.ts';
import type { Batch } from '../../../keras/trainers/data-adapters/data-adapter.ts';
import { traceCalls } from '../statistics/collect-statistics.ts';
import { BatchPrograms, type InputBatches } from '../statistics/data.ts';
import { CallGraph, type Placement, addsBias } from './placement.ts';

/** Batches of fewer rows have no useful statistics of their own. */
const FEW_ROWS = 8;

/** The behavior of the activation that follows a layer, for each channel. */
export interface Activity {
  /** The activation's output. */
  readonly output: PooledStatistics;
  /** The share of entries at which the activation has a slope, in `mean`. */
  readonly active: PooledStatistics;
  /** The share of entries at which it has no slope, and is not 0, in `mean`. */
  readonly saturated: PooledStatistics;
}

/** The measurements of one layer on data. */
export interface Measured {
  readonly input: PooledStatistics;
  readonly activity: Activity | null;
  readonly placement: Placement;
  /** The name of the preceding layer whose bias has no effect; null for none. */
  readonly uselessBias: string | null;
  /** Whether no other watched layer with statistics computes part of the input. */
  readonly isFirst: boolean;
  /** Whether the input depends on weights that are trained. */
  readonly followsTraining: boolean;
}

/** The measurements of all layers that the model calls, in the order of the calls. */
export interface Measurements {
  readonly rows: number;
  readonly layers: ReadonlyMap<Layer, Measured>;
}

interface TracedLayer extends Omit<Measured, 'input' | 'activity'> {
  readonly layer: Layer;
  readonly channels: number;
  /** The number of outputs of the program for it, each with count, mean and variance. */
  readonly groups: 1 | 4;
}

type Traced = { readonly graph: Graph; readonly layers: readonly TracedLayer[] };

/**
 * Measures the inputs of layers, and the activations that follow them, over data. Batch normalization that trains uses the
 * statistics of each batch, as in training, so that wrong moving statistics of one layer do not show in the next; frozen
 * layers use their moving statistics, and so do all in a batch of fewer rows than {@link FEW_ROWS}.
 */
export async function measure(
  model: AnyModel,
  batches: InputBatches,
  watched: ReadonlySet<Layer>,
  slope: number,
): Promise<Measurements> {
  const programs = new BatchPrograms((batch) => trace(model, batch, watched, slope));
  const found = new Map<Layer, Measured>();
  let rows = 0;
  for await (const batch of batches.read()) {
    const { traced, outputs } = await programs.run(batch);
    let at = 0;
    for (const each of traced.layers) {
      const measured = found.get(each.layer) ?? empty(each);
      found.set(each.layer, measured);
      const { input, activity } = measured;
      const pools =
        each.groups === 1 || activity === null
          ? [input]
          : [input, activity.output, activity.active, activity.saturated];
      for (const [i, pool] of pools.entries()) {
        const [count, mean, variance] = outputs.slice(at + 3 * i, at + 3 * i + 3).map(({ data }) => data);
        if (count === undefined || mean === undefined || variance === undefined) continue;
        pool.add({ count, mean, variance });
      }
      at += 3 * each.groups;
    }
    rows += batch.size;
  }
  return { rows, layers: found };
}

function empty({ groups, channels, placement, uselessBias, isFirst, followsTraining }: TracedLayer): Measured {
  const pool = (): PooledStatistics => new PooledStatistics(channels);
  const activity = groups === 1 ? null : { output: pool(), active: pool(), saturated: pool() };
  return { input: pool(), activity, placement, uselessBias, isFirst, followsTraining };
}

function trace(model: AnyModel, batch: Batch, watched: ReadonlySet<Layer>, slope: number): Traced {
  const { inputs, calls } = traceCalls(model, batch, batch.size < FEW_ROWS ? 'moving' : 'batch');
  const around = new CallGraph(calls);
  const trained = new Set(model.trainableWeights.map((variable) => initialState(variable).node));
  const normalized = new Set(
    calls
      .filter(({ layer }) => watched.has(layer as Layer) && hasStatistics(layer as Layer))
      .flatMap(({ outputs }) => outputs.map(({ node }) => node)),
  );
  const layers: TracedLayer[] = [];
  const outputs: Value[] = [];
  for (const call of calls) {
    const layer = call.layer as Layer;
    const [x] = call.inputs;
    if (!watched.has(layer) || x === undefined) continue;
    const axes = channelAxes(layer, x.rank);
    const placement = around.placementOf(call);
    const before = topologicalOrder([x]);
    const mask = call.mask !== null && call.mask.rank === x.rank - 1 ? call.mask : null;
    const input = statistics(x, mask, axes);
    const activity = activityOf(placement.nextActivation, mask, axes, slope);
    const { previous, noiseBefore } = placement;
    const [axis = -1] = axes;
    const centers = subtractsMean(layer) && noiseBefore.length === 0 && axes.length === 1;
    layers.push({
      layer,
      channels: axes.reduce((product, each) => product * (x.knownShape[each] ?? 1), 1),
      groups: activity === null ? 1 : 4,
      placement,
      uselessBias: centers && previous !== null && addsBias(previous, axis, x.rank) ? previous.name : null,
      isFirst: !before.some((node) => normalized.has(node)),
      followsTraining: before.some((node) => trained.has(node)),
    });
    outputs.push(...input, ...(activity ?? []));
  }
  return { graph: { inputs, outputs, updates: [] }, layers };
}

/** Whether a layer keeps statistics that it learns from batches. */
export function hasStatistics(layer: Layer): boolean {
  const parts = layer.normalizationParts;
  return parts?.mean !== undefined && parts.momentum !== undefined;
}

/** Whether the mean over each channel's batch is subtracted, so that a constant added to a channel has no effect. */
const subtractsMean = (layer: Layer): boolean => hasStatistics(layer) && layer.trainable;

/** The axes of the channels, which are those of γ and β: the option `axis`, by default the last. */
export function channelAxes(layer: Layer, rank: number): readonly number[] {
  const axis = 'axis' in layer ? (layer.axis as number | readonly number[]) : -1;
  return canonicalAxes(axis, rank, layer.who).toSorted((a, b) => a - b);
}

/** Count, mean and variance of each channel, as three lists. */
function statistics(given: Value, mask: Value | null, axes: readonly number[]): Value[] {
  const x = ops.cast(given, 'float32');
  const reduced = otherAxes(axes, x.rank);
  const { mean, variance } = channelMoments(x, mask, reduced);
  return [countEntries(x, mask, reduced), mean, variance].map((value) => ops.reshape(value, [-1]));
}

/** The statistics of an activation: of its output, of where it has a slope, and of where it is saturated. */
function activityOf(
  call: LayerCall | null,
  mask: Value | null,
  axes: readonly number[],
  slope: number,
): Value[] | null {
  const [x, output] = [call?.inputs[0], call?.outputs[0]];
  if (x === undefined || output === undefined || output.rank !== x.rank) return null;
  const [gradient] = gradients(output, [x], signs(output));
  const size = gradient === undefined || gradient === null ? ops.zerosLike(output) : ops.absolute(gradient);
  const isActive = ops.greaterEqual(size, slope);
  const isZero = ops.less(ops.absolute(output), 1e-6);
  const share = (condition: Value): Value => ops.cast(condition, 'float32');
  const saturated = ops.logicalNot(ops.logicalOr(isActive, isZero));
  return [output, share(isActive), share(saturated)].flatMap((value) => statistics(value, mask, axes));
}

/**
 * 1 and −1 alternately along the last axis. Weighted by them, the gradient of the sum of f(x) is ±f′(x) for an elementwise
 * activation, and does not vanish for softmax, whose sum is constant.
 */
function signs(output: Value): Value {
  const size = output.knownShape.at(-1) ?? 1;
  const list = Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 1 : -1));
  return ops.broadcastTo(ops.cast(list, output.dtype), output.shape);
}
