import { broadcastShapes } from '../../../core/shape.ts';
import * as build from '../../builder/index.ts';
import { reducesTo, sumTo } from '../../builder/unbroadcast.ts';
import type { Value } from '../../ir/value.ts';
import { countOver } from './reductions.ts';
import type { GradientRules } from './rule.ts';

const { add, fullLike, multiply, negative, normalizeWith, subtract, zeroCoefficient } = build;

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

  // z = (x − mean) · r with r = 1 / √(variance + ε): dx = r · (dz − mean(dz) − z · (mean(dz · z) + dr · r / N)), the sum of two
  // affine maps with coefficients of slices. Where x is not centered, neither is dz.
  standardize: ({ inputs: [x], outputs: [z, r], cotangents: [dz, dr], attributes: { axes, centered } }) => {
    const mean = (value: Value): Value => build.mean(value, { axes, keepDims: true });
    const ofInverse = dr === null ? null : multiply(multiply(dr, r), 1 / countOver(x, axes));
    const ofValues = dz === null ? null : mean(multiply(dz, z));
    const share = ofInverse === null || ofValues === null ? (ofInverse ?? ofValues) : add(ofInverse, ofValues);
    if (share === null) return [null, null, null];
    const zero = zeroCoefficient(x);
    const along = negative(multiply(share, r));
    if (dz === null) return [multiply(z, along), null, null];
    const offset = centered ? negative(multiply(mean(dz), r)) : zero;
    return [add(normalizeWith(dz, zero, r, zero), normalizeWith(z, zero, along, offset)), null, null];
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
