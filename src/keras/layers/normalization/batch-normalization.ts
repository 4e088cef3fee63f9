import { canonicalAxes, knownSize, otherAxes } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { type KnownShape, type Shape, isKnown, showShape } from '../../../core/shape.ts';
import { type Constraint, get as getConstraint, serialize as serializeConstraint } from '../../constraints/index.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import {
  type Initializer,
  get as getInitializer,
  serialize as serializeInitializer,
} from '../../initializers/index.ts';
import * as ops from '../../ops/index.ts';
import {
  type Regularizer,
  get as getRegularizer,
  serialize as serializeRegularizer,
} from '../../regularizers/index.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer } from '../base/layer.ts';
import {
  BATCH_NORMALIZATION_OPTIONS,
  type BatchNormalizationOptions,
  type BatchNormalizationSettings,
  checkFusedInput,
  readSettings,
} from './batch-normalization-options.ts';
import {
  type BatchStatistics,
  averageGroups,
  batchStatistics,
  ghostBatches,
  maskedStatistics,
} from './batch-statistics.ts';
import { type Correction, RenormState } from './batch-renormalization.ts';

/** What TensorFlow's fused kernel raises epsilon to, for cuDNN's sake. */
const FUSED_EPSILON = 1.001e-5;

/**
 * Batch normalization (Ioffe & Szegedy, 2015): gives each channel of a batch mean 0 and deviation 1, then a learned
 * scale and offset.
 *
 *     μ  = mean(x)        σ² = mean((x − μ)²)           over all axes but `axis`
 *     y  = γ · (x − μ) / √(σ² + ε) + β
 *     moving ← momentum · moving + (1 − momentum) · batch
 *
 * In training, μ and σ² are the batch's, and the moving statistics learn from them; in inference, and in a frozen layer
 * (`trainable = false`), they are the moving statistics. A mask (rank one less than the input's) leaves entries out of
 * the statistics. An empty batch, and a batch that is masked entirely, leave the moving statistics as they are.
 *
 * Shapes: x and y are `[batch, …]` of rank 2 to 5; γ, β, moving mean and variance `[channels]`, or, with several axes
 * or `virtualBatchSize`, of the input's rank with size 1 off the axes, as in tf.keras.
 *
 * @throws TypeError for an unknown option, ValueError for a refused combination.
 * @example
 * const bn = new BatchNormalization({ momentum: 0.9 });
 * await bn.apply([[0, 1], [2, 3]], { training: true });   // [[-0.9995, -0.9995], [0.9995, 0.9995]]
 * bn.movingMean?.value;                                   // [0.1, 0.2]
 * await bn.apply([[0.1, 0.2]]);                           // [[0, 0]]
 * @see https://keras.io/api/layers/normalization_layers/batch_normalization/
 * @see https://arxiv.org/abs/1502.03167
 */
export class BatchNormalization extends Layer {
  static override readonly className: string = 'BatchNormalization';

  override supportsMasking = true;
  /** The arguments that are numbers, flags and choices, with their defaults. */
  readonly settings: BatchNormalizationSettings;
  /** What gives β its first values. */
  readonly betaInitializer: Initializer;
  /** What gives γ its first values. */
  readonly gammaInitializer: Initializer;
  /** What the moving mean starts with. */
  readonly movingMeanInitializer: Initializer;
  /** What the moving variance starts with. */
  readonly movingVarianceInitializer: Initializer;
  /** A penalty on β. */
  readonly betaRegularizer: Regularizer | null;
  /** A penalty on γ. */
  readonly gammaRegularizer: Regularizer | null;
  /** What β must satisfy after each update. */
  readonly betaConstraint: Constraint | null;
  /** What γ must satisfy after each update. */
  readonly gammaConstraint: Constraint | null;

  /** γ; null before `build` and with `scale: false`. */
  gamma: Variable | null = null;
  /** β; null before `build` and with `center: false`. */
  beta: Variable | null = null;
  /** What the mean has been of late; null before `build`. */
  movingMean: Variable | null = null;
  /** What the variance has been of late; null before `build`. */
  movingVariance: Variable | null = null;
  #renorm: RenormState | null = null;
  /** The channels' axes, counted from the front. */
  #axes: readonly number[] = [];

