import { sizeOf } from '../../../core/shape.ts';
import { castTo, cumulativeSum, divide, equal, exp, multiply, reshape, subtract, sum } from '../../builder/index.ts';
import type { Value } from '../../ir/value.ts';
import { type GradientRules, unary, zeroGradient } from './rule.ts';

/** A reduced value with the reduced axes restored with size 1, so that it broadcasts against x. */
const keepAxes = (value: Value, x: Value, axes: readonly number[]): Value =>
  reshape(
    value,
    x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );

/** The number of elements of x in each element of a reduction. */
export const countOver = (x: Value, axes: readonly number[]): number =>
  sizeOf(x.knownShape.filter((_, axis) => axes.includes(axis)));

/** The elements that attain the extremum share the gradient evenly, as in TensorFlow. */
function extremum(dy: Value, x: Value, y: Value, { axes }: { readonly axes: readonly number[] }): Value {
  const attained = castTo(equal(x, keepAxes(y, x, axes)), x.dtype);
  const count = sum(attained, { axes, keepDims: true });
  return multiply(attained, divide(keepAxes(dy, x, axes), count));
}

export const reductionRules: GradientRules<'reductions'> = {
  reduceSum: unary((dy, x, _, { axes }) => keepAxes(dy, x, axes)),
  reduceMean: unary((dy, x, _, { axes }) => multiply(keepAxes(dy, x, axes), 1 / countOver(x, axes))),
  reduceMax: unary(extremum),
  reduceMin: unary(extremum),
  argMax: zeroGradient,
  cumulativeSum: unary((dy, _x, _y, { axis, reverse }) => cumulativeSum(dy, { axis, reverse: !reverse })),
  softmax: unary((dy, _, y, { axis }) =>
    multiply(y, subtract(dy, sum(multiply(dy, y), { axes: [axis], keepDims: true }))),
  ),
  logSoftmax: unary((dy, _, y, { axis }) => subtract(dy, multiply(exp(y), sum(dy, { axes: [axis], keepDims: true })))),
};
