import { broadcastShapes, compatible } from '../../../core/shape.ts';
import { reducedShape } from './reductions.ts';
import { type InferRules, sameDType, shapeMismatch } from './rule.ts';

export const normalizationRules: InferRules<'normalization'> = {
  moments: ([x], { axes }) => {
    const type = { shape: reducedShape('moments', x, axes, true), dtype: x.dtype };
    return [type, type];
  },
  standardize: (operands, { axes }) => {
    const [x, shift, unit] = operands;
    const dtype = sameDType('standardize', operands);
    const reduced = reducedShape('standardize', x, axes, true);
    const joined = broadcastShapes(reduced, shift.shape);
    if (!compatible(unit.shape, reduced) || joined === null || !compatible(joined, reduced)) {
      throw shapeMismatch('standardize', 'shift and unit must have one element for each slice of x', operands);
    }
    return [
      { shape: x.shape, dtype },
      { shape: reduced, dtype },
    ];
  },
  normalize: (operands) => {
    const [x, ...coefficients] = operands;
    for (const { shape } of coefficients) {
      const joined = broadcastShapes(x.shape, shape);
      if (shape.length !== x.shape.length || joined === null || !compatible(joined, x.shape)) {
        const rule = 'mean, scale and offset must have the rank of x and broadcast against it';
        throw shapeMismatch('normalize', rule, operands);
      }
    }
    return [{ shape: x.shape, dtype: sameDType('normalize', operands) }];
  },
};
