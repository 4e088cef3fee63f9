import { InternalError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { PrimitiveName } from '../../ir/primitives.ts';
import type { PrimitiveAttributes, ValueType } from '../../ir/value.ts';
import type { InferRules, UnaryRule } from './rule.ts';

/** The shape that a reduction leaves; the reduced axes remain with size 1 if `keepDims`. */
export function reducedShape(
  primitive: PrimitiveName,
  x: ValueType,
  axes: readonly number[],
  keepDims: boolean,
): Shape {
  for (const [i, axis] of axes.entries()) {
    const previous = axes[i - 1] ?? -1;
    if (!Number.isInteger(axis) || axis <= previous || axis >= x.shape.length) {
      const received = `[${axes.join(', ')}]`;
      throw new InternalError(`${primitive} expects increasing axes below ${x.shape.length}, received ${received}.`);
    }
  }
  return keepDims
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !axes.includes(axis));
}

const reduction =
  (primitive: PrimitiveName): UnaryRule<PrimitiveAttributes['reduceSum']> =>
  ([x], { axes, keepDims }) => [{ shape: reducedShape(primitive, x, axes, keepDims), dtype: x.dtype }];

const sameType: UnaryRule<unknown> = ([{ shape, dtype }]) => [{ shape, dtype }];

export const reductionRules: InferRules<'reductions'> = {
  reduceSum: reduction('reduceSum'),
  reduceMean: reduction('reduceMean'),
  reduceMax: reduction('reduceMax'),
  reduceMin: reduction('reduceMin'),
  argMax: ([x], { axis, keepDims }) => [{ shape: reducedShape('argMax', x, [axis], keepDims), dtype: 'int32' }],
  cumulativeSum: sameType,
  softmax: sameType,
  logSoftmax: sameType,
};
