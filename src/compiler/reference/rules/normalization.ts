import { sizeOf } from '../../../core/shape.ts';
import { accumulate, at, broadcastOffsets, reducedShape, zeros } from '../arrays/array.ts';
import type { EvaluateRules } from './rule.ts';

export const normalizationRules: EvaluateRules<'normalization'> = {
  moments: ([x], { axes }) => {
    const shape = reducedShape(x, axes);
    const [mean, variance] = [zeros(x.dtype, shape), zeros(x.dtype, shape)];
    const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
    for (const [i, total] of accumulate(x, axes, 0, (total, element) => total + element).entries())
      mean.data[i] = total / count;
    const squares = accumulate(x, axes, 0, (total, element, to) => total + (element - at(mean.data, to)) ** 2);
    for (const [i, total] of squares.entries()) variance.data[i] = total / count;
    return [mean, variance];
  },
  normalize: ([x, mean, scale, offset]) => {
    const result = zeros(x.dtype, x.shape);
    const [m, s, o] = [mean, scale, offset].map(({ shape }) => broadcastOffsets(shape, x.shape));
    for (let i = 0; i < result.size; i++) {
      result.data[i] = (at(x.data, i) - at(mean.data, m?.[i])) * at(scale.data, s?.[i]) + at(offset.data, o?.[i]);
    }
    return [result];
  },
};
