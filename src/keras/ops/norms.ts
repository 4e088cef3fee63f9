import { canonicalAxes } from '../../core/axes.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import { compatible, showShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/graph/value.ts';
import {
  abs,
  add,
  divide,
  greater,
  maximum,
  multiply,
  negative,
  power,
  stopGradient,
  subtract,
  where,
} from './elementwise.ts';
import { fullLike, reshape } from './movement.ts';
import { normalizeWith } from './normalization.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';
import { max, mean, sum } from './reductions.ts';
import { overDeviation, overNorm, overRootMeanSquare } from './scaled-norm.ts';

/** Keras's fuzz factor. */
const FUZZ = 1e-7;

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions {
  /** A scale for each entry along the axes. @default null, none */
  gamma?: Operand | null | undefined;
  /** An offset for each entry along the axes. @default null, none */
  beta?: Operand | null | undefined;
  /** The axis to normalize over, or several. @default -1 */
  axis?: number | readonly number[] | undefined;
  /** Added to the variance. @default 1e-7 */
  epsilon?: number | undefined;
  /** Divide by the deviation without subtracting the mean, as old files want it. @default false */
  rmsScaling?: boolean | undefined;
}

/**
 * (x − mean) / √(variance + epsilon) · gamma + beta, with the mean and the population variance over the axes.
 *
 * Shapes: x and the result any; gamma and beta the sizes of x on the axes, in ascending order of the axes.
 * @throws ValueError if an axis is out of range or named twice, or a coefficient has another shape.
 * @example
 * const f = jit((x) => ops.layerNormalization(x));
 * await f([[1, 3], [10, 30]]);    // ≈ [[-1, 1], [-1, 1]]
 * @see https://keras.io/api/ops/nn/#layer_normalization-function
 */
export function layerNormalization(x: Operand, options: LayerNormalizationOptions = {}): Value {
  const who = 'ops.layerNormalization';
  checkOptions(who, options, ['gamma', 'beta', 'axis', 'epsilon', 'rmsScaling']);
  const value = atLeastOneAxis(x);
  const axes = [...canonicalAxes(options.axis ?? -1, value.rank, who)].sort((a, b) => a - b);
  const epsilon = checkNumber(who, 'epsilon', options.epsilon ?? FUZZ);
  const gamma = spread(value, axes, options.gamma, who, 'gamma');
  const beta = spread(value, axes, options.beta, who, 'beta');
  // The mean is subtracted before anything is squared or multiplied: its size costs no precision.
  const centred = subtract(value, stopGradient(mean(value, { axis: axes, keepdims: true })));
  const { scaled, unit, centredMean, inverse } = overDeviation(centred, axes, epsilon);
  if (options.rmsScaling ?? false) {
    const normalized = multiply(value, multiply(unit, inverse));
    return gamma === null ? normalized : multiply(normalized, gamma);
  }
  // What belongs to a row and what belongs to a column are applied apart: their product would be of x's size.
  const offset = negative(multiply(centredMean, inverse));
  const normalized = normalizeWith(scaled, fullLike(centredMean, 0), inverse, offset);
  const stretched = gamma === null ? normalized : multiply(normalized, gamma);
  return beta === null ? stretched : add(stretched, beta);
}

/** Options of {@link rmsNormalization}. */
export interface RMSNormalizationOptions {
  /** A scale for each entry along the axes. @default null, none */
  scale?: Operand | null | undefined;
  /** The axis to normalize over, or several. @default -1 */
  axis?: number | readonly number[] | undefined;
  /** Added to the mean square. @default 1e-7 */
  epsilon?: number | undefined;
}

/**
 * x / √(mean(x²) + epsilon) · scale, with the mean over the axes.
 *
 * Shapes: x and the result any; scale the sizes of x on the axes, in ascending order of the axes.
 * @throws ValueError if an axis is out of range or named twice, or the scale has another shape.
 * @example
 * const f = jit((x) => ops.rmsNormalization(x));
 * await f([[3, 3], [-5, 5]]);    // ≈ [[1, 1], [-1, 1]]
 * @see https://keras.io/api/ops/nn/#rms_normalization-function
 */
