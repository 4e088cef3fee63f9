import { sizeOf } from '../../core/shape.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, floor, log, maximum, minimum, multiply, negative, power, square, stopGradient } from './elementwise.ts';
import { fullLike } from './movement.ts';
import { moments } from './normalization.ts';
import { max, mean, min, sum } from './reductions.ts';

/** x in units in which its squares neither overflow nor vanish. */
interface Scaled {
  /** unit · x, of size 1 or so. */
  readonly scaled: Value;
  /** What scaled is to be multiplied by; reduced axes stay with size 1. */
  readonly inverse: Value;
}

interface CentredScaled extends Scaled {
  /** The power of two by which x was multiplied. */
  readonly unit: Value;
  /** The mean of scaled. */
  readonly centredMean: Value;
}

/**
 * x times a power of two for each slice along the axes, so that max |unit · x| is about 1: float32 squares what is larger
 * than 1.8e19 to infinity. Slices without an element as large as `least` are brought to its size, not beyond.
 *
 * The greatest and the least element are read, which writes nothing of x's size; a power of two costs no precision. What
 * is computed from both results depends on x alone, so no gradient is lost where the unit has none.
 */
function scaleToUnit(x: Value, axes: readonly number[], least: number): readonly [scaled: Value, unit: Value] {
  if (sizeOf(axes.map((axis) => x.shape[axis] ?? 1)) === 0) return [x, fullLike(x, 1)];
  const options = { axis: axes, keepdims: true };
  // The exponent of the least normal number.
  const lowest = x.dtype === 'float64' ? -1022 : -126;
  const largest = maximum(max(x, options), negative(min(x, options)));
  const exponent = floor(multiply(log(maximum(largest, Math.max(least, 2 ** lowest))), Math.LOG2E));
  const unit = stopGradient(power(2, negative(minimum(exponent, -lowest))));
  return [multiply(x, unit), unit];
}

/** x / max(‖x‖, epsilon), the Euclidean norm along the axes, as scaled · inverse. */
export function overNorm(x: Value, axes: readonly number[], epsilon: number): Scaled {
  const [scaled, unit] = scaleToUnit(x, axes, epsilon);
  const squares = sum(square(scaled), { axis: axes, keepdims: true });
  return { scaled, inverse: power(maximum(squares, square(multiply(unit, epsilon))), -0.5) };
}

/**
 * What normalizes centred data, (x − mean(x)) / √(variance(x) + epsilon) over the axes:
 * (scaled − centredMean) · inverse, or x · unit · inverse where the small mean is not subtracted.
 */
export function overDeviation(x: Value, axes: readonly number[], epsilon: number): CentredScaled {
  const [scaled, unit] = scaleToUnit(x, axes, Math.sqrt(Math.max(epsilon, 0)));
  const [centredMean, variance] = moments(scaled, axes, { keepdims: true, centred: true });
  return { scaled, unit, centredMean, inverse: power(add(variance, multiply(square(unit), epsilon)), -0.5) };
}

/** x / √(mean(x²) + epsilon), the mean over the axes, as scaled · inverse. */
export function overRootMeanSquare(x: Value, axes: readonly number[], epsilon: number): Scaled {
  const [scaled, unit] = scaleToUnit(x, axes, Math.sqrt(Math.max(epsilon, 0)));
  const squares = mean(square(scaled), { axis: axes, keepdims: true });
  return { scaled, inverse: power(add(squares, multiply(square(unit), epsilon)), -0.5) };
}
