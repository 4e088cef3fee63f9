import { multiply, softplus, tanh } from '../../compiler/builder/index.ts';
import { type Operand, toFloat, toValue } from '../../compiler/builder/operand.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { checkOptions } from '../../core/checks.ts';
import { gelu as geluOp } from '../ops/nn/activations.ts';

export {
  celu,
  elu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardTanh,
  leakyRelu,
  logSigmoid,
  relu6,
  selu,
  sigmoid,
  silu,
  softShrink,
  softplus,
  softsign,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  swish,
  tanhShrink,
  threshold,
} from '../ops/nn/activations.ts';
export { type ReLUOptions, reluWithOptions as relu } from '../ops/nn/relu-with-options.ts';
export { logSoftmax, softmax, sparsemax } from '../ops/nn/softmax.ts';
export { exp as exponential } from '../ops/numpy/exponential.ts';
export { tanh } from '../ops/numpy/trigonometric.ts';

/**
 * x · Φ(x), as `ops.gelu`, but exact by default: x / 2 · (1 + erf(x / √2)).
 * @example
 * await jit((x) => activations.gelu(x))([-1, 1]);   // [-0.158655, 0.841345]
 * @see https://arxiv.org/abs/1606.08415
 */
export function gelu(
  x: Operand,
  options: { /** Use tanh instead of erf. @default false */ approximate?: boolean } = {},
): Value {
  checkOptions('activations.gelu', options, ['approximate']);
  return geluOp(x, { approximate: false, ...options });
}

/**
 * x · tanh(softplus(x))
 * @example
 * await jit((x) => activations.mish(x))([0, 1]);   // [0, 0.865098]
 * @see https://arxiv.org/abs/1908.08681
 */
export function mish(x: Operand): Value {
  const value = toFloat(x);
  return multiply(value, tanh(softplus(value)));
}

/**
 * x, unchanged.
 * @example
 * await jit((x) => activations.linear(x))([-1, 2]);   // [-1, 2]
 * @see https://keras.io/api/layers/activations/#linear-function
 */
export const linear = (x: Operand): Value => toValue(x);
