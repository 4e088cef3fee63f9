import { checkChoice, checkOptions } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import type { ChannelStatistics, PooledStatistics } from '../../../core/pooled-statistics.ts';
import type { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import { type NamedLayer } from '../../../keras/layers/base/named-layers.ts';
import { batchNormalizationsIn, checkBuiltModel } from '../common/find-layers.ts';
import { collectStatistics, traceCalls } from '../statistics/collect-statistics.ts';
import { DATA_OPTIONS, type DataOptions, InputBatches, type InputData } from '../statistics/data.ts';
import { type Distance, distanceBetween, movingStatisticsOf } from '../statistics/distance.ts';
import { stagesOf } from './stages.ts';

/** Options of {@link recalibrateBatchNormalization}. */
export interface RecalibrateOptions extends DataOptions {
  /** The names of the layers to recalibrate; `outer/inner` for a layer of a nested model. @default all */
  readonly layers?: readonly string[] | null | undefined;
  /**
   * `'sequential'` reads the data once for each stage, so that each layer sees its recalibrated predecessors, as in
   * inference. `'simultaneous'` reads it once, so that a generator serves, with every layer normalizing by the batch, as in
   * training: faster, and equal for large batches. @default 'sequential'
   */
  readonly method?: 'sequential' | 'simultaneous' | undefined;
}

/** The change of one layer's moving statistics. */
export interface RecalibratedLayer {
  /** The layer's name; `outer/inner` for a layer of a nested model. */
  readonly layer: string;
  /** The number of entries of a channel in the data. */
  readonly entries: number;
  /** The distance of the new statistics from the old. */
  readonly change: Distance;
}

/** Computes the new statistics of a layer from those of the data, which has so many rows. */
export type Combine = (layer: BatchNormalization, data: PooledStatistics, rows: number) => ChannelStatistics;

/**
 * Recomputes the moving statistics of batch normalization from data, without changing any other weight.
 *
 *     moving mean ← mean(x)        moving variance ← mean((x − mean(x))²)        over all entries of the data
 *
 * The statistics of the batches are pooled exactly, in float64, from their counts, means and squared deviations. Layers that
 * follow others see them recalibrated. Frozen layers are recalibrated too, unless `layers` leaves them out. After an error
 * the model is as it was.
 *
 * Shapes: data is the `x` of `predict`, or an iterable of batches that can be read again, of which targets are ignored.
 *
 * @returns the change of each layer, in the order of the calls
 * @throws TypeError for an unknown option, or something that is not a model or data; ValueError if the model is not built or
 * has no batch normalization, if a name in `layers` is unknown, if data is empty, or its shape does not fit.
 * @example
 * const bn = new layers.BatchNormalization();
 * const model = new Sequential([Input({ shape: [1] }), bn]);
 * const [{ entries }] = await recalibrateBatchNormalization(model, [[1], [2], [3], [6]]);
 * entries;                     // 4
 * bn.movingMean.value;        // [3]
 * bn.movingVariance.value;    // [3.5]
 * @see https://arxiv.org/abs/2105.07576 (Wu and Johnson 2021, "precise batch normalization")
 */
export async function recalibrateBatchNormalization(
  model: AnyModel,
  data: InputData,
  options: RecalibrateOptions = {},
): Promise<readonly RecalibratedLayer[]> {
  const who = 'recalibrateBatchNormalization';
  checkOptions(who, options, [...DATA_OPTIONS, 'layers', 'method']);
  return replaceStatistics(who, model, data, options, (_, statistics) => statistics);
}

/** Replaces the moving statistics by a combination of them with those of data. */
export async function replaceStatistics(
  who: string,
  given: AnyModel,
  data: InputData,
  options: RecalibrateOptions,
  combine: Combine,
): Promise<readonly RecalibratedLayer[]> {
  const model = checkBuiltModel(who, given);
  const chosen = batchNormalizationsIn(who, model, options.layers ?? null);
  const method = checkChoice(who, 'method', options.method ?? 'sequential', ['sequential', 'simultaneous']);
  const batches = new InputBatches(who, model, data, options);
  const saved = chosen.map(({ layer }) => layer.ownWeights.map((variable) => [variable, variable.value] as const));
  try {
    return await replaceInStages(who, model, batches, chosen, method, combine);
  } catch (error) {
    for (const [variable, value] of saved.flat()) variable.assign(value);
    throw error;
  } finally {
    await batches.close();
  }
}

async function replaceInStages(
  who: string,
  model: AnyModel,
  batches: InputBatches,
  chosen: readonly NamedLayer<BatchNormalization>[],
  method: 'sequential' | 'simultaneous',
  combine: Combine,
): Promise<readonly RecalibratedLayer[]> {
  const names = new Map(chosen.map(({ name, layer }) => [layer, name]));
  const passes = method === 'sequential' ? await stagesWith(model, batches, names) : [[...names.keys()]];
  const changes: RecalibratedLayer[] = [];
  for (const layers of passes) {
    const normalizeBy = method === 'sequential' ? 'moving' : 'batch';
    const { statistics: collected, rows } = await collectStatistics(model, batches, layers, normalizeBy);
    for (const [layer, statistics] of collected) {
      const entries = Math.max(0, ...statistics.count);
      if (entries === 0) continue;
      if (![...statistics.mean, ...statistics.variance].every(Number.isFinite)) {
        throw new ValueError(
          `[${who}] the input of every layer must be finite. Received: NaN or an infinity in the input of ${layer.who}. Look for it in the data, or in the weights with inspectNormalization.`,
        );
      }
      const before = movingStatisticsOf(layer);
      layer.setMovingStatistics(combine(layer, statistics, rows));
      const change = distanceBetween(before, movingStatisticsOf(layer), layer.effectiveEpsilon);
      changes.push({ layer: names.get(layer) ?? layer.name, entries, change });
    }
  }
  return changes;
}

/** The given layers of each stage that has some. */
async function stagesWith(
  model: AnyModel,
  batches: InputBatches,
  given: ReadonlyMap<BatchNormalization, string>,
): Promise<readonly (readonly BatchNormalization[])[]> {
  return stagesOf(traceCalls(model, await batches.first(), 'moving'))
    .map((stage) => stage.filter((layer) => given.has(layer)))
    .filter((stage) => stage.length > 0);
}
