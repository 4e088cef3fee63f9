import type { Operand } from '../../compiler/builder/operand.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { gelu } from '../activations/index.ts';

/**
 * GELU in its approximation by tanh, the activation of GPT-2 in keras-hub, whose files name it.
 *
 *     y = x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 x³)))
 *
 * @example
 * await jit((x) => geluApproximate(x))([0, 1]);    // [0, 0.8412]
 * @see https://arxiv.org/abs/1606.08415
 */
export function geluApproximate(x: Operand): Value {
  return gelu(x, { approximate: true });
}
