import { canonicalAxes } from '../../core/axes.ts';
import type { DType } from '../../core/dtype.ts';
import { type KnownShape, sizeOf } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { integers } from '../saving/field-kinds.ts';
import {
  type Field,
  type Fields,
  type GivenOptions,
  anyCase,
  choice,
  constant,
  nullable,
  number,
} from '../saving/fields.ts';
import { RandomInitializer, type SeedOption, truncatedNormal } from './random-initializer.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** The divisor of the variance: the number of inputs of a unit, of its outputs, or the mean of the two. */
export type FanMode = 'fan_in' | 'fan_out' | 'fan_avg';
/** The normal distribution, truncated or not, or the uniform one. */
export type Distribution = 'truncated_normal' | 'untruncated_normal' | 'uniform';

/** Options of all initializers that scale with the size of their weight. */
export interface FanOptions extends SeedOption {
  /** The axes whose sizes make up fan_in, given together with outputAxes. @default null, Keras's convention */
  inputAxes?: readonly number[] | null;
  /** The axes whose sizes make up fan_out. @default null */
  outputAxes?: readonly number[] | null;
}

/** Options of {@link VarianceScaling}. */
export interface VarianceScalingOptions extends FanOptions {
  /** The factor of the variance. @default 1 */
  scale?: number;
  /** The divisor of the variance: inputs, outputs, or the mean of both. @default 'fan_in' */
  mode?: FanMode;
  /** The distribution of the numbers. @default 'truncated_normal', also called 'normal' */
  distribution?: Distribution | 'normal';
}

/** The standard deviation of the standard normal distribution after truncation at ±2. */
const TRUNCATED_STDDEV = 0.87962566103423978;

const distributions = anyCase(['truncated_normal', 'untruncated_normal', 'uniform', 'normal'], 'truncated_normal');

const distribution: Field<Distribution> = {
  ...distributions,
  read: (who, option, given) => {
    const name = distributions.read(who, option, given);
    return name === 'normal' ? 'truncated_normal' : name;
  },
  write: (name) => name,
};

/**
 * The numbers of inputs and outputs that a weight connects. The last two axes are inputs and outputs, those before them
 * a receptive field; the size of a vector counts as both.
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

/** The options that can be given by position. */
const ORDER = ['scale', 'mode', 'distribution', 'seed'] as const;

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
  static override readonly className: string = 'VarianceScaling';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...RandomInitializer.fields,
    scale: number(1, { above: 0 }),
    mode: choice(['fan_in', 'fan_out', 'fan_avg'], 'fan_in'),
    distribution,
    inputAxes: nullable(integers()),
    outputAxes: nullable(integers()),
  };

  /** The factor of the variance. */
  declare readonly scale: number;
  /** The divisor of the variance. */
  declare readonly mode: FanMode;
  /** The distribution of the numbers. */
  declare readonly distribution: Distribution;
  /** The axes whose sizes make up fan_in; null for Keras's convention. */
  declare readonly inputAxes: readonly number[] | null;
  /** The axes whose sizes make up fan_out; null for Keras's convention. */
  declare readonly outputAxes: readonly number[] | null;

  constructor(options: object, positional: GivenOptions);
  constructor(...args: Arguments<VarianceScalingOptions, typeof ORDER>);
  constructor(options?: VarianceScalingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override checkShape(shape: KnownShape): void {
    this.#fans(shape);
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    const variance = this.scale / Math.max(1, this.#fan(shape));
    const stddev = Math.sqrt(variance);
    if (this.distribution === 'uniform') {
      const limit = Math.sqrt(3 * variance);
      return this.fill(shape, dtype, (stream) => limit * (2 * stream.nextUniform() - 1));
    }
    if (this.distribution === 'untruncated_normal') {
      return this.fill(shape, dtype, (stream) => stddev * stream.nextNormal());
    }
    return this.fill(shape, dtype, (stream) => (stddev / TRUNCATED_STDDEV) * truncatedNormal(stream));
  }

  #fan(shape: KnownShape): number {
    const { fanIn, fanOut } = this.#fans(shape);
    if (this.mode === 'fan_in') return fanIn;
    return this.mode === 'fan_out' ? fanOut : (fanIn + fanOut) / 2;
  }

  #fans(shape: KnownShape): { fanIn: number; fanOut: number } {
    if (this.inputAxes === null || this.outputAxes === null) return computeFans(shape);
    const product = (axes: readonly number[], argument: string): number =>
      sizeOf(canonicalAxes(axes, shape.length, this.className, argument).map((axis) => shape[axis] ?? 1));
    return { fanIn: product(this.inputAxes, 'inputAxes'), fanOut: product(this.outputAxes, 'outputAxes') };
  }
}

