import { add } from '../../../compiler/builder/index.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { matmul, split } from '../../ops/index.ts';
import { dropped } from './sequence-dropout.ts';

/** The sum of two values, of which the second may be absent. */
export const plus = (x: Value, bias: Value | null | undefined): Value =>
  bias === null || bias === undefined ? x : add(x, bias);

/**
 * The products of x with the matrices in a kernel, which are side by side: one product, or one for each matrix if each has a
 * mask of its own.
 */
export function gateProducts(
  x: Value,
  kernel: Value,
  bias: Value | null,
  masks: readonly Value[],
  gates: number,
): readonly Value[] {
  if (masks.length < 2) return split(plus(matmul(dropped(x, masks[0]), kernel), bias), gates, { axis: -1 });
  const kernels = split(kernel, gates, { axis: -1 });
  const biases = bias === null ? [] : split(bias, gates, { axis: -1 });
  return kernels.map((each, i) => plus(matmul(dropped(x, masks[i]), each), biases[i]));
}
