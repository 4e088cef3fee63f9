import { canonicalAxis } from '../../../core/axes.ts';
import { checkBoolean, checkNumber } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, type UnaryOp, op } from '../base/op.ts';

const { add, exp, greater, less, lessEqual, maximum, minimum, multiply, negative, square, subtract, where } = build;

/**
 * max(x, 0), element by element.
 * @example
 * await jit((x) => ops.relu(x))([-1, 2]);   // [0, 2]
 * @see https://keras.io/api/ops/nn/#relu-function
 */
export const relu: UnaryOp = op('nn.Relu', ['x'], build.relu);

/** Options of {@link leakyRelu}. */
export interface LeakyReluOptions {
  /** The slope for x ≤ 0. @default 0.2 */
  negativeSlope?: number;
}

/**
 * x where x > 0, negativeSlope · x elsewhere.
 * @example
 * await jit((x) => ops.leakyRelu(x, { negativeSlope: 0.1 }))([-2, 3]);   // [-0.2, 3]
 * @see https://keras.io/api/ops/nn/#leaky_relu-function
 */
export const leakyRelu: Symbolic<(x: Operand, options?: LeakyReluOptions) => Value> = op(
  'nn.LeakyRelu',
  ['x'],
  { negativeSlope: 0.2 },
  (x: Operand, { negativeSlope = 0.2 }: LeakyReluOptions = {}): Value => {
    const slope = checkNumber('ops.leakyRelu', 'negativeSlope', negativeSlope);
    const value = toFloat(x);
    return where(greater(value, 0), value, multiply(value, slope));
  },
);

/**
 * min(max(x, 0), 6)
 * @example
 * await jit((x) => ops.relu6(x))([-1, 3, 9]);   // [0, 3, 6]
 * @see https://keras.io/api/ops/nn/#relu6-function
 */
export const relu6: UnaryOp = op('nn.Relu6', ['x'], (x: Operand): Value => {
  // Of two equal operands the first has the gradient: that of x is 0 at 6, as in TensorFlow.
  return minimum(6, build.relu(toFloat(x)));
});

/** scale · (e^(x / width) − 1) on the left, x elsewhere; the exponential never overflows. */
function exponentialLinear(x: Value, isLeft: Value, scale: number, width = 1): Value {
  const left = where(isLeft, x, 0);
  const raised = exp(width === 1 ? left : multiply(left, 1 / width));
  return where(isLeft, multiply(subtract(raised, 1), scale), x);
}

/** Options of {@link elu} and {@link celu}. */
export interface EluOptions {
  /** The negative saturation value is −alpha. @default 1 */
  alpha?: number;
}

/**
 * x where x > 0, alpha · (eˣ − 1) elsewhere.
 * @example
 * await jit((x) => ops.elu(x, { alpha: 0.5 }))([-1, 2]);   // [-0.31606, 2]
 * @see https://arxiv.org/abs/1511.07289
 */
export const elu: Symbolic<(x: Operand, options?: EluOptions) => Value> = op(
  'nn.Elu',
  ['x'],
  { alpha: 1 },
  (x: Operand, { alpha = 1 }: EluOptions = {}): Value => {
    const value = toFloat(x);
    return exponentialLinear(value, lessEqual(value, 0), checkNumber('ops.elu', 'alpha', alpha));
  },
);

/**
 * max(x, 0) + alpha · (e^(min(x, 0) / alpha) − 1): elu with a continuous derivative.
 * @example
 * await jit((x) => ops.celu(x, { alpha: 0.5 }))([-1, 2]);   // [-0.432332, 2]
 * @see https://arxiv.org/abs/1704.07483
 */
export const celu: Symbolic<(x: Operand, options?: EluOptions) => Value> = op(
  'nn.Celu',
  ['x'],
  { alpha: 1 },
  (x: Operand, { alpha = 1 }: EluOptions = {}): Value => {
    const width = checkNumber('ops.celu', 'alpha', alpha);
    const value = toFloat(x);
    return exponentialLinear(value, less(value, 0), width, width);
  },
);

