import { canonicalAxes, canonicalAxis } from '../../../core/axes.ts';
import { checkNumber } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { EPSILON } from '../../../core/epsilon.ts';
import { HINT, REQUIRED, type Symbolic, op } from '../base/op.ts';
import { squeeze } from '../numpy/manipulation.ts';
import { overNorm, overRootMeanSquare, overStandardDeviation } from './scaled-norm.ts';

const { abs, add, divide, fullLike, max, maximum, multiply, normalizeWith, power, reshape, sum, where } = build;

/** Options of {@link moments}. */
export interface MomentsOptions {
  /** Keep the reduced axes with size 1. @default false */
  keepdims?: boolean;
  /** Whether moments are those of all devices; there is one, so that it makes no difference. @default false */
  synchronized?: boolean;
  /** States that the mean of x is near zero, which saves a pass. @default false */
  centered?: boolean;
}

/**
 * The mean and the population variance over axes, in two passes:
 *
 *     μ = Σx / N        σ² = Σ(x − μ)² / N
 *
 * Shapes: x without the axes; with `keepdims`, their sizes are 1.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.moments(x, 0))([[1, 2], [3, 6]]);   // [[2, 4], [1, 4]]
 * @see https://keras.io/api/ops/nn/#moments-function
 */
export const moments: Symbolic<
  (x: Operand, axes: number | readonly number[], options?: MomentsOptions) => readonly [Value, Value]
> = op(
  'nn.Moments',
  ['x'],
  {
    axes: REQUIRED,
    keepdims: false,
    synchronized: false,
    centered: HINT,
  },
  (
    x: Operand,
    axes: number | readonly number[],
    { keepdims = false, centered = false }: MomentsOptions = {},
  ): readonly [Value, Value] => {
    const value = toFloat(x);
    const reduced = [...canonicalAxes(axes, value.rank, 'ops.moments', 'axes')].sort((a, b) => a - b);
    const [mean, variance] = build.moments(value, { axes: reduced, centered });
    if (keepdims) return [mean, variance];
    return [squeeze(mean, { axis: reduced }), squeeze(variance, { axis: reduced })];
  },
);

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions {
  /** An offset for each channel. @default null, 0 */
  offset?: Operand | null | undefined;
  /** A scale for each channel. @default null, 1 */
  scale?: Operand | null | undefined;
  /** A small constant that is added to the variance. @default 0.001 */
  epsilon?: number | undefined;
}

/**
 * (x − mean) / √(variance + epsilon) · scale + offset, with one coefficient for each channel.
 *
 * Shapes: x any, the four vectors `[x.shape[axis]]`.
 * @throws ValueError if the axis is out of range, or a vector has another length.
 * @example
 * const f = jit((x) => ops.batchNormalization(x, [2, 4], [1, 4], -1, { epsilon: 0, offset: [0, 10] }));
 * await f([[1, 2], [3, 6]]);   // [[-1, 9], [1, 11]]
 * @see https://keras.io/api/ops/nn/#batch_normalization-function
 */
export const batchNormalization: Symbolic<
  (x: Operand, mean: Operand, variance: Operand, axis: number, options?: BatchNormalizationOptions) => Value
> = op(
  'nn.BatchNorm',
  ['x', 'mean', 'variance', 'offset?', 'scale?'],
  { axis: REQUIRED, epsilon: 1e-3 },
  function batchNormalization(
    x: Operand,
    mean: Operand,
    variance: Operand,
    axis: number,
    { offset = null, scale = null, epsilon = 1e-3 }: BatchNormalizationOptions = {},
  ): Value {
    const value = toFloat(x);
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
    const inverse = build.reciprocal(build.sqrt(add(spread(variance, 'variance'), epsilon)));
    const factor = scale === null ? inverse : multiply(spread(scale, 'scale'), inverse);
    return normalizeWith(value, mu, factor, offset === null ? fullLike(mu, 0) : spread(offset, 'offset'));
  },
);

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions {
  /** A scale for each entry along the axes. @default null, none */
  gamma?: Operand | null | undefined;
  /** An offset for each entry along the axes. @default null, none */
  beta?: Operand | null | undefined;
  /** The axes to normalize over. @default -1 */
  axis?: number | readonly number[] | undefined;
  /** A small constant that is added to the variance. @default 1e-7 */
  epsilon?: number | null | undefined;
  /** Divide by the standard deviation without subtracting the mean, for files of older versions of Keras. @default false */
  rmsScaling?: boolean | undefined;
}

