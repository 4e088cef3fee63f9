import type { Config } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { optionsOf } from '../saving/registry.ts';
import { showShape } from '../../core/shape.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { add, multiply, sigmoid } from '../ops/elementwise.ts';
import { type Operand, toFloat, toValue } from '../ops/operand.ts';
import { mean, sum } from '../ops/reductions.ts';
import { tensor } from '../../core/tensor.ts';
import { type SummationMethod, curveAreas, type Curve } from './auc-curves.ts';
import { type Counts, areSpreadEvenly, confusionCounts } from './confusion.ts';
import { type Direction, Metric, type MetricOptions, metricOptions, spendSize } from './metric.ts';
import { divideNoNan } from './samplewise.ts';

/** Options of {@link AUC}. */
export interface AUCOptions extends MetricOptions {
  /** How many thresholds the curve is made of; 2 or more. @default 200 */
  numThresholds?: number;
  /** What is drawn: recall over the rate of false positives, precision over recall, or the gains of those. @default 'ROC' */
  curve?: Curve | 'roc' | 'pr' | 'prgain';
  /** How the area between two points is taken: under a line, or under the lower or the higher one. @default 'interpolation' */
  summationMethod?: SummationMethod | 'Interpolation' | 'Minoring' | 'Majoring';
  /** The thresholds between 0 and 1, in the place of numThresholds that are spread evenly. @default null */
  thresholds?: readonly number[] | null;
  /** Whether each entry of the last axis has a curve; the result is the mean of the areas. @default false */
  multiLabel?: boolean;
  /** How many labels there are; the first batch tells. @default null */
  numLabels?: number | null;
  /** What each label counts for. @default null, all alike */
  labelWeights?: readonly number[] | null;
  /** Whether predictions are logits. @default false */
  fromLogits?: boolean;
}

const OPTIONS = ['numThresholds', 'curve', 'summationMethod', 'thresholds', 'multiLabel', 'numLabels'];

type State = Readonly<Record<keyof Counts, Variable>>;

/**
 * The area under a curve of right and wrong predictions at many thresholds: 1 for predictions that are all right, and,
 * of ROC curves, ½ for random ones.
 *
 * Shapes: targets and predictions alike; `[batch, labels]` with multiLabel.
 * @throws ValueError if a threshold lies outside [0, 1], or numLabels is given without multiLabel.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new AUC({ name: 'auc' })] });
 * (await model.testOnBatch([[0], [0.5], [0.3], [0.9]], [[0], [0], [1], [1]])).auc;   // 0.75
 * @see https://keras.io/api/metrics/classification_metrics/#auc-class
 */
export class AUC extends Metric {
  override readonly direction: Direction = 'up';
  /** The thresholds, with one below 0 and one above 1 at the ends. */
  readonly thresholds: readonly number[];
  /** What is drawn. */
  readonly curve: Curve;
  /** How the area between two points is taken. */
  readonly summationMethod: SummationMethod;
  /** Whether each entry of the last axis has a curve. */
  readonly multiLabel: boolean;
  /** How many labels there are, as given. */
  readonly numLabels: number | null;
  /** What each label counts for. */
  readonly labelWeights: readonly number[] | null;
  /** Whether predictions are logits. */
  readonly fromLogits: boolean;
  readonly #given: readonly number[] | null;
  #state: State | null = null;

  constructor(options: AUCOptions = {}) {
    checkOptions('AUC', options, [...metricOptions, ...OPTIONS, 'labelWeights', 'fromLogits']);
    super(options);
    this.#given = readInner(options.thresholds);
    const count = this.#given === null ? checkInteger('AUC', 'numThresholds', options.numThresholds ?? 200, 2) : 0;
    const inner = this.#given ?? Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1));
    this.thresholds = [-1e-7, ...inner, 1 + 1e-7];
    const [curve, method]: readonly unknown[] = [options.curve ?? 'ROC', options.summationMethod ?? 'interpolation'];
    const upper = typeof curve === 'string' ? curve.toUpperCase() : curve;
    this.curve = checkChoice('AUC', 'curve', upper, ['ROC', 'PR', 'PRGAIN']);
    const lower = typeof method === 'string' ? method.toLowerCase() : method;
    this.summationMethod = checkChoice('AUC', 'summationMethod', lower, ['interpolation', 'majoring', 'minoring']);
    this.multiLabel = checkBoolean('AUC', 'multiLabel', options.multiLabel ?? false);
    const labels = options.numLabels ?? null;
    this.numLabels = labels === null ? null : checkInteger('AUC', 'numLabels', labels, 1);
    if (labels !== null && !this.multiLabel) {
      throw new ValueError(`[AUC] numLabels is for multiLabel: true only. Received: numLabels=${labels}.`);
    }
    this.labelWeights = readLabelWeights(options.labelWeights ?? null);
    this.fromLogits = checkBoolean('AUC', 'fromLogits', options.fromLogits ?? false);
    if (!this.multiLabel) this.#build([this.thresholds.length]);
    else if (labels !== null) this.#build([this.thresholds.length, labels]);
  }