/** A variance scaling with a fixed scale, mode and distribution. */
abstract class NamedScaling extends VarianceScaling {
  static override readonly positional = ['seed'] as const;
  constructor(...args: Arguments<FanOptions, typeof NamedScaling.positional>);
  constructor(options?: FanOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}

const named = (scale: number, mode: FanMode, drawnFrom: Distribution): Fields => ({
  ...VarianceScaling.fields,
  scale: constant(scale),
  mode: constant(mode),
  distribution: constant(drawnFrom),
});

/**
 * Numbers of the uniform distribution over ±√(6 / (fan_in + fan_out)).
 * @example
 * new GlorotUniform({ seed: 1 }).call([64, 10]);
 * @see https://proceedings.mlr.press/v9/glorot10a.html
 */
export class GlorotUniform extends NamedScaling {
  static override readonly className: string = 'GlorotUniform';
  static override readonly fields: Fields = named(1, 'fan_avg', 'uniform');
}

/**
 * Numbers of the truncated normal distribution of variance 2 / (fan_in + fan_out).
 * @example
 * new GlorotNormal({ seed: 1 }).call([64, 10]);
 * @see https://proceedings.mlr.press/v9/glorot10a.html
 */
export class GlorotNormal extends NamedScaling {
  static override readonly className: string = 'GlorotNormal';
  static override readonly fields: Fields = named(1, 'fan_avg', 'truncated_normal');
}

/**
 * Numbers of the uniform distribution over ±√(6 / fan_in).
 * @example
 * new HeUniform({ seed: 1 }).call([64, 10]);
 * @see https://arxiv.org/abs/1502.01852
 */
export class HeUniform extends NamedScaling {
  static override readonly className: string = 'HeUniform';
  static override readonly fields: Fields = named(2, 'fan_in', 'uniform');
}

/**
 * Numbers of the truncated normal distribution of variance 2 / fan_in.
 * @example
 * new HeNormal({ seed: 1 }).call([64, 10]);
 * @see https://arxiv.org/abs/1502.01852
 */
export class HeNormal extends NamedScaling {
  static override readonly className: string = 'HeNormal';
  static override readonly fields: Fields = named(2, 'fan_in', 'truncated_normal');
}

/**
 * Numbers of the uniform distribution over ±√(3 / fan_in).
 * @example
 * new LecunUniform({ seed: 1 }).call([64, 10]);
 * @see https://keras.io/api/layers/initializers/#lecununiform-class
 */
export class LecunUniform extends NamedScaling {
  static override readonly className: string = 'LecunUniform';
  static override readonly fields: Fields = named(1, 'fan_in', 'uniform');
}

/**
 * Numbers of the truncated normal distribution of variance 1 / fan_in.
 * @example
 * new LecunNormal({ seed: 1 }).call([64, 10]);
 * @see https://arxiv.org/abs/1706.02515
 */
export class LecunNormal extends NamedScaling {
  static override readonly className: string = 'LecunNormal';
  static override readonly fields: Fields = named(1, 'fan_in', 'truncated_normal');
}