export function rmsNormalization(x: Operand, options: RMSNormalizationOptions = {}): Value {
  const who = 'ops.rmsNormalization';
  checkOptions(who, options, ['scale', 'axis', 'epsilon']);
  const value = atLeastOneAxis(x);
  const axes = [...canonicalAxes(options.axis ?? -1, value.rank, who)].sort((a, b) => a - b);
  const epsilon = checkNumber(who, 'epsilon', options.epsilon ?? FUZZ);
  const scale = spread(value, axes, options.scale, who, 'scale');
  const { scaled, inverse } = overRootMeanSquare(value, axes, epsilon);
  const normalized = multiply(scaled, inverse);
  return scale === null ? normalized : multiply(normalized, scale);
}

/** Options of {@link normalize}. */
export interface NormalizeOptions {
  /** The axis whose norm becomes 1, several together, or null for all. @default -1 */
  axis?: number | readonly number[] | null | undefined;
  /** p of the norm (Σ|x|ᵖ)^(1/p), an integer ≥ 1. @default 2 */
  order?: number | undefined;
  /** What the norm is at least taken for, so that nothing is divided by zero. @default 1e-7 */
  epsilon?: number | undefined;
}

/**
 * x / max(‖x‖, epsilon), the norm taken along the axes.
 *
 * Order 2 takes any axes; order 1 takes one axis, or two for the norm of a matrix (its largest column sum); other orders
 * take one axis. Where x is zero its gradient is that of x / epsilon.
 *
 * @throws ValueError if the order is not an integer ≥ 1, an axis is out of range, or there are too many for the order.
 * @example
 * const f = jit((x) => ops.normalize(x));
 * await f([[3, 4], [0, 0]]);    // [[0.6, 0.8], [0, 0]]
 * @see https://keras.io/api/ops/nn/#normalize-function
 */
export function normalize(x: Operand, options: NormalizeOptions = {}): Value {
  const who = 'ops.normalize';
  checkOptions(who, options, ['axis', 'order', 'epsilon']);
  const { axis = -1, order = 2 } = options;
  const epsilon = checkNumber(who, 'epsilon', options.epsilon ?? FUZZ);
  if (!Number.isInteger(order) || order < 1) {
    throw new ValueError(`[${who}] order must be an integer ≥ 1. Received: order=${show(order)}.`);
  }
  const value = atLeastOneAxis(x);
  const axes = axis === null ? value.shape.map((_, i) => i) : canonicalAxes(axis, value.rank, who);
  if (order === 2) {
    const { scaled, inverse } = overNorm(value, axes, epsilon);
    return multiply(scaled, inverse);
  }
  return divide(value, maximum(normOf(value, axes, order, who), epsilon));
}

/** The p-norm over one axis, or the 1-norm of the matrices on two. */
function normOf(x: Value, axes: readonly number[], order: number, who: string): Value {
  const [first = 0, second] = axes;
  if (axes.length > (order === 1 ? 2 : 1)) {
    throw new ValueError(
      `[${who}] order ${order} takes ${order === 1 ? 'one axis, or two' : 'one axis'}. Received: ${axes.length} axes, ${show(axes)}. Use order 2, or reshape the input first.`,
    );
  }
  if (order === 1) {
    const sums = sum(abs(x), { axis: first, keepdims: true });
    return second === undefined ? sums : max(sums, { axis: second, keepdims: true });
  }
  const total = sum(power(abs(x), order), { axis: first, keepdims: true });
  // The root has no slope at zero: there it is left out, and so is its gradient.
  const isPositive = greater(total, 0);
  return where(isPositive, power(where(isPositive, total, 1), 1 / order), 0);
}

function atLeastOneAxis(x: Operand): Value {
  const value = toFloat(x);
  return value.rank === 0 ? reshape(value, [1]) : value;
}

/** A coefficient in the rank of x: with the sizes of x on the axes, and size 1 elsewhere. */
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
