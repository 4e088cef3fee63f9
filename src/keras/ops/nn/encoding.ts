import { type DType, checkDType } from '../../../core/dtype.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, fixed, op } from '../base/op.ts';

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /** The type of the elements. @default 'float32' */
  dtype?: DType | null;
}

/**
 * A new last axis of `numClasses` with a one at the index and zeros elsewhere; all zeros for an index out of range.
 *
 * Shapes: x (…) → (…, numClasses).
 *
 * @example
 * await jit((x) => ops.oneHot(x, 3))([2, 0]);   // [[0, 0, 1], [1, 0, 0]]
 * @see https://keras.io/api/ops/nn/#one_hot-function
 */
export const oneHot: Symbolic<(x: Operand, numClasses: number, options?: OneHotOptions) => Value> = op(
  'nn.OneHot',
  ['x'],
  { numClasses: REQUIRED, axis: fixed(-1), dtype: 'float32', sparse: fixed(false) },
  (x: Operand, numClasses: number, { dtype }: OneHotOptions = {}): Value => {
    const attributes = { depth: numClasses, dtype: checkDType(dtype ?? 'float32', 'ops.oneHot') };
    return createNode('oneHot', [castTo(toValue(x), 'int32')], attributes)[0];
  },
);