/**
 * 1.0507… · elu(x, alpha = 1.6732…), which preserves mean 0 and variance 1 from layer to layer.
 * @example
 * await jit((x) => ops.selu(x))([-1, 2]);   // [-1.111331, 2.101402]
 * @see https://arxiv.org/abs/1706.02515
 */
export const selu: UnaryOp = op('nn.Selu', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  return multiply(exponentialLinear(value, less(value, 0), 1.6732632423543772), 1.0507009873554805);
});

/** Options of {@link softShrink} and {@link hardShrink}. */
export interface ShrinkOptions {
  /** The half width of the interval around 0 that maps to 0. @default 0.5 */
  threshold?: number;
}

/**
 * x − threshold above the threshold, x + threshold below its negative, 0 between.
 * @example
 * await jit((x) => ops.softShrink(x, { threshold: 1 }))([-3, 0.5, 3]);   // [-2, 0, 2]
 * @see https://keras.io/api/ops/nn/#soft_shrink-function
 */
export const softShrink: Symbolic<(x: Operand, options?: ShrinkOptions) => Value> = op(
  'nn.SoftShrink',
  ['x'],
  { threshold: 0.5 },
  (x: Operand, options: ShrinkOptions = {}): Value => {
    const limit = checkNumber('ops.softShrink', 'threshold', options.threshold ?? 0.5);
    const value = toFloat(x);
    const left = where(less(value, -limit), add(value, limit), 0);
    return where(greater(value, limit), subtract(value, limit), left);
  },
);

/**
 * x where |x| > threshold, 0 elsewhere.
 * @example
 * await jit((x) => ops.hardShrink(x, { threshold: 1 }))([-3, 0.5, 3]);   // [-3, 0, 3]
 * @see https://keras.io/api/ops/nn/#hard_shrink-function
 */
export const hardShrink: Symbolic<(x: Operand, options?: ShrinkOptions) => Value> = op(
  'nn.HardShrink',
  ['x'],
  { threshold: 0.5 },
  (x: Operand, options: ShrinkOptions = {}): Value => {
    const limit = checkNumber('ops.hardShrink', 'threshold', options.threshold ?? 0.5);
    const value = toFloat(x);
    return where(greater(build.abs(value), limit), value, 0);
  },
);

/**
 * x where x > threshold, defaultValue elsewhere.
 * @example
 * await jit((x) => ops.threshold(x, 1, 0))([0.5, 1, 2]);   // [0, 0, 2]
 * @see https://keras.io/api/ops/nn/#threshold-function
 */
export const threshold: Symbolic<(x: Operand, threshold: number, defaultValue: number) => Value> = op(
  'nn.Threshold',
  ['x'],
  { threshold: REQUIRED, defaultValue: REQUIRED },
  (x: Operand, limit: number, defaultValue: number): Value => {
    checkNumber('ops.threshold', 'threshold', limit);
    checkNumber('ops.threshold', 'defaultValue', defaultValue);
    const value = toFloat(x);
    return where(greater(value, limit), value, defaultValue);
  },
);

/**
 * x clipped to [−1, 1].
 * @example
 * await jit((x) => ops.hardTanh(x))([-2, 0.5, 2]);   // [-1, 0.5, 1]
 * @see https://keras.io/api/ops/nn/#hard_tanh-function
 */
export const hardTanh: UnaryOp = op('nn.HardTanh', ['x'], (x: Operand): Value => minimum(maximum(toFloat(x), -1), 1));

/**
 * 0 for x ≤ −1, x for x ≥ 1, (x + 1)² / 4 between.
 * @example
 * await jit((x) => ops.sparsePlus(x))([-2, 0, 2]);   // [0, 0.25, 2]
 * @see https://keras.io/api/ops/nn/#sparse_plus-function
 */
