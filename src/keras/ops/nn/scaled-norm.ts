import { sizeOf } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as build from '../../../compiler/builder/index.ts';

const { fullLike, log, maximum, multiply, negative, power, square, stopGradient, subtract } = build;

/** x in units in which its squares neither overflow nor underflow. */
interface Scaled {
  /** unit · x, of magnitude 1 or so. */
  readonly scaled: Value;
  /** The factor that completes the normalization of `scaled`; reduced axes remain with size 1. */
  readonly inverse: Value;
}

interface Standardized {
  readonly standardized: Value;
  /** 1 / √(variance + epsilon); reduced axes remain with size 1. */
  readonly inverse: Value;
}

/**
 * A power of two for each slice along the axes, times which the largest magnitude of x − shift is about 1: in float32, squares of
 * numbers above 1.8e19 overflow. A slice whose maximum is below `floor` is scaled as if its maximum were `floor`. Two reads of x,
 * without a write.
 *
 * A power of two costs no precision. The results of the callers depend on x alone, not on the unit, so no gradient is lost
 * where the unit has none.
 */
function unitOf(x: Value, axes: readonly number[], floor: number, shift: Value | null): Value {
  const over = { axes, keepDims: true };
  if (sizeOf(axes.map((axis) => x.shape[axis] ?? 1)) === 0) return fullLike(build.sum(x, over), 1);
  const [high, low] = [build.max(x, over), build.min(x, over)];
  const magnitude =
    shift === null ? maximum(high, negative(low)) : maximum(subtract(high, shift), subtract(shift, low));
  // The exponent of the smallest normal number.
  const lowest = x.dtype === 'float64' ? -1022 : -126;
  const exponent = build.floor(multiply(log(maximum(magnitude, Math.max(floor, 2 ** lowest))), Math.LOG2E));
  return stopGradient(power(2, negative(build.minimum(exponent, -lowest))));
}

const sorted = (axes: readonly number[]): readonly number[] => [...axes].sort((a, b) => a - b);

/** x / max(‖x‖, epsilon), with the Euclidean norm along the axes, as scaled · inverse. */
export function overNorm(x: Value, axes: readonly number[], epsilon: number): Scaled {
  const unit = unitOf(x, sorted(axes), epsilon, null);
  const scaled = multiply(x, unit);
  const squares = build.sum(square(scaled), { axes: sorted(axes), keepDims: true });
  return { scaled, inverse: power(maximum(squares, square(multiply(unit, epsilon))), -0.5) };
}

/** (x − mean(x)) / √(variance(x) + epsilon) over the axes. The mean is subtracted before anything is squared or multiplied. */
export function overStandardDeviation(x: Value, axes: readonly number[], epsilon: number): Standardized {
  return standardize(x, axes, epsilon, stopGradient(build.mean(x, { axes: sorted(axes), keepDims: true })));
}

/** x / √(mean(x²) + epsilon), with the mean over the axes. */
export function overRootMeanSquare(x: Value, axes: readonly number[], epsilon: number): Standardized {
  return standardize(x, axes, epsilon, null);
}

function standardize(x: Value, axes: readonly number[], epsilon: number, shift: Value | null): Standardized {
  const unit = unitOf(x, sorted(axes), Math.sqrt(Math.max(epsilon, 0)), shift);
  const [standardized, inverse] = build.standardize(x, { shift, unit }, { axes: sorted(axes), epsilon });
  return { standardized, inverse };
}
