import { checkOptions } from '../../core/checks.ts';
import { type DType, checkDType, isFloat } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { RandomStream, RepeatedStream, drawSeed } from '../../core/random.ts';
import { type KnownShape, type Shape, checkShape, isKnown, showShape } from '../../core/shape.ts';
import * as build from '../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../compiler/builder/operand.ts';
import { randomUniform } from '../../compiler/graph/leaves.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { SeedGenerator, checkSeed } from './seed-generator.ts';

/** The seed of a function of `random`. */
export interface SeedOptions {
  /**
   * An integer, with which the function draws the same numbers at each call and each run; a {@link SeedGenerator}, with which
   * it draws others each time that follow from its seed; null for numbers that follow from `setRandomSeed`.
   * @default null
   */
  seed?: number | SeedGenerator | null;
}

/** The seed and the type of a function of `random`. */
export interface DrawOptions extends SeedOptions {
  /** The floating-point type of the numbers. @default null, float32 */
  dtype?: DType | null;
}

/** The source of the random numbers of one call. */
export class Draws {
  readonly #seeds: RandomStream;
  readonly #isRepeated: boolean;

  constructor(who: string, seed: unknown) {
    this.#isRepeated = typeof seed === 'number';
    if (seed instanceof SeedGenerator) this.#seeds = new RandomStream(seed.next());
    else this.#seeds = new RandomStream(seed === null ? drawSeed() : checkSeed(who, seed));
  }

  /** Numbers in [0, 1), multiples of 2⁻²⁴. */
  uniform(shape: Shape, dtype: DType): Value {
    const seed = this.#seeds.nextInteger();
    return randomUniform(this.#isRepeated ? new RepeatedStream(seed) : seed, shape, dtype);
  }

  /** Numbers in (0, 1]. */
  positive(shape: Shape, dtype: DType): Value {
    return build.subtract(1, this.uniform(shape, dtype));
  }

  /** Numbers of the standard normal distribution, by Box and Muller: √(−2 ln u) · cos 2πv. */
  normal(shape: Shape, dtype: DType): Value {
    const radius = build.sqrt(build.multiply(build.log(this.positive(shape, dtype)), -2));
    return build.multiply(radius, build.cos(build.multiply(this.uniform(shape, dtype), 2 * Math.PI)));
  }
}

/** The checked arguments that most functions have. */
export interface Drawn {
  readonly shape: KnownShape;
  readonly dtype: DType;
  readonly draws: Draws;
}

/** Checks a shape and options. */
export function readDraw(who: string, shape: unknown, options: DrawOptions, names: readonly string[] = []): Drawn {
  checkOptions(who, options, [...names, 'dtype', 'seed']);
  const { dtype = null, seed = null } = options;
  return { shape: readShape(who, shape), dtype: readFloat(who, dtype), draws: new Draws(who, seed) };
}

/** @throws ValueError if a size is not known. */
export function readShape(who: string, shape: unknown): KnownShape {
  const checked = checkShape(shape, who, 'shape');
  if (isKnown(checked)) return [...checked];
  throw new ValueError(`[${who}] every size of shape must be known. Received: shape=${showShape(checked)}.`);
}

function readFloat(who: string, dtype: DType | null): DType {
  const checked = dtype === null ? 'float32' : checkDType(dtype, who);
  if (isFloat(checked)) return checked;
  throw new ValueError(`[${who}] dtype must be a floating-point type. Received: dtype=${show(dtype)}.`);
}

/** A parameter of a distribution, which must broadcast to the shape. */
export function readParameter(who: string, name: string, given: Operand, { shape, dtype }: Drawn): Value {
  const value = castTo(toValue(given), dtype);
  const lead = shape.length - value.rank;
  const fits = lead >= 0 && value.shape.every((size, i) => size === null || size === 1 || size === shape[lead + i]);
  if (fits) return value;
  throw new ValueError(
    `[${who}] ${name} must broadcast to the shape ${showShape(shape)}. Received: ${name} of shape ${showShape(value.shape)}.`,
  );
}
