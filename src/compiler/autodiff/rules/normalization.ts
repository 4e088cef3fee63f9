import { broadcastShapes } from '../../../core/shape.ts';
import { fullLike, multiply, negative, normalizeWith, subtract } from '../../builder/index.ts';
import { reducesTo, sumTo } from '../../builder/unbroadcast.ts';
import { countOver } from './reductions.ts';
import type { GradientRules } from './rule.ts';

export const normalizationRules: GradientRules<'normalization'> = {
  // dx = dmean / N + dvariance · 2 (x − mean) / N is an affine map of x: one pass, no temporaries of the size of x.
  moments: ({ inputs: [x], outputs: [mean], cotangents: [dmean, dvariance], attributes: { axes, centered } }) => {
    const share = 1 / countOver(x, axes);
    const offset = dmean === null ? null : multiply(dmean, share);
    if (dvariance === null) return [offset];
    const scale = multiply(dvariance, 2 * share);
    const zero = fullLike(mean, 0);
    if (!centered) return [normalizeWith(x, mean, scale, offset ?? zero)];
    // A small mean can be moved into the offset, which saves a pass over x.
    return [normalizeWith(x, zero, scale, subtract(offset ?? zero, multiply(mean, scale)))];
  },

  // y = (x − mean) · scale + offset. dy is summed before it is multiplied, so that the factors are small.
  normalize: ({ inputs: [x, mean, scale, offset], cotangents: [dy], needs }) => {
    const total = sumTo(dy, broadcastShapes(mean.shape, scale.shape) ?? x.shape);
    return [
      needs[0] ? multiply(dy, scale) : null,
      needs[1] ? negative(multiply(total, scale)) : null,
      needs[2] ? multiply(dy, subtract(x, mean)) : null,
      needs[1] && reducesTo(total.shape, offset.shape) ? total : dy,
    ];
  },
};
