import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { canonicalAxes, knownSize, otherAxes } from '../../../core/axes.ts';
import { ValueError } from '../../../core/errors.ts';
import type { ChannelStatistics } from '../../../core/pooled-statistics.ts';
import { type KnownShape, type Shape, isKnown, showShape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { dataParallelism } from '../../../core/world.ts';
import type { Initializer } from '../../initializers/index.ts';
import * as ops from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { type NormalizationParts, partOf, type KerasCall } from '../base/traits.ts';
import type { AxisOption } from '../base/option-fields.ts';
import { type TestTimeStatistics, blendStatistics } from './test-time-statistics.ts';
import { AffineLayer } from './affine-layer.ts';
import {
  type Adjustment,
  type BatchNormalizationOptions,
  type RenormClipping,
  batchNormalizationFields,
  checkCombination,
  checkFusedInput,
} from './batch-normalization-options.ts';
import { type Correction, SquareRoot, movingAverage, renormStatistics } from './batch-renormalization.ts';
import {
  type BatchStatistics,
  type Moments,
  averageGroups,
  batchStatistics,
  channelMoments,
  countEntries,
  ghostBatches,
  maskedStatistics,
} from './batch-statistics.ts';
import { synchronizedStatistics } from './synchronized-statistics.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** The minimum of epsilon in TensorFlow's fused kernel, which is cuDNN's. */
const FUSED_EPSILON = 1.001e-5;

/**
 * Batch normalization (Ioffe & Szegedy, 2015): normalizes each channel of a batch to mean 0 and standard deviation 1,
 * then applies a learned scale and offset.
 *
 *     μ  = mean(x)        σ² = mean((x − μ)²)           over all axes but `axis`
 *     y  = γ · (x − μ) / √(σ² + ε) + β
 *     moving ← momentum · moving + (1 − momentum) · batch
 *
 * In training, μ and σ² are the batch's, and update the moving statistics; in inference, and in a frozen layer
 * (`trainable = false`), they are the moving statistics. A mask (of rank one less than the input's) excludes entries
 * from the statistics. An empty batch, and a batch that is masked entirely, leave the moving statistics unchanged.
 *
 * Shapes: x and y are `[batch, …]` of rank 2 to 5; γ, β, moving mean and variance `[channels]`, or, with several axes
 * or `virtualBatchSize`, of the input's rank with size 1 off the axes, as in tf.keras.
 *
 * @throws TypeError for an unknown option, ValueError for an unsupported combination.
 * @example
 * const bn = new BatchNormalization({ momentum: 0.9 });
 * await bn.apply([[0, 1], [2, 3]], { training: true });   // [[-0.9995, -0.9995], [0.9995, 0.9995]]
 * bn.movingMean.value;                                    // [0.1, 0.2]
 * await bn.apply([[0.1, 0.2]]);                           // [[0, 0]]
 * @see https://keras.io/api/layers/normalization_layers/batch_normalization/
 * @see https://arxiv.org/abs/1502.03167
 */
export class BatchNormalization extends AffineLayer {
  static override readonly className: string = 'BatchNormalization';
  static override readonly positional = ['axis', 'momentum', 'epsilon', 'center', 'scale'] as const;
  static override readonly kerasCall: KerasCall = { mask: true };
  static override readonly fields: Fields = batchNormalizationFields;

  /** The axis of the channels, or several; negative ones count from the last. */
  declare readonly axis: AxisOption;
  /** The decay rate of the moving statistics. */
  declare readonly momentum: number;
  declare readonly movingMeanInitializer: Initializer;
  declare readonly movingVarianceInitializer: Initializer;
  /** Whether the batch's statistics are corrected towards the moving ones. */
  declare readonly renorm: boolean;
  /** Bounds of the corrections; null for none. */
  declare readonly renormClipping: RenormClipping | null;
  /** The decay rate of the statistics of the correction. */
  declare readonly renormMomentum: number;
  /** Whether the layer computes as TensorFlow's fused kernel; null and false: as Keras 3. */
  declare readonly fused: boolean | null;
  /** The size of the groups of samples that training normalizes separately; null for the whole batch. */
  declare readonly virtualBatchSize: number | null;
  /** A function that returns a scale and a bias for the normalized values in training; null for none. */
  declare readonly adjustment: Adjustment | null;
  /** Whether the statistics of all processes are pooled. */
  declare readonly synchronized: boolean;

  #movingMean: Variable | null = null;
  #movingVariance: Variable | null = null;
  /** The state of renorm; null before `build`, and without renorm. */
  #renormState: RenormVariables | null = null;
  /** The channels' axes, counted from the front. */
  #axes: readonly number[] = [];
  #testTimeStatistics: TestTimeStatistics | null = null;

  constructor(...args: Arguments<BatchNormalizationOptions, typeof BatchNormalization.positional>);
  constructor(options?: BatchNormalizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    // As tf.keras writes it: renorm without bounds has an empty set of them.
    if (this.renorm) this.renormClipping ??= {};
    checkCombination(this);
  }

  override build(inputShape: Shape): void {
    const rank = inputShape.length;
    const { axis, fused, virtualBatchSize } = this;
    const axes = canonicalAxes(axis, rank, this.who);
    if (virtualBatchSize !== null && axes.includes(0)) {
      throw new ValueError(
        `[${this.who}] virtualBatchSize cuts axis 0, which cannot be a channel axis. Received: axis=${String(axis)}.`,
      );
    }
    const [first = 0] = axes;
    if (fused === true) checkFusedInput(first, rank, this.who);
    const sizes = new Map(axes.map((i) => [i, knownSize(inputShape, i, this.who)]));
    const shape = parameterShape(sizes, rank, virtualBatchSize !== null);
    this.addAffine(shape);
    const statistic = (name: string, initializer: Initializer): Variable =>
      this.addWeight({ name, shape, initializer, trainable: false });
    this.#movingMean = statistic('moving_mean', this.movingMeanInitializer);
    this.#movingVariance = statistic('moving_variance', this.movingVarianceInitializer);
    if (this.renorm) {
      const squareRoot = new SquareRoot(this.movingVarianceInitializer);
      this.#renormState = {
        movingMean: this.#movingMean,
        movingStddev: statistic('moving_stddev', squareRoot),
        renormMean: statistic('renorm_mean', this.movingMeanInitializer),
        renormStddev: statistic('renorm_stddev', squareRoot),
      };
    }
    this.#axes = axes;
    this.inputSpec = { ndim: rank, axes: Object.fromEntries(sizes) };
  }

  /** The moving average of the batches' means. @throws ValueError before the layer is built. */
  get movingMean(): Variable {
    return this.#built(this.#movingMean);
  }

  /** The moving average of the batches' variances. @throws ValueError before the layer is built. */
  get movingVariance(): Variable {
    return this.#built(this.#movingVariance);
  }

  override get normalizationParts(): NormalizationParts {
    return {
      ...super.normalizationParts,
      epsilon: this.effectiveEpsilon,
      momentum: this.momentum,
      mean: partOf(this.#movingMean, this.movingMeanInitializer),
      variance: partOf(this.#movingVariance, this.movingVarianceInitializer),
    };
  }

  /**
   * The statistics of an input in inference; null for the moving ones. Setting it makes programs trace the layer anew.
   * @see https://arxiv.org/abs/2006.10963 (Nado et al. 2020)
   */
  get testTimeStatistics(): TestTimeStatistics | null {
    return this.#testTimeStatistics;
  }

  set testTimeStatistics(value: TestTimeStatistics | null) {
    this.#testTimeStatistics = value;
    this.invalidateTraces();
  }

  override call(inputs: Value, context: CallContext): Value {
    const x = ops.cast(inputs, this.dtype);
    this.#checkMask(x, context.mask);
    const isTraining = context.training && this.trainable;
    return isTraining ? this.#normalizeBatch(x, context) : this.#normalizeByMovingStatistics(x, context);
  }

  /** y with the moving statistics: a fixed affine map for each channel. */
  #normalizeByMovingStatistics(x: Value, context: CallContext): Value {
    const shape = this.#coefficientShape(x.rank);
    const moving = {
      mean: ops.reshape(context.read(this.movingMean), shape),
      variance: ops.reshape(context.read(this.movingVariance), shape),
    };
    const { mean, variance } = this.#blended(moving, x, context.mask);
    return this.#map(x, mean, this.#inverse(variance), { context, shape, training: null });
  }

  /** The statistics of inference: the moving ones, or with `testTimeStatistics` their mean with those of the batch. */
  #blended(moving: Moments, x: Value, mask: Value | null): Moments {
    const { testTimeStatistics } = this;
    if (testTimeStatistics === null || !isKnown(x.shape) || x.shape.includes(0)) return moving;
    return blendStatistics(moving, channelMoments(x, mask, otherAxes(this.#axes, x.rank)), x, testTimeStatistics);
  }

  /**
   * The statistics of the channels of an input, over the whole batch: the number of entries, mean and population variance,
   * each in the shape of the moving statistics.
   */
  channelStatistics(inputs: Value, mask: Value | null = null): Moments & { readonly count: Value } {
    const x = ops.cast(inputs, this.dtype);
    this.#checkMask(x, mask);
    const { shape } = this.movingMean;
    const axes = otherAxes(this.#axes, x.rank);
    const { mean, variance } = channelMoments(x, mask, axes);
    const inShape = (value: Value): Value => ops.reshape(value, shape);
    return { count: inShape(countEntries(x, mask, axes)), mean: inShape(mean), variance: inShape(variance) };
  }

  /** Replaces the moving statistics, the state of renorm included, with those of data. */
  setMovingStatistics({ count, mean, variance }: ChannelStatistics): void {
    const { shape } = this.movingMean;
    const unbiased = Float64Array.from(variance, (value, i) => {
      const entries = typeof count === 'number' ? count : (count[i] ?? 0);
      return this.fused === true ? (value * entries) / Math.max(entries - 1, 1) : value;
    });
    const assign = (variable: Variable | null, values: Float64Array): void => {
      variable?.assign(new Tensor(values, shape));
    };
    const means = Float64Array.from(mean);
    const stddev = unbiased.map((value) => Math.sqrt(value + this.effectiveEpsilon));
    assign(this.movingMean, means);
    assign(this.movingVariance, unbiased);
    assign(this.#renormState?.renormMean ?? null, means);
    assign(this.#renormState?.movingStddev ?? null, stddev);
    assign(this.#renormState?.renormStddev ?? null, stddev);
  }

  /** y with the batch's statistics, which also update the moving ones. */
  #normalizeBatch(x: Value, context: CallContext): Value {
    const { virtualBatchSize } = this;
    // An empty batch has no statistics. A symbolic call, with a batch of unknown size, needs the output's shape only.
    if (!isKnown(x.shape) || x.shape.includes(0)) return this.#normalizeByMovingStatistics(x, context);
    const grouped = virtualBatchSize === null ? x : this.#group(x, virtualBatchSize);
    // Ghost batches insert an axis of groups after the first: the channels' axes move by one, and it is kept.
    const kept = virtualBatchSize === null ? this.#axes : [1, ...this.#axes.map((axis) => axis + 1)];
    const reduced = otherAxes(kept, grouped.rank);
    const { mask } = context;
    const shape = this.#coefficientShape(grouped.rank);
    const statistics = this.#isPooled
      ? synchronizedStatistics(grouped, mask, {
          axes: reduced,
          reference: ops.reshape(context.read(this.movingMean), shape),
          share: context.trace.share,
        })
      : mask === null
        ? batchStatistics(grouped, reduced)
        : maskedStatistics(grouped, mask, reduced);

    const average = virtualBatchSize === null ? (value: Value) => value : averageGroups;
    const batch = { ...statistics, mean: average(statistics.mean), variance: average(statistics.variance) };
    const correction = this.#updateStatistics(batch, context, shape);

    const inverse = this.#inverse(statistics.variance);
    const { centered, centeredMean } = statistics;
    const training = { correction, inputShape: x.knownShape };
    return ops.reshape(this.#map(centered, centeredMean, inverse, { context, shape, training }), x.shape);
  }

  /** Whether the statistics are those of several processes. @throws ValueError for ghost batches, which are not pooled */
  get #isPooled(): boolean {
    if (!this.synchronized || dataParallelism() === null) return false;
    if (this.virtualBatchSize === null) return true;
    throw new ValueError(
      `[${this.who}] the statistics of virtualBatchSize are not those of all processes. Received: synchronized=true and virtualBatchSize=${this.virtualBatchSize} in a world of several processes. Leave one of them out.`,
    );
  }

  /** Updates the moving statistics, and returns renorm's correction. */
  #updateStatistics(batch: BatchStatistics, context: CallContext, shape: KnownShape): Correction | null {
    const { mean, variance, count, counts } = batch;
    const read = (variable: Variable): Value => ops.reshape(context.read(variable), shape);
    // A batch that is masked entirely has no statistics.
    const update = (variable: Variable, value: Value): void => {
      const next = ops.reshape(value, variable.shape);
      const state = counts === null ? next : ops.where(counts, next, context.read(variable));
      if (this.#isPooled) context.trace.updateEverywhere(variable, state);
      else context.update(variable, state);
    };
    const { movingMean, movingVariance } = this;
    const variables = this.#renormState;
    if (variables !== null) {
      const step = renormStatistics(mapValues(variables, read), { mean, variance }, this);
      for (const key of RENORM_KEYS) update(variables[key], step.updates[key]);
      update(movingVariance, step.movingVariance);
      return step.correction;
    }
    const { momentum, fused } = this;
    const unbiased =
      fused === true && count !== null ? ops.multiply(variance, count / Math.max(count - 1, 1)) : variance;
    update(movingMean, movingAverage(read(movingMean), mean, momentum));
    update(movingVariance, movingAverage(read(movingVariance), unbiased, momentum));
    return null;
  }

  /**
   * ((x − mean) · inverse · r + d) · adjustment scale + adjustment bias, times γ, plus β, as one affine map where possible.
   * In training, x has been centered: its mean is so small that it can be part of the offset, which saves a pass.
   */
  #map(x: Value, mean: Value, inverse: Value, { context, shape, training }: MapOptions): Value {
    const coefficient = (variable: Variable | null): Value | null =>
      variable === null ? null : ops.reshape(context.read(variable), shape);
    const [gamma, beta] = [coefficient(this.gamma), coefficient(this.beta)];
    const correction = training?.correction ?? null;
    const scale = times(inverse, correction?.r ?? null);
    const shift = correction?.d ?? null;
    const apply = (factor: Value, offset: Value | null): Value => {
      const zero = ops.fullLike(mean, 0);
      if (training === null) return ops.normalizeWith(x, mean, factor, offset ?? zero);
      const moved = ops.subtract(offset ?? zero, ops.multiply(mean, factor));
      return ops.normalizeWith(x, zero, factor, moved);
    };
    const { adjustment } = this;
    if (adjustment === null || training === null) {
      return apply(times(scale, gamma), plus(shift === null ? null : times(shift, gamma), beta));
    }
    const [adjustScale, adjustBias] = adjustment(training.inputShape);
    const adjusted = ops.add(ops.multiply(apply(scale, shift), adjustScale), adjustBias);
    const result = times(ops.cast(adjusted, this.dtype), gamma);
    return plus(result, beta) ?? result;
  }

  override checkBatchSize(rows: number): void {
    const { virtualBatchSize } = this;
    if (virtualBatchSize === null || !this.trainable || rows % virtualBatchSize === 0) return;
    throw new ValueError(
      `[${this.who}] the batch size must be divisible by virtualBatchSize=${virtualBatchSize} in training. Received: a batch of ${rows}. Choose a batch size that is, or drop the short last batch.`,
    );
  }

  #group(x: Value, virtualBatchSize: number): Value {
    this.checkBatchSize(x.knownShape[0] ?? 0);
    return ghostBatches(x, virtualBatchSize);
  }

  #checkMask(x: Value, mask: Value | null): void {
    if (mask === null) return;
    if (mask.rank !== x.rank - 1) {
      throw new ValueError(
        `[${this.who}] the mask must have one axis fewer than the input. Received: mask of shape ${showShape(mask.shape)} for an input of shape ${showShape(x.shape)}.`,
      );
    }
    if (this.virtualBatchSize !== null) {
      throw new ValueError(`[${this.who}] virtualBatchSize cannot be used with a mask. Leave one of them out.`);
    }
    // TensorFlow's kernel ignores the mask, with a warning that is easily missed.
    if (this.fused === true) {
      throw new ValueError(`[${this.who}] fused: true cannot be used with a mask. Use fused: null or false.`);
    }
  }

  /** The shape in which parameters broadcast against an input of this rank. */
  #coefficientShape(rank: number): KnownShape {
    const [first = 0] = this.#axes;
    const parameter = this.movingMean.shape;
    if (parameter.length === rank) return parameter;
    if (parameter.length === rank + 1) return parameter.filter((_, axis) => axis !== 1);
    return Array.from({ length: rank }, (_, axis) => (axis === first ? (parameter[0] ?? 1) : 1));
  }

  /** 1 / √(σ² + ε) as one power, which rounds once; a reciprocal of a root rounds twice, an error in every output. */
  #inverse(variance: Value): Value {
    return ops.power(ops.add(variance, this.effectiveEpsilon), -0.5);
  }

  /** The constant added to the variance: `epsilon`, or the minimum of TensorFlow's fused kernel. */
  get effectiveEpsilon(): number {
    const { epsilon, fused } = this;
    return fused === true ? Math.max(epsilon, FUSED_EPSILON) : epsilon;
  }

  #built(variable: Variable | null): Variable {
    if (variable === null)
      throw new ValueError(
        `[${this.who}] the moving statistics are made by build: call the layer on an input or build([…]) first.`,
      );
    return variable;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    canonicalAxes(this.axis, inputShape.length, this.who);
    return inputShape;
  }
}