/**
 * (x − mean) / √(variance + epsilon) · gamma + beta, with the mean and the population variance over the axes.
 *
 * Shapes: x and the result any; gamma and beta the sizes of x on the axes, in increasing order of the axes.
 * @throws ValueError if an axis is out of range or repeated, or a coefficient has another shape.
 * @example
 * const f = jit((x) => ops.layerNormalization(x));
 * await f([[1, 3], [10, 30]]);    // ≈ [[-1, 1], [-1, 1]]
 * @see https://keras.io/api/ops/nn/#layer_normalization-function
 */
export const layerNormalization: Symbolic<(x: Operand, options?: LayerNormalizationOptions) => Value> = op(
  'nn.LayerNorm',
  ['x', 'gamma?', 'beta?'],
  { axis: -1, epsilon: null, rmsScaling: false },
  function layerNormalization(x: Operand, options: LayerNormalizationOptions = {}): Value {
    const who = 'ops.layerNormalization';
    const value = atLeastOneAxis(x);
    const axes = [...canonicalAxes(options.axis ?? -1, value.rank, who)].sort((a, b) => a - b);
    const epsilon = checkNumber(who, 'epsilon', options.epsilon ?? EPSILON);
    const gamma = spread(value, axes, options.gamma, who, 'gamma');
    const beta = spread(value, axes, options.beta, who, 'beta');
    const { standardized, inverse } = overStandardDeviation(value, axes, epsilon);
    const normalized = (options.rmsScaling ?? false) ? multiply(value, inverse) : standardized;
    const stretched = gamma === null ? normalized : multiply(normalized, gamma);
    return beta === null ? stretched : add(stretched, beta);
  },
);

/** Options of {@link rmsNormalization}. */
export interface RMSNormalizationOptions {
  /** A scale for each entry along the axes. @default null, none */
  scale?: Operand | null | undefined;
  /** The axes to normalize over. @default -1 */
  axis?: number | readonly number[] | undefined;
  /** A small constant that is added to the mean square. @default 1e-7 */
  epsilon?: number | null | undefined;
}

/**
 * x / √(mean(x²) + epsilon) · scale, with the mean over the axes.
 *
 * Shapes: x and the result any; scale the sizes of x on the axes, in increasing order of the axes.
 * @throws ValueError if an axis is out of range or repeated, or the scale has another shape.
 * @example
 * const f = jit((x) => ops.rmsNormalization(x));
 * await f([[3, 3], [-5, 5]]);    // ≈ [[1, 1], [-1, 1]]
 * @see https://keras.io/api/ops/nn/#rms_normalization-function
 */
export const rmsNormalization: Symbolic<(x: Operand, options?: RMSNormalizationOptions) => Value> = op(
  'nn.RMSNorm',
  ['x', 'scale='],
  { axis: -1, epsilon: null },
  function rmsNormalization(x: Operand, options: RMSNormalizationOptions = {}): Value {
    const who = 'ops.rmsNormalization';
    const value = atLeastOneAxis(x);
    const axes = [...canonicalAxes(options.axis ?? -1, value.rank, who)].sort((a, b) => a - b);
    const epsilon = checkNumber(who, 'epsilon', options.epsilon ?? EPSILON);
    const scale = spread(value, axes, options.scale, who, 'scale');
    const { standardized } = overRootMeanSquare(value, axes, epsilon);
    return scale === null ? standardized : multiply(standardized, scale);
  },
);

/** Options of {@link normalize}. */
export interface NormalizeOptions {
  /** The axes along which the norm becomes 1; null for all axes. @default -1 */
  axis?: number | readonly number[] | null | undefined;
  /** The order p of the norm (Σ|x|ᵖ)^(1/p), an integer ≥ 1. @default 2 */
  order?: number | undefined;
  /** The smallest divisor, so that nothing is divided by zero. @default 1e-7 */
  epsilon?: number | null | undefined;
}

