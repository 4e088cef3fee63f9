import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Config } from '../../core/config.ts';
import { EPSILON } from '../../core/epsilon.ts';
import { ValueError, show } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import { tensor } from '../../core/tensor.ts';
import { type Operand, toFloat, toValue } from '../../compiler/builder/operand.ts';
import { multiply, sigmoid, mean, sum, divideNoNan } from '../ops/index.ts';
import { numbers } from '../saving/field-kinds.ts';
import { type Field, type Fields, boolean, choice, field, integer, nullable } from '../saving/fields.ts';
import { type Curve, type SummationMethod, curveAreas } from './auc-curves.ts';
import { type CountState, type Counts, addCounts, areSpreadEvenly, confusionCounts, countState } from './confusion.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link AUC}. */
export interface AUCOptions extends MetricOptions {
  /** The number of thresholds of the curve; at least 2. @default 200 */
  numThresholds?: number;
  /** The curve: recall over the false positive rate, precision over recall, or the gains of those. @default 'ROC' */
  curve?: Curve | 'roc' | 'pr' | 'prgain';
  /** The height between two points: that of a line, or the lower or the higher one. @default 'interpolation' */
  summationMethod?: SummationMethod | 'Interpolation' | 'Minoring' | 'Majoring';
  /** The thresholds between 0 and 1, instead of numThresholds that are spread evenly. @default null */
  thresholds?: readonly number[] | null;
  /** Whether each entry of the last axis has its own curve; the result is the mean of the areas. @default false */
  multiLabel?: boolean;
  /** The number of labels. @default null, known from the first batch */
  numLabels?: number | null;
  /** The weight of each label. @default null, all equal */
  labelWeights?: readonly number[] | null;
  /** Whether predictions are logits. @default false */
  fromLogits?: boolean;
}

const curves = choice(['ROC', 'PR', 'PRGAIN'], 'ROC');
const methods = choice(['interpolation', 'majoring', 'minoring'], 'interpolation');

const curve: Field<Curve> = {
  ...curves,
  read: (who, option, given) => curves.read(who, option, typeof given === 'string' ? given.toUpperCase() : given),
};

const summationMethod: Field<SummationMethod> = {
  ...methods,
  read: (who, option, given) => methods.read(who, option, typeof given === 'string' ? given.toLowerCase() : given),
};

const list = numbers();

const thresholds = nullable(
  field<readonly number[]>({
    read: (who, option, given) => {
      const read = list.read(who, option, given);
      if (read.every((threshold) => threshold >= 0 && threshold <= 1)) return read.toSorted((a, b) => a - b);
      throw new ValueError(`[${who}] ${option} must be in [0, 1]. Received: ${option}=${show(given)}.`);
    },
  }),
);

/**
 * The area under a curve of correct and wrong predictions at many thresholds: 1 for perfect predictions, and, for ROC
 * curves, ½ for random ones.
 *
 * Shapes: targets and predictions of one shape; `[batch, labels]` with multiLabel.
 * @throws ValueError if a threshold is not in [0, 1], or numLabels is given without multiLabel.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new AUC({ name: 'auc' })] });
 * (await model.testOnBatch([[0], [0.5], [0.3], [0.9]], [[0], [0], [1], [1]])).auc;   // 0.75
 * @see https://keras.io/api/metrics/classification_metrics/#auc-class
 */
export class AUC extends Metric {
  static override readonly className: string = 'AUC';
  static override readonly positional = [
    'numThresholds',
    'curve',
    'summationMethod',
    'name',
    'dtype',
    'thresholds',
  ] as const;
  static override readonly fields: Fields = {
    ...Metric.fields,
    numThresholds: integer(200, 2, 2 ** 24),
    curve,
    summationMethod,
    multiLabel: boolean(false),
    numLabels: nullable(integer(undefined, 1)),
    labelWeights: nullable(list),
    fromLogits: boolean(false),
    thresholds,
  };
  static override readonly sizeKeys: readonly string[] = ['num_thresholds'];
  override readonly direction: Direction = 'up';

  /** The number of thresholds, including those at the ends. */
  declare readonly numThresholds: number;
  /** The thresholds, with one below 0 and one above 1 at the ends. */
  declare readonly thresholds: readonly number[];
  /** The curve. */
  declare readonly curve: Curve;
  /** The height between two points. */
  declare readonly summationMethod: SummationMethod;
  /** Whether each entry of the last axis has its own curve. */
  declare readonly multiLabel: boolean;
  /** The number of labels that was given. */
  declare readonly numLabels: number | null;
  /** The weight of each label. */
  declare readonly labelWeights: readonly number[] | null;
  /** Whether predictions are logits. */
  declare readonly fromLogits: boolean;
  readonly #given: readonly number[] | null;
  #state: CountState | null = null;

  constructor(...args: Arguments<AUCOptions, typeof AUC.positional>);
  constructor(options?: AUCOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    // The base has assigned the option, which is null or without the ends.
    this.#given = this.thresholds;
    this.thresholds = [-EPSILON, ...this.#inner(), 1 + EPSILON];
    this.numThresholds = this.thresholds.length;
    if (this.numLabels !== null && !this.multiLabel) {
      throw new ValueError(`[AUC] numLabels requires multiLabel: true. Received: numLabels=${this.numLabels}.`);
    }
    if (!this.multiLabel) this.#build([this.thresholds.length]);
    else if (this.numLabels !== null) this.#build([this.thresholds.length, this.numLabels]);
  }

  #inner(): readonly number[] {
    const count = this.numThresholds;
    return this.#given ?? Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1));
  }

  #build(shape: readonly number[]): CountState {
    this.#state = countState((name) => this.addVariable(name, shape));
    return this.#state;
  }

  /** Creates the state of several labels when their number is known. */
  #buildFor(prediction: Value): CountState {
    const labels = prediction.shape.at(-1) ?? null;
    if (this.multiLabel && (prediction.rank !== 2 || labels === null)) {
      throw new ValueError(
        `[AUC] predictions must have the shape [batch, labels] with multiLabel. Received: shape ${showShape(prediction.shape)}.`,
      );
    }
    return this.#state ?? this.#build([this.thresholds.length, labels ?? 0]);
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const { dtype, multiLabel, labelWeights } = this;
    const given = toValue(yPred);
    const state = this.#buildFor(given);
    const counts = confusionCounts('AUC', yTrue, this.fromLogits ? sigmoid(toFloat(given)) : given, {
      ...{ thresholds: this.thresholds, dtype, multiLabel, sampleWeight },
      evenly: this.#given === null || areSpreadEvenly([0, ...this.#given, 1]),
      labelWeights: multiLabel ? null : labelWeights,
    });
    addCounts(trace, state, counts);
  }

  override result(trace: Trace): Value {
    const state = this.#state;
    if (state === null) return toValue(0, this.dtype);
    const read = (count: keyof Counts): Value => trace.read(state[count]);
    const counts = {
      truePositives: read('truePositives'),
      falsePositives: read('falsePositives'),
      trueNegatives: read('trueNegatives'),
      falseNegatives: read('falseNegatives'),
    };
    const areas = curveAreas(counts, this.curve, this.summationMethod);
    if (!this.multiLabel) return areas;
    if (this.labelWeights === null) return mean(areas);
    const weights = toValue(tensor(this.labelWeights, undefined, this.dtype));
    return divideNoNan(sum(multiply(areas, weights)), sum(weights));
  }

  /** The config of Keras has the thresholds only if they were given. */
  override getConfig(): Config {
    const { thresholds: _all, ...config } = super.getConfig();
    return this.#given === null ? config : { ...config, thresholds: this.#given };
  }
}