const RENORM_KEYS = ['movingMean', 'movingStddev', 'renormMean', 'renormStddev'] as const;

/** The weights of batch renormalization. */
type RenormVariables = Readonly<Record<(typeof RENORM_KEYS)[number], Variable>>;

/** Applies a function to each weight of batch renormalization. */
function mapValues<T>(variables: RenormVariables, change: (variable: Variable) => T): Record<keyof RenormVariables, T> {
  const { movingMean, movingStddev, renormMean, renormStddev } = variables;
  return {
    movingMean: change(movingMean),
    movingStddev: change(movingStddev),
    renormMean: change(renormMean),
    renormStddev: change(renormStddev),
  };
}

/** The circumstances of the affine map. */
interface MapOptions {
  readonly context: CallContext;
  /** The shape of the coefficients. */
  readonly shape: KnownShape;
  /** The additions of training; null in inference. */
  readonly training: { readonly correction: Correction | null; readonly inputShape: KnownShape } | null;
}

const times = (a: Value, b: Value | null): Value => (b === null ? a : ops.multiply(a, b));
const plus = (a: Value | null, b: Value | null): Value | null => (a === null ? b : b === null ? a : ops.add(a, b));

/** `[channels]` for one axis; else of the input's rank with size 1 on other axes, and one more axis for ghost batches. */
function parameterShape(sizes: ReadonlyMap<number, number>, rank: number, hasGroups: boolean): KnownShape {
  const [only] = sizes.values();
  if (sizes.size === 1 && !hasGroups && only !== undefined) return [only];
  const full = Array.from({ length: rank }, (_, axis) => sizes.get(axis) ?? 1);
  return hasGroups ? full.toSpliced(1, 0, 1) : full;
}
