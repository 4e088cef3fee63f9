import { InternalError } from '../../../core/errors.ts';
import { type Shape, broadcastShapes, compatible } from '../../../core/shape.ts';
import type { NormalizationName, PrimitiveName, ReductionName } from '../primitives.ts';
import type { ValueType } from '../value.ts';
import { type InferRules, arity, misfit, one, sameDType } from './rule.ts';

function reducedShape(primitive: PrimitiveName, x: ValueType, axes: readonly number[], keepDims: boolean): Shape {
  for (const [i, axis] of axes.entries()) {
    const previous = axes[i - 1] ?? -1;
    if (!Number.isInteger(axis) || axis <= previous || axis >= x.shape.length) {
      throw new InternalError(
        `${primitive} takes ascending axes below ${x.shape.length}, received [${axes.join(', ')}].`,
      );
    }
  }
  return keepDims
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !axes.includes(axis));
}

const reduction =
  (primitive: PrimitiveName) =>
  (inputs: readonly ValueType[], { axes, keepDims }: { axes: readonly number[]; keepDims: boolean }) => {
    const x = one(primitive, inputs);
    return [{ shape: reducedShape(primitive, x, axes, keepDims), dtype: x.dtype }];
  };

const sameType = (primitive: PrimitiveName) => (inputs: readonly ValueType[]) => {
  const x = one(primitive, inputs);
  return [{ shape: x.shape, dtype: x.dtype }];
};

export const reductionRules: InferRules<ReductionName | NormalizationName> = {
  reduceSum: reduction('reduceSum'),
  reduceMean: reduction('reduceMean'),
  reduceMax: reduction('reduceMax'),
  reduceMin: reduction('reduceMin'),
  argMax: (inputs, { axis, keepDims }) => {
    const x = one('argMax', inputs);
    return [{ shape: reducedShape('argMax', x, [axis], keepDims), dtype: 'int32' }];
  },
  softmax: sameType('softmax'),
  logSoftmax: sameType('logSoftmax'),
  moments: (inputs, { axes }) => {
    const x = one('moments', inputs);
    const type = { shape: reducedShape('moments', x, axes, true), dtype: x.dtype };
    return [type, type];
  },
  normalize: (inputs) => {
    const [x, ...coefficients] = inputs;
    if (x === undefined || coefficients.length !== 3) throw arity('normalize', 4, inputs);
    for (const { shape } of coefficients) {
      const joined = broadcastShapes(x.shape, shape);
      if (shape.length !== x.shape.length || joined === null || !compatible(joined, x.shape)) {
        throw misfit('normalize', 'mean, scale and offset must have the rank of x and broadcast against it', inputs);
      }
    }
    return [{ shape: x.shape, dtype: sameDType('normalize', inputs) }];
  },
};