  constructor(options: BatchNormalizationOptions = {}) {
    super(options, BATCH_NORMALIZATION_OPTIONS);
    const { who } = this;
    this.settings = readSettings(options, this.dtype, who);
    this.betaInitializer = getInitializer(options.betaInitializer ?? 'zeros', who);
    this.gammaInitializer = getInitializer(options.gammaInitializer ?? 'ones', who);
    this.movingMeanInitializer = getInitializer(options.movingMeanInitializer ?? 'zeros', who);
    this.movingVarianceInitializer = getInitializer(options.movingVarianceInitializer ?? 'ones', who);
    this.betaRegularizer = getRegularizer(options.betaRegularizer ?? null, who);
    this.gammaRegularizer = getRegularizer(options.gammaRegularizer ?? null, who);
    this.betaConstraint = getConstraint(options.betaConstraint ?? null, who);
    this.gammaConstraint = getConstraint(options.gammaConstraint ?? null, who);
  }

  override build(inputShape: Shape): void {
    const rank = inputShape.length;
    const { axis, scale, center, renorm, fused, virtualBatchSize } = this.settings;
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
    if (scale) {
      this.gamma = this.addWeight({
        name: 'gamma',
        shape,
        initializer: this.gammaInitializer,
        regularizer: this.gammaRegularizer,
        constraint: this.gammaConstraint,
      });
    }
    if (center) {
      this.beta = this.addWeight({
        name: 'beta',
        shape,
        initializer: this.betaInitializer,
        regularizer: this.betaRegularizer,
        constraint: this.betaConstraint,
      });
    }
    const statistic = (name: string, initializer: Initializer): Variable =>
      this.addWeight({ name, shape, initializer, trainable: false });
    this.movingMean = statistic('moving_mean', this.movingMeanInitializer);
    this.movingVariance = statistic('moving_variance', this.movingVarianceInitializer);
    if (renorm) {
      this.#renorm = new RenormState(
        this.settings,
        statistic,
        this.movingMeanInitializer,
        this.movingVarianceInitializer,
      );
    }
    this.#axes = axes;
    this.inputSpec = { rank, axes: Object.fromEntries(sizes) };
  }

  override call(inputs: Value, context: CallContext): Value {
    const x = ops.cast(inputs, this.dtype);
    this.#checkMask(x, context.mask);
    const isTraining = context.training && this.trainable;
    return isTraining ? this.#train(x, context) : this.#infer(x, context);
  }

  /** y with the moving statistics: a fixed map for each channel. */
  #infer(x: Value, context: CallContext): Value {
    const shape = this.#coefficientShape(x.rank);
    const mean = ops.reshape(this.#state(context, this.movingMean), shape);
    const variance = ops.reshape(this.#state(context, this.movingVariance), shape);
    const inverse = this.#inverse(variance);
    return this.#map(x, mean, inverse, shape, null);
  }

  /** y with the batch's statistics, from which the moving ones learn. */
  #train(x: Value, context: CallContext): Value {
    const { virtualBatchSize } = this.settings;
    // An empty batch has no statistics. A symbolic call, of a batch of no known size, asks for the output's shape alone.
    if (!isKnown(x.shape) || x.shape.includes(0)) return this.#infer(x, context);
    const grouped = virtualBatchSize === null ? x : this.#group(x, virtualBatchSize);
    // Ghost batches put an axis of groups behind the first: the channels' axes move by one, and it is kept.
    const kept = virtualBatchSize === null ? this.#axes : [1, ...this.#axes.map((axis) => axis + 1)];
    const reduced = otherAxes(kept, grouped.rank);
    const { mask } = context;
    const statistics = mask === null ? batchStatistics(grouped, reduced) : maskedStatistics(grouped, mask, reduced);
    const shape = this.#coefficientShape(grouped.rank);

    const average = virtualBatchSize === null ? (value: Value) => value : averageGroups;
    const [mean, variance] = [average(statistics.mean), average(statistics.variance)];
    const correction = this.#learn(mean, variance, statistics, context, shape);

    const inverse = this.#inverse(statistics.variance);
    const { centred, centredMean } = statistics;
    const y = this.#map(centred, centredMean, inverse, shape, { correction, inputShape: x.knownShape });
    return ops.reshape(y, x.shape);
  }

  /** Updates the moving statistics, and returns renorm's correction. */
  #learn(
    mean: Value,
    variance: Value,
    { count, counts }: BatchStatistics,
    context: CallContext,
    shape: KnownShape,
  ): Correction | null {
    const { momentum, fused } = this.settings;
    const update = (variable: Variable, value: Value): void => {
      const old = context.read(variable);
      const next = ops.reshape(value, variable.shape);
      context.update(variable, counts === null ? next : ops.where(counts, next, old));
    };
    const moving = (variable: Variable, statistic: Value, rate: number): Value =>
      ops.add(
        ops.multiply(ops.reshape(context.read(variable), shape), rate),
        ops.multiply(ops.stopGradient(statistic), 1 - rate),
      );
    const [movingMean, movingVariance] = [this.#built(this.movingMean), this.#built(this.movingVariance)];
    if (this.#renorm !== null) {
      const {
        mean: m,
        variance: v,
        correction,
      } = this.#renorm.learn({
        mean: ops.stopGradient(mean),
        variance: ops.stopGradient(variance),
        read: (variable) => ops.reshape(context.read(variable), shape),
        moving,
        update,
        movingMean,
      });
      update(movingMean, m);
      update(movingVariance, v);
      return correction;
    }
    const unbiased =
      fused === true && count !== null ? ops.multiply(variance, count / Math.max(count - 1, 1)) : variance;
    update(movingMean, moving(movingMean, mean, momentum));
    update(movingVariance, moving(movingVariance, unbiased, momentum));
    return null;
  }

  /**
   * ((x − mean) · inverse · r + d) · adjustment scale + adjustment bias, times γ, plus β; in one map where it can be.
   * What is `centred` has a mean so small that it may be taken into the offset, which saves a pass.
   */
  #map(x: Value, mean: Value, inverse: Value, shape: KnownShape, training: TrainingMap | null): Value {
    const gamma = this.gamma === null ? null : ops.reshape(this.gamma, shape);
    const beta = this.beta === null ? null : ops.reshape(this.beta, shape);
    const correction = training?.correction ?? null;
    const scale = times(inverse, correction?.r ?? null);
    const shift = correction?.d ?? null;
    const apply = (factor: Value, offset: Value | null): Value => {
      const zero = ops.fullLike(mean, 0);
      if (training === null) return ops.normalizeWith(x, mean, factor, offset ?? zero);
      const moved = ops.subtract(offset ?? zero, ops.multiply(mean, factor));
      return ops.normalizeWith(x, zero, factor, moved);
    };
    const { adjustment } = this.settings;
    if (adjustment === null || training === null) {
      return apply(times(scale, gamma), plus(shift === null ? null : times(shift, gamma), beta));
    }
    const [adjustScale, adjustBias] = adjustment(training.inputShape);
    const adjusted = ops.add(ops.multiply(apply(scale, shift), adjustScale), adjustBias);
    const result = times(ops.cast(adjusted, this.dtype), gamma);
    return plus(result, beta) ?? result;
  }

  #group(x: Value, virtualBatchSize: number): Value {
    const [batch = 0] = x.knownShape;
    if (batch % virtualBatchSize !== 0) {
      throw new ValueError(
        `[${this.who}] the batch size must be divisible by virtualBatchSize=${virtualBatchSize} in training. Received: a batch of ${batch}. Choose a batch size that is, or drop the short last batch.`,
      );
    }
    return ghostBatches(x, virtualBatchSize);
  }

  #checkMask(x: Value, mask: Value | null): void {
    if (mask === null) return;
    if (mask.rank !== x.rank - 1) {
      throw new ValueError(
        `[${this.who}] the mask must have one axis less than the input. Received: mask of shape ${showShape(mask.shape)} for an input of shape ${showShape(x.shape)}.`,
      );
    }
    if (this.settings.virtualBatchSize !== null) {
      throw new ValueError(`[${this.who}] virtualBatchSize cannot be used with a mask. Leave one of them out.`);
    }
    // TensorFlow's kernel would leave the mask out of account, with a warning that is easily missed.
    if (this.settings.fused === true) {
      throw new ValueError(`[${this.who}] fused: true cannot be used with a mask. Use fused: null or false.`);
    }
  }

  /** The shape in which parameters broadcast against an input of this rank. */
  #coefficientShape(rank: number): KnownShape {
    const [first = 0] = this.#axes;
    const parameter = this.#built(this.movingMean).shape;
    if (parameter.length === rank) return parameter;
    if (parameter.length === rank + 1) return parameter.filter((_, axis) => axis !== 1);
    return Array.from({ length: rank }, (_, axis) => (axis === first ? (parameter[0] ?? 1) : 1));
  }

  /** 1 / √(σ² + ε), rounded once, where a reciprocal of a root is rounded twice: every output inherits the error. */
  #inverse(variance: Value): Value {
    return ops.power(ops.add(variance, this.effectiveEpsilon), -0.5);
  }

  /** What is added to the variance: `epsilon`, or what TensorFlow's fused kernel raises it to. */
  get effectiveEpsilon(): number {
    const { epsilon, fused } = this.settings;
    return fused === true ? Math.max(epsilon, FUSED_EPSILON) : epsilon;
  }

  #state(context: CallContext, variable: Variable | null): Value {
    return context.read(this.#built(variable));
  }

  #built(variable: Variable | null): Variable {
    if (variable === null) throw new ValueError(`[${this.who}] the layer must be built before it is called.`);
    return variable;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    canonicalAxes(this.settings.axis, inputShape.length, this.who);
    return inputShape;
  }

  override getConfig(): Config {
    const { settings } = this;
    if (settings.adjustment !== null) {
      throw new ValueError(
        `[${this.who}] adjustment is a function and cannot be written to a config. Leave it out before saving.`,
      );
    }
    return {
      ...super.getConfig(),
      axis: settings.axis,
      momentum: settings.momentum,
      epsilon: settings.epsilon,
      center: settings.center,
      scale: settings.scale,
      beta_initializer: { ...serializeInitializer(this.betaInitializer) },
      gamma_initializer: { ...serializeInitializer(this.gammaInitializer) },
      moving_mean_initializer: { ...serializeInitializer(this.movingMeanInitializer) },
      moving_variance_initializer: { ...serializeInitializer(this.movingVarianceInitializer) },
      beta_regularizer: spread(serializeRegularizer(this.betaRegularizer)),
      gamma_regularizer: spread(serializeRegularizer(this.gammaRegularizer)),
      beta_constraint: spread(serializeConstraint(this.betaConstraint)),
      gamma_constraint: spread(serializeConstraint(this.gammaConstraint)),
      synchronized: settings.synchronized,
      renorm: settings.renorm,
      renorm_clipping: settings.renorm ? { ...settings.renormClipping } : spread(settings.renormClipping),
      renorm_momentum: settings.renormMomentum,
      // Keras 3 has no word for these two, and rightly refuses a config that has them.
      ...(settings.virtualBatchSize === null ? {} : { virtual_batch_size: settings.virtualBatchSize }),
      ...(settings.fused === true ? { fused: true } : {}),
    };
  }

  static override fromConfig(config: Config): BatchNormalization {
    return new BatchNormalization(optionsOf(config));
  }
}

/** What the map of training has besides that of inference. */
interface TrainingMap {
  readonly correction: Correction | null;
  readonly inputShape: KnownShape;
}

const times = (a: Value, b: Value | null): Value => (b === null ? a : ops.multiply(a, b));
const plus = (a: Value | null, b: Value | null): Value | null => (a === null ? b : b === null ? a : ops.add(a, b));

/** `[channels]` for one axis; else the input's rank with size 1 off the axes, one axis more for ghost batches. */
function parameterShape(sizes: ReadonlyMap<number, number>, rank: number, hasGroups: boolean): KnownShape {
  const [only] = sizes.values();
  if (sizes.size === 1 && !hasGroups && only !== undefined) return [only];
  const full = Array.from({ length: rank }, (_, axis) => sizes.get(axis) ?? 1);
  return hasGroups ? full.toSpliced(1, 0, 1) : full;
}

/** A plain copy, for JSON. */
function spread(value: object | null): Config | null {
  return value === null ? null : { ...value };
}
