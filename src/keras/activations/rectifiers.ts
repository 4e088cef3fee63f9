import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { abs, exp, greater, less, lessEqual, maximum, multiply, negative, relu as reluOp } from '../ops/elementwise.ts';
import { add, greaterEqual, minimum, subtract, where } from '../ops/elementwise.ts';
import { type Operand, toFloat } from '../ops/operand.ts';

/** Options of {@link relu}. */
export interface ReLUOptions {
  /** The slope below the threshold. @default 0 */
  negativeSlope?: number;
  /** The greatest output; null for none. @default null */
  maxValue?: number | null;
  /** Inputs up to here are damped. @default 0 */
  threshold?: number;
}

/**
 * The rectified linear unit: max(x, 0), with a slope on the left, a ceiling and a threshold where asked.
 *
 * f(x) = maxValue for x ≥ maxValue; x for threshold < x < maxValue; negativeSlope · (x − threshold) otherwise.
 *
 * Shapes: the output has the shape of x.
 * @throws TypeError if an option does not exist or is no number.
 * @example
 * await jit((x) => relu(x, { maxValue: 6 }))([-1, 3, 9]);   // [0, 3, 6]
 * @see https://keras.io/api/layers/activations/#relu-function
 */
export function relu(x: Operand, options: ReLUOptions = {}): Value {
  checkOptions('activations.relu', options, ['negativeSlope', 'maxValue', 'threshold']);
  const slope = checkNumber('activations.relu', 'negativeSlope', options.negativeSlope ?? 0);
  const threshold = checkNumber('activations.relu', 'threshold', options.threshold ?? 0);
  const ceiling = options.maxValue ?? null;
  const value = toFloat(x);
  if (slope !== 0 && ceiling === null && threshold === 0) return leakyRelu(value, { negativeSlope: slope });
  let positive = threshold === 0 ? reluOp(value) : where(greater(value, threshold), value, 0);
  if (ceiling !== null) positive = minimum(positive, checkNumber('activations.relu', 'maxValue', ceiling));
  if (slope === 0) return positive;
  const below = reluOp(threshold === 0 ? negative(value) : subtract(threshold, value));
  return subtract(positive, multiply(below, slope));
}

/**
 * x where x > 0, negativeSlope · x elsewhere.
 * @example
 * await jit((x) => leakyRelu(x, { negativeSlope: 0.1 }))([-2, 3]);   // [-0.2, 3]
 * @see https://keras.io/api/layers/activations/#leaky_relu-function
 */
export function leakyRelu(
  x: Operand,
  options: { /** The slope where x ≤ 0. @default 0.2 */ negativeSlope?: number } = {},
): Value {
  checkOptions('activations.leakyRelu', options, ['negativeSlope']);
  const slope = checkNumber('activations.leakyRelu', 'negativeSlope', options.negativeSlope ?? 0.2);
  const value = toFloat(x);
  return where(greater(value, 0), value, multiply(value, slope));
}

/**
 * min(max(x, 0), 6)
 * @example
 * await jit((x) => relu6(x))([-1, 3, 9]);   // [0, 3, 6]
 * @see https://keras.io/api/layers/activations/#relu6-function
 */
export function relu6(x: Operand): Value {
  const positive = reluOp(toFloat(x));
  return where(lessEqual(6, positive), 6, positive);
}

/** scale · (e^(x / width) − 1) on the left, x elsewhere; the exponential never sees a large number. */
function exponentialLinear(x: Value, isLeft: Value, scale: number, width = 1): Value {
  const left = where(isLeft, x, 0);
  const raised = exp(width === 1 ? left : multiply(left, 1 / width));
  return where(isLeft, multiply(subtract(raised, 1), scale), x);
}

/**
 * x where x > 0, alpha · (eˣ − 1) elsewhere.
 * @example
 * await jit((x) => elu(x, { alpha: 0.5 }))([-1, 2]);   // [-0.31606, 2]
 * @see https://arxiv.org/abs/1511.07289
 */
export function elu(x: Operand, options: { /** How far down it goes. @default 1 */ alpha?: number } = {}): Value {
  checkOptions('activations.elu', options, ['alpha']);
  const value = toFloat(x);
  return exponentialLinear(value, lessEqual(value, 0), checkNumber('activations.elu', 'alpha', options.alpha ?? 1));
}

/**
 * max(x, 0) + alpha · (e^(min(x, 0) / alpha) − 1): elu with a continuous derivative.
 * @example
 * await jit((x) => celu(x, { alpha: 0.5 }))([-1, 2]);   // [-0.432332, 2]
 * @see https://arxiv.org/abs/1704.07483
 */
export function celu(x: Operand, options: { /** How far down it goes. @default 1 */ alpha?: number } = {}): Value {
  checkOptions('activations.celu', options, ['alpha']);
  const alpha = checkNumber('activations.celu', 'alpha', options.alpha ?? 1);
  const value = toFloat(x);
  return exponentialLinear(value, less(value, 0), alpha, alpha);
}

