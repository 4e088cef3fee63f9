import type { NormalizationName } from '../../graph/primitives.ts';
import { broadcastShapes } from '../../../core/shape.ts';
import { fullLike, multiply, negative, normalizeWith, subtract } from '../../builder/index.ts';
import { reducesTo, sumTo } from '../unbroadcast.ts';
import { countOver } from './reductions.ts';
import { type GradientRules, malformed } from './rule.ts';

export const normalizationRules: GradientRules<NormalizationName> = {
  // dx = dmean / N + dvariance · 2 (x − mean) / N is an affine map of x: one pass, no temporaries of x's size.
  moments: (node) => {
    const [[x], [mean], [dmean, dvariance]] = [node.inputs, node.outputs, node.cotangents];
    if (x === undefined || mean === undefined) throw malformed(node);
    const share = 1 / countOver(x, node.attributes.axes);
    const offset = dmean === undefined || dmean === null ? null : multiply(dmean, share);
    if (dvariance === undefined || dvariance === null) return [offset];
    const scale = multiply(dvariance, 2 * share);
    const zero = fullLike(mean, 0);
    if (!node.attributes.centred) return [normalizeWith(x, mean, scale, offset ?? zero)];
    // A mean that is small may be taken into the offset, which saves a pass over x.
    return [normalizeWith(x, zero, scale, subtract(offset ?? zero, multiply(mean, scale)))];
  },

  // y = (x − mean) · scale + offset. dy is summed before it is multiplied, so that what is multiplied is small.
  normalize: (node) => {
    const [[x, mean, scale, offset], [dy], needs] = [node.inputs, node.cotangents, node.needs];
    if (x === undefined || mean === undefined || scale === undefined || offset === undefined) throw malformed(node);
    if (dy === undefined || dy === null) return [null, null, null, null];
    const total = sumTo(dy, broadcastShapes(mean.shape, scale.shape) ?? x.shape);
    return [
      needs[0] === true ? multiply(dy, scale) : null,
      needs[1] === true ? negative(multiply(total, scale)) : null,
      needs[2] === true ? multiply(dy, subtract(x, mean)) : null,
      needs[1] === true && reducesTo(total.shape, offset.shape) ? total : dy,
    ];
  },
};