/**
 * x / max(‖x‖, epsilon), with the norm along the axes.
 *
 * Order 2 accepts any axes; order 1 one axis, or two for the norm of a matrix (its largest column sum); other orders one
 * axis. Where x is zero, its gradient is that of x / epsilon.
 *
 * @throws ValueError if the order is not an integer ≥ 1, an axis is out of range, or the order does not allow the axes.
 * @example
 * const f = jit((x) => ops.normalize(x));
 * await f([[3, 4], [0, 0]]);    // [[0.6, 0.8], [0, 0]]
 * @see https://keras.io/api/ops/nn/#normalize-function
 */
export const normalize: Symbolic<(x: Operand, options?: NormalizeOptions) => Value> = op(
  'nn.Normalize',
  ['x'],
  { axis: -1, order: 2, epsilon: null },
  (x: Operand, { axis = -1, order = 2, epsilon = null }: NormalizeOptions = {}): Value => {
    const who = 'ops.normalize';
    const smallest = checkNumber(who, 'epsilon', epsilon ?? EPSILON);
    if (!Number.isInteger(order) || order < 1) {
      throw new ValueError(`[${who}] order must be an integer ≥ 1. Received: order=${show(order)}.`);
    }
    const value = atLeastOneAxis(x);
    const axes = axis === null ? value.shape.map((_, i) => i) : canonicalAxes(axis, value.rank, who);
    if (order === 2) {
      const { scaled, inverse } = overNorm(value, axes, smallest);
      return multiply(scaled, inverse);
    }
    return divide(value, maximum(normOf(value, axes, order, who), smallest));
  },
);

/** The p-norm over one axis, or the 1-norm of the matrices on two. */
function normOf(x: Value, axes: readonly number[], order: number, who: string): Value {
  const [first = 0, second] = axes;
  if (axes.length > (order === 1 ? 2 : 1)) {
    throw new ValueError(
      `[${who}] order ${order} must have ${order === 1 ? 'one axis, or two' : 'one axis'}. Received: ${axes.length} axes, ${show(axes)}. Use order 2, or reshape the input first.`,
    );
  }
  if (order === 1) {
    const sums = sum(abs(x), { axes: [first], keepDims: true });
    return second === undefined ? sums : max(sums, { axes: [second], keepDims: true });
  }
  const total = sum(power(abs(x), order), { axes: [first], keepDims: true });
  // The root has no derivative at zero; neither the value nor the gradient uses it there.
  const isPositive = build.greater(total, 0);
  return where(isPositive, power(where(isPositive, total, 1), 1 / order), 0);
}

function atLeastOneAxis(x: Operand): Value {
  const value = toFloat(x);
  return value.rank === 0 ? reshape(value, [1]) : value;
}

/** A coefficient reshaped to the rank of x: the sizes of x on the axes, and size 1 elsewhere. */
function spread(
  x: Value,
  axes: readonly number[],
  operand: Operand | null | undefined,
  who: string,
  argument: string,
): Value | null {
  if (operand === undefined || operand === null) return null;
  const value = castTo(toValue(operand), x.dtype);
  const expected = axes.map((axis) => x.shape[axis] ?? null);
  if (value.rank === 0) return reshape(value, new Array<number>(x.rank).fill(1));
  // As in Keras, a coefficient of the rank of x broadcasts, and so does one for the last axes of x.
  if (broadcastsTo(value.shape, x.shape)) return value;
  if (!compatible(value.shape, expected)) {
    throw new ValueError(
      `[${who}] ${argument} must have the sizes of x on the axes, ${showShape(expected)}. Received: shape ${showShape(value.shape)}.`,
    );
  }
  const sizes = new Map(axes.map((axis, i) => [axis, value.shape[i] ?? null]));
  return reshape(
    value,
    x.shape.map((_, axis) => (sizes.has(axis) ? (sizes.get(axis) ?? null) : 1)),
  );
}

/** Whether a shape of several axes broadcasts to another, counted from the last axis. */
function broadcastsTo(shape: Shape, to: Shape): boolean {
  if (shape.length < 2 || shape.length > to.length) return false;
  const last = to.slice(to.length - shape.length);
  return shape.every((size, i) => size === null || size === 1 || last[i] === null || size === last[i]);
}
