import { isFloat } from '../../../core/dtype.ts';
import { type KnownShape, sizeOf, stridesOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { NormalizationName, PrimitiveAttributes, ReductionName } from '../../graph/primitives.ts';
import { at, broadcastOffsets, offsets, zeros } from '../array.ts';
import { type EvaluateRule, type EvaluateRules, operand } from './rule.ts';

const keptShape = (x: Tensor, axes: readonly number[]): KnownShape =>
  x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));

/** For each element of x, the offset of its result among those of the kept axes. */
function resultOffsets(x: Tensor, axes: readonly number[]): Int32Array {
  const strides = stridesOf(keptShape(x, axes)).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  return offsets(x.shape, strides);
}

/** Gathers the elements of x into float64 accumulators, one for each result. */
function accumulate(
  x: Tensor,
  axes: readonly number[],
  initial: number,
  f: (total: number, element: number, offset: number) => number,
): Float64Array {
  const totals = new Float64Array(sizeOf(keptShape(x, axes))).fill(initial);
  for (const [i, to] of resultOffsets(x, axes).entries()) totals[to] = f(at(totals, to), at(x.data, i), to);
  return totals;
}

const add = (total: number, element: number): number => total + element;
// Math.max and Math.min would take the offset for one more element.
const greater = (total: number, element: number): number => Math.max(total, element);
const lesser = (total: number, element: number): number => Math.min(total, element);

function reduction<P extends 'reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin'>(
  initial: (x: Tensor) => number,
  f: (total: number, element: number) => number,
  finish: (total: number, count: number) => number = (total) => total,
): EvaluateRule<P> {
  return (inputs, { axes, keepDims }: PrimitiveAttributes[P]) => {
    const x = operand(inputs, 0);
    const kept = keptShape(x, axes);
    const result = zeros(x.dtype, keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis)));
    const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
    for (const [i, total] of accumulate(x, axes, initial(x), f).entries()) result.data[i] = finish(total, count);
    return [result];
  };
}

/** softmax and its logarithm, from elements less the greatest of their row. */
function overAxis(x: Tensor, axis: number, f: (shifted: number, sum: number) => number): Tensor {
  const greatest = accumulate(x, [axis], -Infinity, greater);
  const sums = accumulate(x, [axis], 0, (total, element, to) => total + Math.exp(element - at(greatest, to)));
  const result = zeros(x.dtype, x.shape);
  for (const [i, to] of resultOffsets(x, [axis]).entries()) {
    result.data[i] = f(at(x.data, i) - at(greatest, to), at(sums, to));
  }
  return result;
}

export const reductionRules: EvaluateRules<ReductionName | NormalizationName> = {
  reduceSum: reduction(() => 0, add),
  reduceMean: reduction(
    () => 0,
    add,
    (total, count) => total / count,
  ),
  reduceMax: reduction((x) => (isFloat(x.dtype) ? -Infinity : -(2 ** 31)), greater),
  reduceMin: reduction((x) => (isFloat(x.dtype) ? Infinity : 2 ** 31 - 1), lesser),
  argMax: (inputs, { axis, keepDims }) => {
    const x = operand(inputs, 0);
    const kept = keptShape(x, [axis]);
    const result = zeros('int32', keepDims ? kept : kept.toSpliced(axis, 1));
    const greatest = new Float64Array(result.size).fill(-Infinity);
    const seen = new Int32Array(result.size);
    for (const [i, to] of resultOffsets(x, [axis]).entries()) {
      if (at(x.data, i) > at(greatest, to)) {
        greatest[to] = at(x.data, i);
        result.data[to] = at(seen, to);
      }
      seen[to] = at(seen, to) + 1;
    }
    return [result];
  },
  softmax: (inputs, { axis }) => [overAxis(operand(inputs, 0), axis, (shifted, sum) => Math.exp(shifted) / sum)],
  logSoftmax: (inputs, { axis }) => [overAxis(operand(inputs, 0), axis, (shifted, sum) => shifted - Math.log(sum))],
  moments: (inputs, { axes }) => {
    const x = operand(inputs, 0);
    const shape = keptShape(x, axes);
    const [mean, variance] = [zeros(x.dtype, shape), zeros(x.dtype, shape)];
    const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
    for (const [i, total] of accumulate(x, axes, 0, add).entries()) mean.data[i] = total / count;
    const squares = accumulate(x, axes, 0, (total, element, to) => total + (element - at(mean.data, to)) ** 2);
    for (const [i, total] of squares.entries()) variance.data[i] = total / count;
    return [mean, variance];
  },
  normalize: (inputs) => {
    const x = operand(inputs, 0);
    const result = zeros(x.dtype, x.shape);
    const [mean, scale, offset] = [operand(inputs, 1), operand(inputs, 2), operand(inputs, 3)];
    const [m, s, o] = [mean, scale, offset].map(({ shape }) => broadcastOffsets(shape, x.shape));
    for (let i = 0; i < result.size; i++) {
      result.data[i] = (at(x.data, i) - at(mean.data, m?.[i])) * at(scale.data, s?.[i]) + at(offset.data, o?.[i]);
    }
    return [result];
  },
};
