import { broadcastShapes, compatible } from '../../../core/shape.ts';
import { reducedShape } from './reductions.ts';
import { type InferRules, sameDType, shapeMismatch } from './rule.ts';

export const normalizationRules: InferRules<'normalization'> = {
  moments: ([x], { axes }) => {
    const type = { shape: reducedShape('moments', x, axes, true), dtype: x.dtype };
    return [type, type];
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