/**
 * 1.0507… · elu(x, alpha = 1.6732…), which keeps mean 0 and variance 1 from layer to layer.
 * @example
 * await jit((x) => selu(x))([-1, 2]);   // [-1.111331, 2.101402]
 * @see https://arxiv.org/abs/1706.02515
 */
export function selu(x: Operand): Value {
  const value = toFloat(x);
  return multiply(exponentialLinear(value, less(value, 0), 1.6732632423543772), 1.0507009873554805);
}

/**
 * x − threshold above the threshold, x + threshold below its negative, 0 between.
 * @example
 * await jit((x) => softShrink(x, { threshold: 1 }))([-3, 0.5, 3]);   // [-2, 0, 2]
 * @see https://keras.io/api/layers/activations/#soft_shrink-function
 */
export function softShrink(
  x: Operand,
  options: { /** How wide the flat middle is, to each side. @default 0.5 */ threshold?: number } = {},
): Value {
  checkOptions('activations.softShrink', options, ['threshold']);
  const limit = checkNumber('activations.softShrink', 'threshold', options.threshold ?? 0.5);
  const value = toFloat(x);
  const left = where(less(value, -limit), add(value, limit), 0);
  return where(greater(value, limit), subtract(value, limit), left);
}

/**
 * x where |x| > threshold, 0 elsewhere.
 * @example
 * await jit((x) => hardShrink(x, { threshold: 1 }))([-3, 0.5, 3]);   // [-3, 0, 3]
 * @see https://keras.io/api/layers/activations/#hard_shrink-function
 */
export function hardShrink(
  x: Operand,
  options: { /** How wide the flat middle is, to each side. @default 0.5 */ threshold?: number } = {},
): Value {
  checkOptions('activations.hardShrink', options, ['threshold']);
  const limit = checkNumber('activations.hardShrink', 'threshold', options.threshold ?? 0.5);
  const value = toFloat(x);
  return where(greater(abs(value), limit), value, 0);
}

/**
 * x where x > limit, defaultValue elsewhere.
 * @example
 * await jit((x) => threshold(x, 1, 0))([0.5, 1, 2]);   // [0, 0, 2]
 * @see https://keras.io/api/layers/activations/#threshold-function
 */
export function threshold(x: Operand, limit: number, defaultValue: number): Value {
  checkNumber('activations.threshold', 'limit', limit);
  checkNumber('activations.threshold', 'defaultValue', defaultValue);
  const value = toFloat(x);
  return where(greater(value, limit), value, defaultValue);
}

/**
 * x kept within [−1, 1].
 * @example
 * await jit((x) => hardTanh(x))([-2, 0.5, 2]);   // [-1, 0.5, 1]
 * @see https://keras.io/api/layers/activations/#hard_tanh-function
 */
export const hardTanh = (x: Operand): Value => minimum(maximum(toFloat(x), -1), 1);

/**
 * 0 up to −1, x from 1, (x + 1)² / 4 between.
 * @example
 * await jit((x) => sparsePlus(x))([-2, 0, 2]);   // [0, 0.25, 2]
 * @see https://keras.io/api/layers/activations/#sparse_plus-function
 */
export function sparsePlus(x: Operand): Value {
  const value = toFloat(x);
  const between = hardTanh(value);
  const raised = add(between, 1);
  return where(greaterEqual(value, 1), value, multiply(multiply(raised, raised), 0.25));
}

/**
 * 0 up to −1, 1 from 1, (x + 1) / 2 between.
 * @example
 * await jit((x) => sparseSigmoid(x))([-2, 0, 2]);   // [0, 0.5, 1]
 * @see https://keras.io/api/layers/activations/#sparse_sigmoid-function
 */
export function sparseSigmoid(x: Operand): Value {
  const value = toFloat(x);
  const above = where(greaterEqual(value, 1), 1, multiply(add(value, 1), 0.5));
  return where(lessEqual(value, -1), 0, above);
}

/**
 * relu6(x + 3) / 6
 * @example
 * await jit((x) => hardSigmoid(x))([-3, 0, 3]);   // [0, 0.5, 1]
 * @see https://keras.io/api/layers/activations/#hard_sigmoid-function
 */
export const hardSigmoid = (x: Operand): Value => multiply(relu6(add(toFloat(x), 3)), 1 / 6);

/**
 * x · hardSigmoid(x)
 * @example
 * await jit((x) => hardSilu(x))([-3, 1, 3]);   // [0, 0.666667, 3]
 * @see https://arxiv.org/abs/1905.02244
 */
export function hardSilu(x: Operand): Value {
  const value = toFloat(x);
  return multiply(value, hardSigmoid(value));
}
