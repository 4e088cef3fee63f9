import { checkNumber, checkOptions } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import { batchNormalizationsIn, checkBuiltModel } from '../common/find-layers.ts';
import { DATA_OPTIONS, type InputData } from '../statistics/data.ts';
import { movingStatisticsOf } from '../statistics/distance.ts';
import {
  type RecalibrateOptions,
  type RecalibratedLayer,
  replaceStatistics,
} from './recalibrate-batch-normalization.ts';

/** Options of {@link adaptBatchNormalization}. */
export interface AdaptOptions extends RecalibrateOptions {
  /** The weight N of the old statistics, as a number of rows. @default 0, the new ones alone */
  readonly priorCount?: number | undefined;
}

/** Options of {@link withTestTimeStatistics}. */
export interface TestTimeOptions {
  /** The weight N of the moving statistics, as a number of rows. @default 0, those of the batch alone */
  readonly priorCount?: number | undefined;
  /** The names of the layers. @default all */
  readonly layers?: readonly string[] | null | undefined;
}

/**
 * Adapts batch normalization to a new domain: the moving statistics become the weighted mean of the old ones and those of n
 * rows of unlabelled data of that domain (AdaBN with N = 0).
 *
 *     μ ← N/(N+n) · μ + n/(N+n) · mean(x)        σ² ← N/(N+n) · σ² + n/(N+n) · variance(x)
 *
 * Layers that follow others see them adapted. After an error the model is as it was.
 *
 * @returns the change of each layer, in the order of the calls
 * @throws as {@link recalibrateBatchNormalization}; ValueError for a negative `priorCount`
 * @example
 * const bn = new layers.BatchNormalization();
 * const model = new Sequential([Input({ shape: [1] }), bn]);
 * await adaptBatchNormalization(model, [[1], [2], [3], [6]], { priorCount: 4 });
 * bn.movingMean.value;        // [1.5]
 * bn.movingVariance.value;    // [2.25]
 * @see https://arxiv.org/abs/1603.04779 (Li et al. 2016)
 * @see https://arxiv.org/abs/2006.16971 (Schneider et al. 2020)
 */
export async function adaptBatchNormalization(
  model: AnyModel,
  data: InputData,
  options: AdaptOptions = {},
): Promise<readonly RecalibratedLayer[]> {
  const who = 'adaptBatchNormalization';
  checkOptions(who, options, [...DATA_OPTIONS, 'layers', 'method', 'priorCount']);
  const priorCount = checkPriorCount(who, options.priorCount ?? 0);
  return replaceStatistics(who, model, data, options, (layer, statistics, rows) => {
    const share = rows / (rows + priorCount);
    const old = movingStatisticsOf(layer);
    const blend = (before: ArrayLike<number>, after: Float64Array): Float64Array =>
      after.map((value, i) => share * value + (1 - share) * (before[i] ?? 0));
    const { count, mean, variance } = statistics;
    return { count, mean: blend(old.mean, mean), variance: blend(old.variance, variance) };
  });
}

/**
 * Runs a function while batch normalization in inference uses the statistics of each batch, or their weighted mean with the
 * moving ones (prediction-time batch normalization). The moving statistics do not change; afterwards, also after an error,
 * the layers use what they used before.
 *
 * @returns the result of the function
 * @throws TypeError for an unknown option or something that is not a model or a function; ValueError if the model is not built or has no
 * batch normalization, and for a negative `priorCount`.
 * @example
 * const model = new Sequential([Input({ shape: [1] }), new layers.BatchNormalization({ epsilon: 1e-6 })]);
 * await withTestTimeStatistics(model, () => model.predict([[3], [5]]));    // [[-1], [1]]
 * await model.predict([[3], [5]]);                                         // [[3], [5]]
 * @see https://arxiv.org/abs/2006.10963 (Nado et al. 2020)
 */
export async function withTestTimeStatistics<T>(
  model: AnyModel,
  run: () => T | Promise<T>,
  options: TestTimeOptions = {},
): Promise<T> {
  const who = 'withTestTimeStatistics';
  checkOptions(who, options, ['layers', 'priorCount']);
  if (typeof run !== 'function') throw new TypeError(`[${who}] run must be a function. Received: run=${show(run)}.`);
  const priorCount = checkPriorCount(who, options.priorCount ?? 0);
  const chosen = batchNormalizationsIn(who, checkBuiltModel(who, model), options.layers ?? null);
  const before = chosen.map(({ layer }) => [layer, layer.testTimeStatistics] as const);
  for (const { layer } of chosen) layer.testTimeStatistics = { priorCount };
  try {
    return await run();
  } finally {
    for (const [layer, statistics] of before) layer.testTimeStatistics = statistics;
  }
}

function checkPriorCount(who: string, value: number): number {
  if (checkNumber(who, 'priorCount', value) >= 0) return value;
  throw new ValueError(`[${who}] priorCount must be ≥ 0. Received: priorCount=${value}.`);
}
