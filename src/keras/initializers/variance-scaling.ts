import { canonicalAxes } from '../../core/axes.ts';
import type { Config } from '../../core/config.ts';
import type { DType } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { checkChoice, checkNumber, checkOptions } from '../../core/checks.ts';
import { type KnownShape, sizeOf } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { RandomInitializer, type SeedOption, truncatedNormal } from './random.ts';

/** What a variance is divided by: a unit's inputs, its outputs, or the mean of the two. */
export type FanMode = 'fan_in' | 'fan_out' | 'fan_avg';
/** The normal distribution with or without its tails, or the uniform one. */
export type Distribution = 'truncated_normal' | 'untruncated_normal' | 'uniform';

/** For every initializer that scales with the size of its weight. */
export interface FanOptions extends SeedOption {
  /** The axes whose sizes make up fan_in; together with outputAxes, in the place of Keras's guess. @default null */
  inputAxes?: readonly number[] | null;
  /** The axes whose sizes make up fan_out. @default null */
  outputAxes?: readonly number[] | null;
}

/** Options of {@link VarianceScaling}. */
export interface VarianceScalingOptions extends FanOptions {
  /** The factor of the variance. @default 1 */
  scale?: number;
  /** What the variance is divided by: inputs, outputs, or the mean of both. @default 'fan_in' */
  mode?: FanMode;
  /** Of which distribution the numbers are. @default 'truncated_normal', also called 'normal' */
  distribution?: Distribution | 'normal';
}

/** The standard deviation of the normal distribution after it is cut off at ±2. */
const CUT_DEVIATION = 0.87962566103423978;

/**
 * How many inputs and outputs a weight connects. The last two axes are inputs and outputs, those before them a
 * receptive field; a vector counts as both.
 *
 * @example
 * computeFans([3, 3, 16, 32]);   // { fanIn: 144, fanOut: 288 }
 * @see https://keras.io/api/layers/initializers/#variancescaling-class
 */
export function computeFans(shape: KnownShape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) {
    const size = shape[0] ?? 1;
    return { fanIn: size, fanOut: size };
  }
  const field = sizeOf(shape.slice(0, -2));
  return { fanIn: field * (shape.at(-2) ?? 1), fanOut: field * (shape.at(-1) ?? 1) };
}

/**
 * Numbers of variance scale / n, where n is the number of inputs of a unit (`fan_in`), of its outputs (`fan_out`), or
 * the mean of the two (`fan_avg`).
 *
 * @throws ValueError if scale is not positive, or an axis does not exist.
 * @example
 * const w = new VarianceScaling({ scale: 3, mode: 'fan_out', distribution: 'uniform' }).call([64, 9]);
 * w.data.every((x) => Math.abs(x) <= 1);   // true
 * @see https://keras.io/api/layers/initializers/#variancescaling-class
 */
export class VarianceScaling extends RandomInitializer {
  /** The factor of the variance. */
  readonly scale: number;
  /** What the variance is divided by. */
  readonly mode: FanMode;
  /** Of which distribution the numbers are. */
  readonly distribution: Distribution;
  /** The axes whose sizes make up fan_in, or null. */
  readonly inputAxes: readonly number[] | null;
  /** The axes whose sizes make up fan_out, or null. */
  readonly outputAxes: readonly number[] | null;

  constructor(options: VarianceScalingOptions = {}) {
    const who = 'VarianceScaling';
    checkOptions(who, options, ['scale', 'mode', 'distribution', 'seed', 'inputAxes', 'outputAxes']);
    super(who, options.seed);
    this.scale = checkNumber(who, 'scale', options.scale ?? 1);
    if (this.scale <= 0) throw new ValueError(`[${who}] scale must be positive. Received: scale=${this.scale}.`);
    this.mode = checkChoice(who, 'mode', options.mode ?? 'fan_in', ['fan_in', 'fan_out', 'fan_avg']);
    const distribution = options.distribution ?? 'truncated_normal';
    this.distribution = checkChoice(
      who,
      'distribution',
      distribution === 'normal' ? 'truncated_normal' : distribution,
      ['truncated_normal', 'untruncated_normal', 'uniform'],
    );
    this.inputAxes = options.inputAxes ?? null;
    this.outputAxes = options.outputAxes ?? null;
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    const variance = this.scale / Math.max(1, this.#fan(shape));
    const deviation = Math.sqrt(variance);
    if (this.distribution === 'uniform') {
      const limit = Math.sqrt(3 * variance);
      return this.fill(shape, dtype, (stream) => limit * (2 * stream.nextUniform() - 1));
    }
    if (this.distribution === 'untruncated_normal') {
      return this.fill(shape, dtype, (stream) => deviation * stream.nextNormal());
    }
    return this.fill(shape, dtype, (stream) => (deviation / CUT_DEVIATION) * truncatedNormal(stream));
  }

  #fan(shape: KnownShape): number {
    const { fanIn, fanOut } = this.#fans(shape);
    if (this.mode === 'fan_in') return fanIn;
    return this.mode === 'fan_out' ? fanOut : (fanIn + fanOut) / 2;
  }

