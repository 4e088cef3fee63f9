import { isFloat } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { PrimitiveAttributes } from '../../ir/value.ts';
import { accumulate, at, linesOf, reducedOffsets, reducedShape, zeros } from '../arrays/array.ts';
import type { EvaluateRules } from './rule.ts';

const add = (total: number, element: number): number => total + element;
// Math.max and Math.min themselves would treat the third argument, the offset, as one more element.
const greater = (total: number, element: number): number => Math.max(total, element);
const lesser = (total: number, element: number): number => Math.min(total, element);

function reduction(
  initial: (x: Tensor) => number,
  f: (total: number, element: number) => number,
  finish: (total: number, count: number) => number = (total) => total,
): (operands: readonly [Tensor], attributes: PrimitiveAttributes['reduceSum']) => readonly [Tensor] {
  return ([x], { axes, keepDims }) => {
    const kept = reducedShape(x, axes);
    const result = zeros(x.dtype, keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis)));
    const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
    for (const [i, total] of accumulate(x, axes, initial(x), f).entries()) result.data[i] = finish(total, count);
    return [result];
  };
}

/** softmax and its logarithm, from the elements minus the maximum of their row. */
function overAxis(x: Tensor, axis: number, f: (shifted: number, sum: number) => number): Tensor {
  const maximum = accumulate(x, [axis], -Infinity, greater);
  const sums = accumulate(x, [axis], 0, (total, element, to) => total + Math.exp(element - at(maximum, to)));
  const result = zeros(x.dtype, x.shape);
  for (const [i, to] of reducedOffsets(x, [axis]).entries()) {
    result.data[i] = f(at(x.data, i) - at(maximum, to), at(sums, to));
  }
  return result;
}

export const reductionRules: EvaluateRules<'reductions'> = {
  reduceSum: reduction(() => 0, add),
  reduceMean: reduction(
    () => 0,
    add,
    (total, count) => total / count,
  ),
  reduceMax: reduction((x) => (isFloat(x.dtype) ? -Infinity : -(2 ** 31)), greater),
  reduceMin: reduction((x) => (isFloat(x.dtype) ? Infinity : 2 ** 31 - 1), lesser),
  argMax: ([x], { axis, keepDims }) => {
    const kept = reducedShape(x, [axis]);
    const result = zeros('int32', keepDims ? kept : kept.toSpliced(axis, 1));
    const maximum = new Float64Array(result.size).fill(-Infinity);
    const seen = new Int32Array(result.size);
    for (const [i, to] of reducedOffsets(x, [axis]).entries()) {
      if (at(x.data, i) > at(maximum, to)) {
        maximum[to] = at(x.data, i);
        result.data[to] = at(seen, to);
      }
      seen[to] = at(seen, to) + 1;
    }
    return [result];
  },
  cumulativeSum: ([x], { axis, reverse }) => {
    const result = zeros(x.dtype, x.shape);
    for (const line of linesOf(x.shape, axis)) {
      let total = 0;
      for (const i of reverse ? line.toReversed() : line) {
        total += at(x.data, i);
        result.data[i] = total;
      }
    }
    return [result];
  },
  softmax: ([x], { axis }) => [overAxis(x, axis, (shifted, sum) => Math.exp(shifted) / sum)],
  logSoftmax: ([x], { axis }) => [overAxis(x, axis, (shifted, sum) => shifted - Math.log(sum))],
};
