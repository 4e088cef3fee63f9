import type { Value } from '../../../compiler/ir/value.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import * as build from '../../../compiler/builder/index.ts';
import { castTo } from '../../../compiler/builder/operand.ts';
import type { DType } from '../../../core/dtype.ts';
import { Tensor } from '../../../core/tensor.ts';

const { abs, add, divide, greater, less, maximum, minimum, multiply, sin, subtract, where } = build;

/** The methods by which pixels are weighted. */
export type Kernel = 'linear' | 'cubic' | 'lanczos3' | 'lanczos5' | 'area';

/** A sum of weights of at most this magnitude counts as zero. */
const NEGLIGIBLE = 1000 * 2 ** -23;

/** 0, 1, 2 … as a value. */
export function range(count: number, dtype: DType, shape: readonly number[] = [count]): Value {
  return constant(
    new Tensor(
      Float64Array.from({ length: count }, (_, i) => i),
      shape,
    ),
    dtype,
  );
}

/** sin πx · sin(πx/r) · r / (πx)², 1 near 0 and 0 beyond r. */
function lanczos(x: Value, radius: number): Value {
  const angle = multiply(x, Math.PI);
  const wave = multiply(multiply(sin(angle), sin(divide(angle, radius))), radius);
  const isCenter = build.lessEqual(x, 1e-3);
  const inner = where(isCenter, 1, divide(wave, where(isCenter, 1, multiply(angle, angle))));
  return where(greater(x, radius), 0, inner);
}

/** Keys's cubic with a = −1/2. */
function cubic(x: Value): Value {
  const near = add(multiply(multiply(subtract(multiply(x, 1.5), 2.5), x), x), 1);
  const far = add(multiply(subtract(multiply(add(multiply(x, -0.5), 2.5), x), 4), x), 2);
  return where(less(x, 1), near, where(less(x, 2), far, 0));
}

/** The weight of a pixel by its distance in pixels, ≥ 0. */
const KERNELS: Readonly<Record<Exclude<Kernel, 'area'>, (x: Value) => Value>> = {
  linear: (x) => maximum(subtract(1, x), 0),
  cubic,
  lanczos3: (x) => lanczos(x, 3),
  lanczos5: (x) => lanczos(x, 5),
};

/** The scale of an axis, and its shift in pixels of the result. */
export interface AxisMap {
  readonly scale: Value;
  readonly translation: Value;
}

/**
 * The weights of the pixels of an axis in each pixel of the result, `[size, resultSize]`. The pixel i of the result, whose
 * center is at i + ½, lies at (i + ½ − translation) / scale in the input. The weights of each pixel sum to 1; those of a
 * pixel outside the input are 0.
 */
export function resamplingWeights(
  size: number,
  resultSize: number,
  { scale, translation }: AxisMap,
  kernel: Kernel,
  antialias: boolean,
): Value {
  const { dtype } = scale;
  const inverse = divide(1, scale);
  const places = range(resultSize, dtype, [1, resultSize]);
  const pixels = range(size, dtype, [size, 1]);
  const centers = subtract(multiply(subtract(add(places, 0.5), translation), inverse), 0.5);
  let weights: Value;
  if (kernel === 'area') {
    // The overlap of the two pixels.
    const left = multiply(subtract(places, translation), inverse);
    const right = add(left, inverse);
    weights = maximum(subtract(minimum(right, add(pixels, 1)), maximum(left, pixels)), 0);
  } else {
    // A wider kernel averages the pixels that a smaller result would skip.
    const width = antialias ? maximum(inverse, 1) : constant(1, dtype);
    weights = KERNELS[kernel](divide(abs(subtract(centers, pixels)), width));
  }
  const total = build.sum(weights, { axes: [0], keepDims: true });
  const isOutside = build.logicalOr(less(centers, -0.5), greater(centers, size - 0.5));
  const isEmpty = build.logicalOr(build.lessEqual(abs(total), NEGLIGIBLE), isOutside);
  return where(isEmpty, 0, divide(weights, where(isEmpty, 1, total)));
}

/** The number of elements after an axis from which products with matrices from the left are fast. */
const LONG_ROW = 16;

/** Multiplies an axis of x by a matrix `[size, resultSize]`. */
export function multiplyAxis(x: Value, matrix: Value, axis: number): Value {
  const [size = null, resultSize = null] = matrix.shape;
  const outer = product(x.shape.slice(0, axis));
  const inner = product(x.shape.slice(axis + 1));
  const shape = x.shape.map((entry, i) => (i === axis ? resultSize : entry));
  const split = build.reshape(x, [outer, size, inner]);
  const weights = castTo(matrix, x.dtype);
  if (inner !== null && inner < LONG_ROW) {
    const rows = build.matmul(build.transpose(split, [0, 2, 1]), weights);
    return build.reshape(build.transpose(rows, [0, 2, 1]), shape);
  }
  return build.reshape(build.matmul(build.transpose(weights, [1, 0]), split), shape);
}

const product = (sizes: readonly (number | null)[]): number | null =>
  sizes.reduce<number | null>((all, size) => (all === null || size === null ? null : all * size), 1);
