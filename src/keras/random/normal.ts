import * as build from '../../compiler/builder/index.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import type { KnownShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { erfinv } from '../ops/math/functions.ts';
import { type DrawOptions, type Drawn, readDraw, readParameter } from './draws.ts';

/** Options of {@link normal} and {@link truncatedNormal}. */
export interface NormalOptions extends DrawOptions {
  /** The mean. @default 0 */
  mean?: Operand;
  /** The standard deviation. @default 1 */
  stddev?: Operand;
}

const NAMES = ['mean', 'stddev'];

/** x · stddev + mean. */
function scaled(who: string, x: Value, drawn: Drawn, { mean = 0, stddev = 1 }: NormalOptions): Value {
  const spread = build.multiply(x, readParameter(who, 'stddev', stddev, drawn));
  return build.add(spread, readParameter(who, 'mean', mean, drawn));
}

/**
 * Random numbers of a normal distribution.
 *
 * Shapes: the shape of the result; mean and standard deviation broadcast to it.
 *
 * @throws ValueError if a size is unknown, the dtype is not a floating-point type, or a parameter does not broadcast.
 * @example
 * const x = await evaluate(random.normal([1000], { mean: 5, stddev: 2, seed: 1 }));
 * x.shape;    // [1000]
 * @see https://keras.io/api/random/random_ops/#normal-function
 */
export function normal(shape: KnownShape, options: NormalOptions = {}): Value {
  const who = 'random.normal';
  const drawn = readDraw(who, shape, options, NAMES);
  return scaled(who, drawn.draws.normal(drawn.shape, drawn.dtype), drawn, options);
}

/** erf(√2), the share of the normal distribution within two standard deviations. */
const WITHIN = 0.9544997361036416;

/**
 * Random numbers of a normal distribution within two standard deviations of the mean, by the inverse of its distribution function:
 * √2 · erf⁻¹(c · (2u − 1)), with c = erf(√2).
 *
 * Shapes: the shape of the result; mean and standard deviation broadcast to it.
 *
 * @throws ValueError as {@link normal} does.
 * @example
 * const x = await evaluate(random.truncatedNormal([1000], { stddev: 3, seed: 1 }));
 * Math.max(...x.data) <= 6;    // true
 * @see https://keras.io/api/random/random_ops/#truncated_normal-function
 */
export function truncatedNormal(shape: KnownShape, options: NormalOptions = {}): Value {
  const who = 'random.truncatedNormal';
  const drawn = readDraw(who, shape, options, NAMES);
  const centered = build.subtract(build.multiply(drawn.draws.uniform(drawn.shape, drawn.dtype), 2), 1);
  const standard = build.multiply(erfinv(build.multiply(centered, WITHIN)), Math.SQRT2);
  // Rounding must not lead out of the interval.
  return scaled(who, build.minimum(build.maximum(standard, -2), 2), drawn, options);
}