  #build(shape: readonly number[]): State {
    this.#state = {
      truePositives: this.addVariable('true_positives', shape),
      falsePositives: this.addVariable('false_positives', shape),
      trueNegatives: this.addVariable('true_negatives', shape),
      falseNegatives: this.addVariable('false_negatives', shape),
    };
    return this.#state;
  }

  /** With several labels the state is made when their number is known. */
  #buildFor(prediction: Value): State {
    const labels = prediction.shape.at(-1) ?? null;
    if (this.multiLabel && (prediction.rank !== 2 || labels === null)) {
      throw new ValueError(
        `[AUC] predictions must have the shape [batch, labels] with multiLabel. Received: shape ${showShape(prediction.shape)}.`,
      );
    }
    return this.#state ?? this.#build([this.thresholds.length, labels ?? 0]);
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const { thresholds, dtype, multiLabel, labelWeights } = this;
    const given = toValue(yPred);
    const state = this.#buildFor(given);
    const counts = confusionCounts('AUC', yTrue, this.fromLogits ? sigmoid(toFloat(given)) : given, {
      ...{ thresholds, dtype, multiLabel, sampleWeight },
      evenly: this.#given === null || areSpreadEvenly([0, ...this.#given, 1]),
      labelWeights: multiLabel ? null : labelWeights,
    });
    for (const what of Object.keys(state) as (keyof Counts)[]) {
      trace.update(state[what], add(trace.read(state[what]), counts[what]));
    }
  }

  override result(trace: Trace): Value {
    const state = this.#state;
    if (state === null) return toValue(0, this.dtype);
    const counts = {
      truePositives: trace.read(state.truePositives),
      falsePositives: trace.read(state.falsePositives),
      trueNegatives: trace.read(state.trueNegatives),
      falseNegatives: trace.read(state.falseNegatives),
    };
    const areas = curveAreas(counts, this.curve, this.summationMethod);
    if (!this.multiLabel) return areas;
    if (this.labelWeights === null) return mean(areas);
    const weights = toValue(tensor(this.labelWeights, undefined, this.dtype));
    return divideNoNan(sum(multiply(areas, weights)), sum(weights));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      num_thresholds: this.thresholds.length,
      curve: this.curve,
      summation_method: this.summationMethod,
      multi_label: this.multiLabel,
      num_labels: this.numLabels,
      label_weights: this.labelWeights,
      from_logits: this.fromLogits,
      ...(this.#given === null ? {} : { thresholds: this.#given }),
    };
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    if ((config['thresholds'] ?? null) === null) spendSize('AUC', config, 'num_thresholds', context);
    return new AUC(optionsOf(config));
  }
}

/** The thresholds that the user gave, in order; null if none. */
function readLabelWeights(given: unknown): readonly number[] | null {
  if (given === null) return null;
  if (Array.isArray(given)) return given.map((weight) => checkNumber('AUC', 'labelWeights', weight));
  throw new TypeError(`[AUC] labelWeights must be a list of numbers. Received: labelWeights=${show(given)}.`);
}

function readInner(given: unknown): readonly number[] | null {
  if (given === undefined || given === null) return null;
  if (!Array.isArray(given)) {
    throw new TypeError(`[AUC] thresholds must be a list of numbers. Received: thresholds=${show(given)}.`);
  }
  const thresholds = given.map((threshold) => checkNumber('AUC', 'thresholds', threshold));
  if (thresholds.every((threshold) => threshold >= 0 && threshold <= 1)) return thresholds.sort((a, b) => a - b);
  throw new ValueError(`[AUC] thresholds must lie in [0, 1]. Received: thresholds=${show(given)}.`);
}
