import type { DType } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import type { KnownShape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type Fields, number } from '../saving/fields.ts';
import { RandomInitializer, type SeedOption, truncatedNormal } from './random-initializer.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link RandomNormal} and {@link TruncatedNormal}. */
export interface NormalOptions extends SeedOption {
  /** The mean. @default 0 */
  mean?: number;
  /** The standard deviation. @default 0.05 */
  stddev?: number;
}

const normalFields: Fields = { ...RandomInitializer.fields, mean: number(0), stddev: number(0.05, { min: 0 }) };

/**
 * Numbers of the normal distribution.
 *
 * @throws ValueError if stddev is negative.
 * @example
 * new RandomNormal({ stddev: 0.1, seed: 1 }).call([2, 3]).shape;   // [2, 3]
 * @see https://keras.io/api/layers/initializers/#randomnormal-class
 */
export class RandomNormal extends RandomInitializer {
  static override readonly className: string = 'RandomNormal';
  static override readonly positional = ['mean', 'stddev', 'seed'] as const;
  static override readonly fields: Fields = normalFields;

  /** The mean. */
  declare readonly mean: number;
  /** The standard deviation. */
  declare readonly stddev: number;

  constructor(...args: Arguments<NormalOptions, typeof RandomNormal.positional>);
  constructor(options?: NormalOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    return this.fill(shape, dtype, (stream) => this.mean + this.stddev * stream.nextNormal());
  }
}

/**
 * Numbers of the normal distribution, redrawn if they are more than two standard deviations from the mean.
 *
 * @throws ValueError if stddev is negative.
 * @example
 * const w = new TruncatedNormal({ stddev: 0.1, seed: 1 }).call([100]);
 * w.data.every((x) => Math.abs(x) < 0.2);   // true
 * @see https://keras.io/api/layers/initializers/#truncatednormal-class
 */
export class TruncatedNormal extends RandomInitializer {
  static override readonly className: string = 'TruncatedNormal';
  static override readonly positional = ['mean', 'stddev', 'seed'] as const;
  static override readonly fields: Fields = normalFields;

  /** The mean. */
  declare readonly mean: number;
  /** The standard deviation before truncation. */
  declare readonly stddev: number;

  constructor(...args: Arguments<NormalOptions, typeof TruncatedNormal.positional>);
  constructor(options?: NormalOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    return this.fill(shape, dtype, (stream) => this.mean + this.stddev * truncatedNormal(stream));
  }
}

/** The largest number of a type that is less than the bound. */
function lastBelow(bound: number, dtype: DType): number {
  if (dtype !== 'float32' && dtype !== 'float64') return bound;
  const numbers = dtype === 'float32' ? new Float32Array([bound]) : new Float64Array([bound]);
  const [rounded = bound] = numbers;
  if (rounded < bound) return rounded;
  // The integer with the bits of a float increases with its magnitude; only zero has a special predecessor.
  if (rounded === 0) return dtype === 'float32' ? -(2 ** -149) : -Number.MIN_VALUE;
  if (dtype === 'float32') {
    const bits = new Int32Array(numbers.buffer);
    bits[0] = (bits[0] ?? 0) + (rounded > 0 ? -1 : 1);
  } else {
    const bits = new BigInt64Array(numbers.buffer);
    bits[0] = (bits[0] ?? 0n) + (rounded > 0 ? -1n : 1n);
  }
  return numbers[0] ?? bound;
}

/** Options of {@link RandomUniform}. */
export interface UniformOptions extends SeedOption {
  /** The minimum, inclusive. @default -0.05 */
  minval?: number;
  /** The maximum, exclusive. @default 0.05 */
  maxval?: number;
}

/**
 * Numbers of the uniform distribution over [minval, maxval).
 *
 * @throws ValueError if minval is greater than maxval.
 * @example
 * const w = new RandomUniform({ minval: 2, maxval: 3, seed: 1 }).call([100]);
 * w.data.every((x) => x >= 2 && x < 3);   // true
 * @see https://keras.io/api/layers/initializers/#randomuniform-class
 */
export class RandomUniform extends RandomInitializer {
  static override readonly className: string = 'RandomUniform';
  static override readonly positional = ['minval', 'maxval', 'seed'] as const;
  static override readonly fields: Fields = {
    ...RandomInitializer.fields,
    minval: number(-0.05),
    maxval: number(0.05),
  };

  /** The minimum, inclusive. */
  declare readonly minval: number;
  /** The maximum, exclusive. */
  declare readonly maxval: number;

  constructor(...args: Arguments<UniformOptions, typeof RandomUniform.positional>);
  constructor(options?: UniformOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    if (this.minval > this.maxval) {
      throw new ValueError(
        `[RandomUniform] minval must be ≤ maxval. Received: minval=${this.minval}, maxval=${this.maxval}.`,
      );
    }
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    const range = this.maxval - this.minval;
    // Rounding to the type may otherwise reach the excluded bound.
    const largest = range === 0 ? this.maxval : lastBelow(this.maxval, dtype);
    return this.fill(shape, dtype, (stream) => Math.min(this.minval + range * stream.nextUniform(), largest));
  }
}
