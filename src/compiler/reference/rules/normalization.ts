import { sizeOf } from '../../../core/shape.ts';
import { accumulate, at, broadcastOffsets, reducedOffsets, reducedShape, zeros } from '../arrays/array.ts';
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
  standardize: ([x, shift, unit], { axes, epsilon, centered }) => {
    const inverse = zeros(x.dtype, reducedShape(x, axes));
    const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
    const to = reducedOffsets(x, axes);
    const shifts = broadcastOffsets(shift.shape, inverse.shape);
    const scaled = zeros(x.dtype, x.shape);
    for (let i = 0; i < x.size; i++) {
      scaled.data[i] = (at(x.data, i) - at(shift.data, shifts[to[i] ?? -1])) * at(unit.data, to[i]);
    }
    const means = accumulate(scaled, axes, 0, (total, element) => total + (centered ? element / count : 0));
    for (let i = 0; i < x.size; i++) scaled.data[i] = at(scaled.data, i) - at(means, to[i]);
    const squares = accumulate(scaled, axes, 0, (total, element) => total + element ** 2);
    const inverses = squares.map((total, i) => 1 / Math.sqrt(total / count + epsilon * at(unit.data, i) ** 2));
    for (let i = 0; i < x.size; i++) scaled.data[i] = at(scaled.data, i) * at(inverses, to[i]);
    for (const [i, found] of inverses.entries()) inverse.data[i] = found * at(unit.data, i);
    return [scaled, inverse];
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
