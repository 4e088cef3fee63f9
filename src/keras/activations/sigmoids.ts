import { canonicalAxis } from '../../core/axes.ts';
import { ValueError } from '../../core/errors.ts';
import { checkBoolean, checkNumber, checkOptions } from '../../core/checks.ts';
import { showShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/graph/value.ts';
import {
  abs,
  add,
  clip,
  divide,
  erf,
  exp,
  multiply,
  negative,
  sigmoid as sigmoidOp,
  softplus as softplusOp,
  sqrt,
  square,
  subtract,
  tanh as tanhOp,
} from '../ops/elementwise.ts';
import { slice } from '../ops/movement.ts';
import { type Operand, toFloat, toValue } from '../ops/operand.ts';

/**
 * 1 / (1 + e⁻ˣ)
 * @example
 * await jit((x) => sigmoid(x))([0, 2]);   // [0.5, 0.880797]
 * @see https://keras.io/api/layers/activations/#sigmoid-function
 */
export const sigmoid = (x: Operand): Value => sigmoidOp(x);

/**
 * log(1 / (1 + e⁻ˣ)), without overflow.
 * @example
 * await jit((x) => logSigmoid(x))([0, -200]);   // [-0.693147, -200]
 * @see https://keras.io/api/layers/activations/#log_sigmoid-function
 */
export const logSigmoid = (x: Operand): Value => negative(softplusOp(negative(toFloat(x))));

/**
 * log(1 + eˣ), without overflow.
 * @example
 * await jit((x) => softplus(x))([0, 200]);   // [0.693147, 200]
 * @see https://keras.io/api/layers/activations/#softplus-function
 */
export const softplus = (x: Operand): Value => softplusOp(x);

/**
 * x / (1 + |x|)
 * @example
 * await jit((x) => softsign(x))([-1, 3]);   // [-0.5, 0.75]
 * @see https://keras.io/api/layers/activations/#softsign-function
 */
export function softsign(x: Operand): Value {
  const value = toFloat(x);
  return divide(value, add(abs(value), 1));
}

/**
 * (x + √(x² + b)) / 2
 * @example
 * await jit((x) => squareplus(x, { b: 4 }))([0, 1.5]);   // [1, 2]
 * @see https://arxiv.org/abs/2112.11687
 */
export function squareplus(
  x: Operand,
  options: { /** How round the bend at 0 is. @default 4 */ b?: number } = {},
): Value {
  checkOptions('activations.squareplus', options, ['b']);
  const value = toFloat(x);
  const root = sqrt(add(square(value), checkNumber('activations.squareplus', 'b', options.b ?? 4)));
  return multiply(add(value, root), 0.5);
}

/**
 * x · sigmoid(x), also called swish.
 * @example
 * await jit((x) => silu(x))([0, 2]);   // [0, 1.761594]
 * @see https://arxiv.org/abs/1710.05941
 */
export function silu(x: Operand): Value {
  const value = toFloat(x);
  return multiply(value, sigmoidOp(value));
}

/**
 * {@link silu} under its other name, x · sigmoid(x).
 * @example
 * await jit((x) => swish(x))([0, 2]);   // [0, 1.761594]
 * @see https://arxiv.org/abs/1710.05941
 */
export const swish: (x: Operand) => Value = silu;

/**
 * x · tanh(softplus(x))
 * @example
 * await jit((x) => mish(x))([0, 1]);   // [0, 0.865098]
 * @see https://arxiv.org/abs/1908.08681
 */
export function mish(x: Operand): Value {
  const value = toFloat(x);
  return multiply(value, tanhOp(softplusOp(value)));
}

/**
 * x · Φ(x), Φ the normal distribution: x / 2 · (1 + erf(x / √2)), or with tanh in the place of erf if approximate.
 * @example
 * await jit((x) => gelu(x))([-1, 1]);   // [-0.158655, 0.841345]
 * @see https://arxiv.org/abs/1606.08415
 */
export function gelu(
  x: Operand,
  options: { /** Use tanh in the place of erf. @default false */ approximate?: boolean } = {},
): Value {
  checkOptions('activations.gelu', options, ['approximate']);
  const value = toFloat(x);
  const half = multiply(value, 0.5);
  if (!checkBoolean('activations.gelu', 'approximate', options.approximate ?? false)) {
    return multiply(half, add(erf(multiply(value, Math.SQRT1_2)), 1));
  }
  // Beyond ±10 tanh is ±1 to the last bit, and no cube overflows.
  const near = clip(value, -10, 10);
  const cubic = multiply(near, add(multiply(square(near), 0.044715), 1));
  return multiply(half, add(tanhOp(multiply(cubic, Math.sqrt(2 / Math.PI))), 1));
}

/**
 * (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)
 * @example
 * await jit((x) => tanh(x))([0, 1]);   // [0, 0.761594]
 * @see https://keras.io/api/layers/activations/#tanh-function
 */
export const tanh = (x: Operand): Value => tanhOp(x);

/**
 * x − tanh(x)
 * @example
 * await jit((x) => tanhShrink(x))([0, 1]);   // [0, 0.238406]
 * @see https://keras.io/api/layers/activations/#tanh_shrink-function
 */
export function tanhShrink(x: Operand): Value {
  const value = toFloat(x);
  return subtract(value, tanhOp(value));
}

/**
 * eˣ
 * @example
 * await jit((x) => exponential(x))([0, 1]);   // [1, 2.718282]
 * @see https://keras.io/api/layers/activations/#exponential-function
 */
export const exponential = (x: Operand): Value => exp(x);

/**
 * x itself.
 * @example
 * await jit((x) => linear(x))([-1, 2]);   // [-1, 2]
 * @see https://keras.io/api/layers/activations/#linear-function
 */
export const linear = (x: Operand): Value => toValue(x);

/**
 * a · sigmoid(b), where a and b are the two halves of x along an axis.
 *
 * Shapes: the output has half the size of x along the axis.
 * @throws ValueError if that size is odd or not known.
 * @example
 * await jit((x) => glu(x))([[3, 4, 0, 2]]);   // [[1.5, 3.523188]]
 * @see https://arxiv.org/abs/1612.08083
 */
export function glu(x: Operand, options: { /** The axis that is halved. @default -1 */ axis?: number } = {}): Value {
  checkOptions('activations.glu', options, ['axis']);
  const value = toFloat(x);
  const axis = canonicalAxis(options.axis ?? -1, value.rank, 'activations.glu');
  const size = value.shape[axis] ?? null;
  if (size === null || size % 2 !== 0) {
    throw new ValueError(
      `[activations.glu] the size of axis ${axis} must be even, to be halved. Received: x of shape ${showShape(value.shape)}.`,
    );
  }
  const starts = value.shape.map((_, i) => (i === axis ? size / 2 : 0));
  const ends = value.shape.map((_, i) => (i === axis ? size / 2 : Infinity));
  const zeros = value.shape.map(() => 0);
  const infinities = value.shape.map(() => Infinity);
  return multiply(slice(value, zeros, ends), sigmoidOp(slice(value, starts, infinities)));
}
