import { checkInteger, checkOptions } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import { layersIn } from '../../../keras/layers/base/named-layers.ts';
import { checkBuiltModel } from '../common/find-layers.ts';
import { type Parts, partsOf } from '../inspect/parts.ts';
import { DATA_OPTIONS, InputBatches, type InputData } from '../statistics/data.ts';
import { NormalizationDiagnosis } from './diagnosis.ts';
import { type DiagnosisThresholds, readThresholds } from './thresholds.ts';

/** Options of {@link diagnoseNormalization}. */
export interface DiagnoseOptions {
  /**
   * The number of rows in a batch of training, for which the number of entries behind each statistic is computed. Data in
   * arrays is read in batches of this size, but at least 32. @default 32
   */
  readonly batchSize?: number | undefined;
  /** The number of batches to read. @default all */
  readonly steps?: number | null | undefined;
  /**
   * The number of updates of the moving statistics in training. @default the iterations of the optimizer, if there were some
   */
  readonly updates?: number | null | undefined;
  /** The limits by which findings are decided. @default those of {@link DiagnosisThresholds} */
  readonly thresholds?: DiagnosisThresholds | undefined;
}

/** The minimum number of rows in which arrays are read, so that the statistics of a batch are useful. */
const READ_ROWS = 32;

/**
 * Diagnoses the normalization layers of a model on data, and says what to do. The model is unchanged.
 *
 * For each layer it measures the distance of the data's statistics from the moving ones, √(2 D) standard deviations for the
 * Kullback–Leibler divergence D of normal distributions; how far the moving statistics are warmed up,
 * 1 − momentum^updates; the entries behind each statistic of a batch; variances near ε; dead and saturated channels, by γ,
 * by the input and by the slope of the next activation; and the layer's place. Batch normalization uses the statistics of
 * each batch meanwhile, so that wrong statistics of one layer do not show in the next.
 *
 * Findings name the fault: statistics that are not warmed up, shuffled, frozen too early, of very small batches, of another
 * domain or of other weights; dead and saturated channels; a large ε; NaN. They are in the order of the expected effect of
 * their remedies. A healthy model has none; notes need no action.
 *
 * Shapes: data is the `x` of `predict`, or an iterable of batches, of which targets are ignored. Use a sample of the training
 * data, or of the data for which the model is to be used; some hundred rows are enough.
 *
 * @throws TypeError for an unknown option, or something that is not a model or data; ValueError if the model is not built or
 * has no normalization layers, if data is empty, or its shape does not fit.
 * @see https://arxiv.org/abs/1502.03167 (Ioffe and Szegedy 2015)
 * @see https://arxiv.org/abs/2105.07576 (Wu and Johnson 2021)
 */
export async function diagnoseNormalization(
  model: AnyModel,
  data: InputData,
  options: DiagnoseOptions = {},
): Promise<NormalizationDiagnosis> {
  const who = 'diagnoseNormalization';
  checkOptions(who, options, [...DATA_OPTIONS, 'updates', 'thresholds']);
  const built = checkBuiltModel(who, model);
  const limits = readThresholds(who, options.thresholds);
  const batchSize = checkInteger(who, 'batchSize', options.batchSize ?? READ_ROWS, 1);
  const given = options.updates ?? null;
  const updates = given === null ? updatesOf(built) : checkInteger(who, 'updates', given, 0);
  const watched = normalizationsIn(who, built);
  const batches = new InputBatches(who, built, data, {
    batchSize: Math.max(batchSize, READ_ROWS),
    steps: options.steps,
  });
  const [{ diagnoseLayers }, { measure }] = await Promise.all([import('./diagnose-layers.ts'), import('./measure.ts')]);
  const layers = new Set([...watched.values()].map(({ layer }) => layer));
  const measurements = await measure(built, batches, layers, limits.slope);
  const isBatchKnown = options.batchSize !== undefined;
  return new NormalizationDiagnosis(
    diagnoseLayers(built.name, watched, measurements, { batchSize, isBatchKnown, updates, limits }),
  );
}

/** The steps of the optimizer, which are the updates; null if it has made none, because the model may come from elsewhere. */
function updatesOf(model: AnyModel): number | null {
  const steps = model.compiled ? model.optimizer.iterations.value.item() : 0;
  return steps > 0 ? steps : null;
}

/** The parts of the layers that normalize their inputs, by name. */
function normalizationsIn(who: string, model: AnyModel): ReadonlyMap<string, Parts> {
  const found = new Map<string, Parts>();
  for (const { name, layer } of layersIn(model)) {
    const parts = layer.sublayers.length > 0 ? null : partsOf(layer);
    if (parts !== null && !parts.isAdapted) found.set(name, parts);
  }
  if (found.size > 0) return found;
  throw new ValueError(`[${who}] the model must have a normalization layer. Received: ${model.who} without one.`);
}