export const sparsePlus: UnaryOp = op('nn.SparsePlus', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const raised = add(hardTanh(value), 1);
  return where(build.greaterEqual(value, 1), value, multiply(square(raised), 0.25));
});

/**
 * 0 for x ≤ −1, 1 for x ≥ 1, (x + 1) / 2 between.
 * @example
 * await jit((x) => ops.sparseSigmoid(x))([-2, 0, 2]);   // [0, 0.5, 1]
 * @see https://keras.io/api/ops/nn/#sparse_sigmoid-function
 */
export const sparseSigmoid: UnaryOp = op('nn.SparseSigmoid', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const above = where(build.greaterEqual(value, 1), 1, multiply(add(value, 1), 0.5));
  return where(lessEqual(value, -1), 0, above);
});

/**
 * relu6(x + 3) / 6
 * @example
 * await jit((x) => ops.hardSigmoid(x))([-3, 0, 3]);   // [0, 0.5, 1]
 * @see https://keras.io/api/ops/nn/#hard_sigmoid-function
 */
export const hardSigmoid: UnaryOp = op('nn.HardSigmoid', ['x'], (x: Operand): Value => {
  return multiply(relu6(add(toFloat(x), 3)), 1 / 6);
});

/**
 * x · hardSigmoid(x)
 * @example
 * await jit((x) => ops.hardSilu(x))([-3, 1, 3]);   // [0, 0.666667, 3]
 * @see https://arxiv.org/abs/1905.02244
 */
export const hardSilu: UnaryOp = op('nn.HardSilu', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  return multiply(value, hardSigmoid(value));
});

/**
 * {@link hardSilu} under its other name, x · hardSigmoid(x).
 * @example
 * await jit((x) => ops.hardSwish(x))([-3, 1, 3]);   // [0, 0.666667, 3]
 * @see https://arxiv.org/abs/1905.02244
 */
export const hardSwish: UnaryOp = hardSilu;

/**
 * 1 / (1 + e⁻ˣ), the logistic function.
 * @example
 * await jit((x) => ops.sigmoid(x))([0, 2]);   // [0.5, 0.880797]
 * @see https://keras.io/api/ops/nn/#sigmoid-function
 */
export const sigmoid: UnaryOp = op('nn.Sigmoid', ['x'], build.sigmoid);

/**
 * ln(1 / (1 + e⁻ˣ)), without overflow.
 * @example
 * await jit((x) => ops.logSigmoid(x))([0, -200]);   // [-0.693147, -200]
 * @see https://keras.io/api/ops/nn/#log_sigmoid-function
 */
export const logSigmoid: UnaryOp = op('nn.LogSigmoid', ['x'], (x: Operand): Value => {
  return negative(build.softplus(negative(toFloat(x))));
});

/**
 * ln(1 + eˣ), without overflow for large x.
 * @example
 * await jit((x) => ops.softplus(x))([0, 200]);   // [0.693147, 200]
 * @see https://keras.io/api/ops/nn/#softplus-function
 */
export const softplus: UnaryOp = op('nn.Softplus', ['x'], build.softplus);

/**
 * x / (1 + |x|)
 * @example
 * await jit((x) => ops.softsign(x))([-1, 3]);   // [-0.5, 0.75]
 * @see https://keras.io/api/ops/nn/#softsign-function
 */
export const softsign: UnaryOp = op('nn.Softsign', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  return build.divide(value, add(build.abs(value), 1));
});

/** Options of {@link squareplus}. */
export interface SquareplusOptions {
  /** The smoothness of the bend at 0: larger values make it rounder. @default 4 */
  b?: number;
}

/**
 * (x + √(x² + b)) / 2
 * @example
 * await jit((x) => ops.squareplus(x, { b: 4 }))([0, 1.5]);   // [1, 2]
 * @see https://arxiv.org/abs/2112.11687
 */