  #fans(shape: KnownShape): { fanIn: number; fanOut: number } {
    if (this.inputAxes === null || this.outputAxes === null) return computeFans(shape);
    const product = (axes: readonly number[], argument: string): number =>
      sizeOf(canonicalAxes(axes, shape.length, 'VarianceScaling', argument).map((axis) => shape[axis] ?? 1));
    return { fanIn: product(this.inputAxes, 'inputAxes'), fanOut: product(this.outputAxes, 'outputAxes') };
  }

  override getConfig(): Config {
    return {
      seed: this.seed,
      scale: this.scale,
      mode: this.mode,
      distribution: this.distribution,
      input_axes: this.inputAxes,
      output_axes: this.outputAxes,
    };
  }
}

/** A variance scaling whose scale, mode and distribution are settled. */
abstract class NamedScaling extends VarianceScaling {
  constructor(who: string, scale: number, mode: FanMode, distribution: Distribution, options: FanOptions) {
    checkOptions(who, options, ['seed', 'inputAxes', 'outputAxes']);
    super({ ...options, scale, mode, distribution });
  }

  override getConfig(): Config {
    return { seed: this.seed, input_axes: this.inputAxes, output_axes: this.outputAxes };
  }
}

/**
 * Numbers spread evenly over ±√(6 / (fan_in + fan_out)).
 * @example
 * new GlorotUniform({ seed: 1 }).call([64, 10]);
 * @see https://proceedings.mlr.press/v9/glorot10a.html
 */
export class GlorotUniform extends NamedScaling {
  constructor(options: FanOptions = {}) {
    super('GlorotUniform', 1, 'fan_avg', 'uniform', options);
  }
}

/**
 * Numbers of the truncated normal distribution of variance 2 / (fan_in + fan_out).
 * @example
 * new GlorotNormal({ seed: 1 }).call([64, 10]);
 * @see https://proceedings.mlr.press/v9/glorot10a.html
 */
export class GlorotNormal extends NamedScaling {
  constructor(options: FanOptions = {}) {
    super('GlorotNormal', 1, 'fan_avg', 'truncated_normal', options);
  }
}

/**
 * Numbers spread evenly over ±√(6 / fan_in).
 * @example
 * new HeUniform({ seed: 1 }).call([64, 10]);
 * @see https://arxiv.org/abs/1502.01852
 */
export class HeUniform extends NamedScaling {
  constructor(options: FanOptions = {}) {
    super('HeUniform', 2, 'fan_in', 'uniform', options);
  }
}

/**
 * Numbers of the truncated normal distribution of variance 2 / fan_in.
 * @example
 * new HeNormal({ seed: 1 }).call([64, 10]);
 * @see https://arxiv.org/abs/1502.01852
 */
export class HeNormal extends NamedScaling {
  constructor(options: FanOptions = {}) {
    super('HeNormal', 2, 'fan_in', 'truncated_normal', options);
  }
}

/**
 * Numbers spread evenly over ±√(3 / fan_in).
 * @example
 * new LecunUniform({ seed: 1 }).call([64, 10]);
 * @see https://keras.io/api/layers/initializers/#lecununiform-class
 */
export class LecunUniform extends NamedScaling {
  constructor(options: FanOptions = {}) {
    super('LecunUniform', 1, 'fan_in', 'uniform', options);
  }
}

/**
 * Numbers of the truncated normal distribution of variance 1 / fan_in.
 * @example
 * new LecunNormal({ seed: 1 }).call([64, 10]);
 * @see https://arxiv.org/abs/1706.02515
 */
export class LecunNormal extends NamedScaling {
  constructor(options: FanOptions = {}) {
    super('LecunNormal', 1, 'fan_in', 'truncated_normal', options);
  }
}
