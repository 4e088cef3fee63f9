import { canonicalAxes, canonicalAxis } from '../../core/axes.ts';
import { ValueError } from '../../core/errors.ts';
import { checkOptions } from '../../core/checks.ts';
import { showShape } from '../../core/shape.ts';
import { createNode } from '../../compiler/graph/node.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, multiply, rsqrt } from './elementwise.ts';
import { fullLike, reshape, squeeze } from './movement.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';

/** Options of {@link moments}. */
export interface MomentsOptions {
  /** Keep reduced axes with size 1. @default false */
  keepdims?: boolean;
  /** Say that x is near mean zero already, which saves a pass. @default false */
  centred?: boolean;
}

/**
 * Mean and population variance over axes, in two passes:
 *
 *     μ = Σx / N        σ² = Σ(x − μ)² / N
 *
 * Shapes: x without the axes; with `keepdims`, their sizes are 1.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.moments(x, 0))([[1, 2], [3, 6]]);   // [[2, 4], [1, 4]]
 * @see https://keras.io/api/ops/nn/#moments-function
 */
export function moments(
  x: Operand,
  axes: number | readonly number[],
  options: MomentsOptions = {},
): readonly [Value, Value] {
  const value = toFloat(x);
  checkOptions('ops.moments', options, ['keepdims', 'centred']);
  const reduced = [...canonicalAxes(axes, value.rank, 'ops.moments', 'axes')].sort((a, b) => a - b);
  const [mean, variance] = createNode('moments', [value], { axes: reduced, centred: options.centred ?? false });
  const kept: readonly [Value, Value] = [mean, variance ?? mean];
  if (options.keepdims ?? false) return kept;
  return [squeeze(kept[0], reduced), squeeze(kept[1], reduced)];
}

/**
 * (x − mean) · scale + offset, the map that ends every normalization: one pass over x.
 *
 * Shapes: the coefficients have the rank of x, with size 1 where they broadcast; the result has the shape of x.
 *
 * @throws ValueError if a coefficient has another rank or does not broadcast.
 * @example
 * await jit((x) => ops.normalizeWith(x, [[2, 4]], [[1, 0.5]], [[0, 10]]))([[1, 2], [3, 6]]);   // [[-1, 9], [1, 11]]
 * @see https://arxiv.org/abs/1502.03167
 */
export function normalizeWith(x: Operand, mean: Operand, scale: Operand, offset: Operand): Value {
  const value = toFloat(x);
  const coefficients = [mean, scale, offset].map((operand) => castTo(toValue(operand), value.dtype));
  return createNode('normalize', [value, ...coefficients], {})[0];
}

/**
 * (x − mean) / √(variance + epsilon) · scale + offset, with one coefficient for each channel. `epsilon` is 0.001 unless
 * given; without `scale` it is 1, without `offset` 0.
 *
 * Shapes: x any, the four vectors `[x.shape[axis]]`.
 * @throws ValueError if the axis is out of range, or a vector has another length.
 * @example
 * const f = jit((x) => ops.batchNormalization(x, [2, 4], [1, 4], -1, { epsilon: 0, offset: [0, 10] }));
 * await f([[1, 2], [3, 6]]);   // [[-1, 9], [1, 11]]
 * @see https://keras.io/api/ops/nn/#batch_normalization-function
 */
export function batchNormalization(
  x: Operand,
  mean: Operand,
  variance: Operand,
  axis: number,
  options: { offset?: Operand | null; scale?: Operand | null; epsilon?: number } = {},
): Value {
  const value = toFloat(x);
  checkOptions('ops.batchNormalization', options, ['offset', 'scale', 'epsilon']);
  const at = canonicalAxis(axis, value.rank, 'ops.batchNormalization');
  const channels = value.shape[at] ?? null;
  const spread = (operand: Operand, argument: string): Value => {
    const vector = castTo(toValue(operand), value.dtype);
    if (vector.rank !== 1 || (channels !== null && vector.shape[0] !== channels)) {
      throw new ValueError(
        `[ops.batchNormalization] ${argument} must be a vector of length x.shape[axis], ${channels ?? 'unknown'}. Received: shape ${showShape(vector.shape)}.`,
      );
    }
    return reshape(
      vector,
      value.shape.map((_, i) => (i === at ? (vector.shape[0] ?? null) : 1)),
    );
  };
  const mu = spread(mean, 'mean');
  const inverse = rsqrt(add(spread(variance, 'variance'), options.epsilon ?? 1e-3));
  const { scale, offset } = options;
  const factor = scale === undefined || scale === null ? inverse : multiply(spread(scale, 'scale'), inverse);
  const shift = offset === undefined || offset === null ? fullLike(mu, 0) : spread(offset, 'offset');
  return normalizeWith(value, mu, factor, shift);
}
