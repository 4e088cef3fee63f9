import { sizeOf } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as build from '../../../compiler/builder/index.ts';

const { add, log, maximum, multiply, negative, power, square } = build;

/** x in units in which its squares neither overflow nor underflow. */
interface Scaled {
  /** unit · x, of magnitude 1 or so. */
  readonly scaled: Value;
  /** The factor that completes the normalization of `scaled`; reduced axes remain with size 1. */
  readonly inverse: Value;
}

interface CenteredScaled extends Scaled {
  /** The power of two by which x was multiplied. */
  readonly unit: Value;
  /** The mean of `scaled`. */
  readonly scaledMean: Value;
}

/** Up to this many elements, the sum of squares of numbers as large as their count is far from overflow. */
const MANY_ELEMENTS = 65_536;

/**
 * x times a power of two for each slice along the axes, so that the largest magnitude, of which an estimate is given, becomes
 * about 1: in float32, squares of numbers above 1.8e19 overflow. A slice whose maximum is below `floor` is scaled as if its
 * maximum were `floor`.
 *
 * A power of two costs no precision. The results of the callers depend on x alone, not on the unit, so no gradient is lost
 * where the unit has none.
 */
function scaleToUnit(
  x: Value,
  axes: readonly number[],
  floor: number,
  magnitude: (x: Value, axes: readonly number[]) => Value,
): readonly [scaled: Value, unit: Value] {
  if (countOver(x, axes) === 0) return [x, build.fullLike(x, 1)];
  // The exponent of the smallest normal number.
  const lowest = x.dtype === 'float64' ? -1022 : -126;
  const largest = maximum(magnitude(x, axes), Math.max(floor, 2 ** lowest));
  const exponent = build.floor(multiply(log(largest), Math.LOG2E));
  const unit = build.stopGradient(power(2, negative(build.minimum(exponent, -lowest))));
  return [multiply(x, unit), unit];
}

const countOver = (x: Value, axes: readonly number[]): number => sizeOf(axes.map((axis) => x.shape[axis] ?? 1));

/** The largest magnitude: two reads, without a write. */
function largestOf(x: Value, axes: readonly number[]): Value {
  const over = { axes, keepDims: true };
  return maximum(build.max(x, over), negative(build.min(x, over)));
}

/**
 * A magnitude of n centered numbers in one read: their maximum. Their sum is zero, so that none is below −n times the
 * maximum; the rounding of the mean, by which the sum differs from zero, is allowed for.
 */
const centeredMagnitude =
  (mean: Value) =>
  (x: Value, axes: readonly number[]): Value => {
    if (countOver(x, axes) > MANY_ELEMENTS) return largestOf(x, axes);
    const rounding = x.dtype === 'float64' ? 2 ** -52 : 2 ** -23;
    return maximum(build.max(x, { axes, keepDims: true }), multiply(build.abs(mean), rounding));
  };

const sorted = (axes: readonly number[]): readonly number[] => [...axes].sort((a, b) => a - b);

/** x / max(‖x‖, epsilon), with the Euclidean norm along the axes, as scaled · inverse. */
export function overNorm(x: Value, axes: readonly number[], epsilon: number): Scaled {
  const [scaled, unit] = scaleToUnit(x, sorted(axes), epsilon, largestOf);
  const squares = build.sum(square(scaled), { axes: sorted(axes), keepDims: true });
  return { scaled, inverse: power(maximum(squares, square(multiply(unit, epsilon))), -0.5) };
}

/**
 * The normalization of data from which their mean was subtracted, (x − mean(x)) / √(variance(x) + epsilon) over the axes, as
 * (scaled − scaledMean) · inverse, or as x · unit · inverse without subtracting the mean that is left, which is small.
 */
export function overStandardDeviation(
  x: Value,
  subtracted: Value,
  axes: readonly number[],
  epsilon: number,
): CenteredScaled {
  const floor = Math.sqrt(Math.max(epsilon, 0));
  const [scaled, unit] = scaleToUnit(x, sorted(axes), floor, centeredMagnitude(subtracted));
  const [scaledMean, variance] = build.moments(scaled, { axes: sorted(axes), centered: true });
  return { scaled, unit, scaledMean, inverse: power(add(variance, multiply(square(unit), epsilon)), -0.5) };
}

/** x / √(mean(x²) + epsilon), with the mean over the axes, as scaled · inverse. */
export function overRootMeanSquare(x: Value, axes: readonly number[], epsilon: number): Scaled {
  const [scaled, unit] = scaleToUnit(x, sorted(axes), Math.sqrt(Math.max(epsilon, 0)), largestOf);
  const squares = build.mean(square(scaled), { axes: sorted(axes), keepDims: true });
  return { scaled, inverse: power(add(squares, multiply(square(unit), epsilon)), -0.5) };
}
