import type { Config } from '../../core/config.ts';
import { type DType, convert } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import { RandomStream, drawSeed } from '../../core/random.ts';
import { type KnownShape, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { Initializer } from './initializer.ts';

/** For every random initializer. */
export interface SeedOption {
  /** The same seed gives the same numbers; null draws one when the initializer is made. @default null */
  seed?: number | null;
}

/**
 * An initializer that draws its numbers: each call of one object gives the same ones. One's own gives `call`, which
 * draws from `fill`, and `getConfig`.
 *
 * @throws TypeError if the seed is neither an integer nor null.
 * @example
 * class Coins extends RandomInitializer {
 *   constructor(seed) { super('Coins', seed); }
 *   call(shape) { return this.fill(shape, 'float32', (stream) => (stream.nextUniform() < 0.5 ? 0 : 1)); }
 * }
 * new Coins(1).call([2, 3]).shape;   // [2, 3]
 * @see https://keras.io/api/layers/initializers/
 */
export abstract class RandomInitializer extends Initializer {
  /** The seed that was given. */
  readonly seed: number | null;
  readonly #drawn: number;

  constructor(who: string, seed: number | null | undefined) {
    super();
    this.seed = seed ?? null;
    if (this.seed !== null && !Number.isSafeInteger(this.seed)) {
      throw new TypeError(`[${who}] seed must be an integer or null. Received: seed=${show(seed)}.`);
    }
    this.#drawn = this.seed ?? drawSeed();
  }

  /** A tensor of numbers that `draw` takes from a new stream. */
  protected fill(shape: KnownShape, dtype: DType, draw: (stream: RandomStream) => number): Tensor {
    const stream = new RandomStream(this.#drawn);
    const numbers = new Float64Array(sizeOf(shape));
    for (let i = 0; i < numbers.length; i++) numbers[i] = draw(stream);
    return new Tensor(convert(numbers, dtype), shape, dtype);
  }
}

/** A number of the standard normal distribution, cut off at ±2. */
export function truncatedNormal(stream: RandomStream): number {
  for (;;) {
    const number = stream.nextNormal();
    if (Math.abs(number) < 2) return number;
  }
}

function checkDeviation(who: string, stddev: number | undefined): number {
  const value = checkNumber(who, 'stddev', stddev ?? 0.05);
  if (value < 0) throw new ValueError(`[${who}] stddev must not be negative. Received: stddev=${value}.`);
  return value;
}

/** Options of {@link RandomNormal} and {@link TruncatedNormal}. */
export interface NormalOptions extends SeedOption {
  /** The mean. @default 0 */
  mean?: number;
  /** The standard deviation. @default 0.05 */
  stddev?: number;
}

/**
 * Numbers of the normal distribution.
 *
 * @throws ValueError if stddev is negative.
 * @example
 * new RandomNormal({ stddev: 0.1, seed: 1 }).call([2, 3]).shape;   // [2, 3]
 * @see https://keras.io/api/layers/initializers/#randomnormal-class
 */
export class RandomNormal extends RandomInitializer {
  /** The mean. */
  readonly mean: number;
  /** The standard deviation. */
  readonly stddev: number;

  constructor(options: NormalOptions = {}) {
    checkOptions('RandomNormal', options, ['mean', 'stddev', 'seed']);
    super('RandomNormal', options.seed);
    this.mean = checkNumber('RandomNormal', 'mean', options.mean ?? 0);
    this.stddev = checkDeviation('RandomNormal', options.stddev);
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    return this.fill(shape, dtype, (stream) => this.mean + this.stddev * stream.nextNormal());
  }

  override getConfig(): Config {
    return { seed: this.seed, mean: this.mean, stddev: this.stddev };
  }
}

/**
 * Numbers of the normal distribution, drawn again where they lie beyond two standard deviations.
 *
 * @throws ValueError if stddev is negative.
 * @example
 * const w = new TruncatedNormal({ stddev: 0.1, seed: 1 }).call([100]);
 * w.data.every((x) => Math.abs(x) < 0.2);   // true
 * @see https://keras.io/api/layers/initializers/#truncatednormal-class
 */
export class TruncatedNormal extends RandomInitializer {
  /** The mean, before the cut. */
  readonly mean: number;
  /** The standard deviation, before the cut. */
  readonly stddev: number;

  constructor(options: NormalOptions = {}) {
    checkOptions('TruncatedNormal', options, ['mean', 'stddev', 'seed']);
    super('TruncatedNormal', options.seed);
    this.mean = checkNumber('TruncatedNormal', 'mean', options.mean ?? 0);
    this.stddev = checkDeviation('TruncatedNormal', options.stddev);
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    return this.fill(shape, dtype, (stream) => this.mean + this.stddev * truncatedNormal(stream));
  }

  override getConfig(): Config {
    return { seed: this.seed, mean: this.mean, stddev: this.stddev };
  }
}

/** The greatest number of a type that is less than the bound. */
function lastBelow(bound: number, dtype: DType): number {
  if (dtype !== 'float32' && dtype !== 'float64') return bound;
  const numbers = dtype === 'float32' ? new Float32Array([bound]) : new Float64Array([bound]);
  const [rounded = bound] = numbers;
  if (rounded < bound) return rounded;
  // Zero has a neighbour of its own; else the bits of a float, read as an integer, count magnitudes up.
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
  /** The least number. @default -0.05 */
  minval?: number;
  /** The bound above the greatest. @default 0.05 */
  maxval?: number;
}

/**
 * Numbers spread evenly over [minval, maxval).
 *
 * @throws ValueError if minval is greater than maxval.
 * @example
 * const w = new RandomUniform({ minval: 2, maxval: 3, seed: 1 }).call([100]);
 * w.data.every((x) => x >= 2 && x < 3);   // true
 * @see https://keras.io/api/layers/initializers/#randomuniform-class
 */
export class RandomUniform extends RandomInitializer {
  /** The least number. */
  readonly minval: number;
  /** The bound above the greatest. */
  readonly maxval: number;

  constructor(options: UniformOptions = {}) {
    checkOptions('RandomUniform', options, ['minval', 'maxval', 'seed']);
    super('RandomUniform', options.seed);
    this.minval = checkNumber('RandomUniform', 'minval', options.minval ?? -0.05);
    this.maxval = checkNumber('RandomUniform', 'maxval', options.maxval ?? 0.05);
    if (this.minval > this.maxval) {
      throw new ValueError(
        `[RandomUniform] minval must not be greater than maxval. Received: minval=${this.minval}, maxval=${this.maxval}.`,
      );
    }
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    const range = this.maxval - this.minval;
    // Rounding may take a number up to the bound.
    const greatest = range === 0 ? this.maxval : lastBelow(this.maxval, dtype);
    return this.fill(shape, dtype, (stream) => Math.min(this.minval + range * stream.nextUniform(), greatest));
  }

  override getConfig(): Config {
    return { seed: this.seed, minval: this.minval, maxval: this.maxval };
  }
}