export const squareplus: Symbolic<(x: Operand, options?: SquareplusOptions) => Value> = op(
  'nn.Squareplus',
  ['x'],
  { b: 4 },
  (x: Operand, { b = 4 }: SquareplusOptions = {}): Value => {
    const value = toFloat(x);
    const root = build.sqrt(add(square(value), checkNumber('ops.squareplus', 'b', b)));
    return multiply(add(value, root), 0.5);
  },
);

/**
 * x · sigmoid(x), also called swish.
 * @example
 * await jit((x) => ops.silu(x))([0, 2]);   // [0, 1.761594]
 * @see https://arxiv.org/abs/1710.05941
 */
export const silu: UnaryOp = op('nn.Silu', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  return multiply(value, build.sigmoid(value));
});

/**
 * {@link silu} under its other name, x · sigmoid(x).
 * @example
 * await jit((x) => ops.swish(x))([0, 2]);   // [0, 1.761594]
 * @see https://arxiv.org/abs/1710.05941
 */
export const swish: UnaryOp = silu;

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** Use tanh instead of erf. @default true */
  approximate?: boolean;
}

/**
 * x · Φ(x), where Φ is the cumulative distribution function of the normal distribution: x / 2 · (1 + erf(x / √2)), or an
 * approximation with tanh.
 * @example
 * await jit((x) => ops.gelu(x, { approximate: false }))([-1, 1]);   // [-0.158655, 0.841345]
 * @see https://arxiv.org/abs/1606.08415
 */
export const gelu: Symbolic<(x: Operand, options?: GeluOptions) => Value> = op(
  'nn.Gelu',
  ['x'],
  { approximate: true },
  (x: Operand, { approximate = true }: GeluOptions = {}): Value => {
    const value = toFloat(x);
    const half = multiply(value, 0.5);
    if (!checkBoolean('ops.gelu', 'approximate', approximate)) {
      return multiply(half, add(build.erf(multiply(value, Math.SQRT1_2)), 1));
    }
    // Beyond ±10, tanh is ±1 to the last bit; clipped there, the cube does not overflow.
    const near = minimum(maximum(value, -10), 10);
    const cubic = multiply(near, add(multiply(square(near), 0.044715), 1));
    return multiply(half, add(build.tanh(multiply(cubic, Math.sqrt(2 / Math.PI))), 1));
  },
);

/**
 * x − tanh(x)
 * @example
 * await jit((x) => ops.tanhShrink(x))([0, 1]);   // [0, 0.238406]
 * @see https://keras.io/api/ops/nn/#tanh_shrink-function
 */
export const tanhShrink: UnaryOp = op('nn.TanhShrink', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  return subtract(value, build.tanh(value));
});

/** Options of {@link glu}. */
export interface GluOptions {
  /** The axis that is halved. @default -1 */
  axis?: number;
}

/**
 * a · sigmoid(b), where a and b are the two halves of x along an axis.
 *
 * Shapes: the result has half the size of x along the axis.
 * @throws ValueError if that size is odd or not known.
 * @example
 * await jit((x) => ops.glu(x))([[3, 4, 0, 2]]);   // [[1.5, 3.523188]]
 * @see https://arxiv.org/abs/1612.08083
 */
export const glu: Symbolic<(x: Operand, options?: GluOptions) => Value> = op(
  'nn.Glu',
  ['x'],
  { axis: -1 },
  (x: Operand, options: GluOptions = {}): Value => {
    const value = toFloat(x);
    const axis = canonicalAxis(options.axis ?? -1, value.rank, 'ops.glu');
    const size = value.shape[axis] ?? null;
    if (size === null || size % 2 !== 0) {
      throw new ValueError(
        `[ops.glu] the size of axis ${axis} must be known and even. Received: x of shape ${showShape(value.shape)}.`,
      );
    }
    const half = (from: number, to: number): Value =>
      build.slice(
        value,
        value.shape.map((_, i) => (i === axis ? from : 0)),
        value.shape.map((_, i) => (i === axis ? to : Infinity)),
      );
    return multiply(half(0, size / 2), build.sigmoid(half(size / 2, size)));
  },
);
