import { canonicalAxis } from '../../../core/axes.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type DType, checkDType } from '../../../core/dtype.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, fixed, op } from '../base/op.ts';

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /** The new axis. @default -1 */
  axis?: number | undefined;
  /** The type of the elements. @default 'float32' */
  dtype?: DType | null;
}

/**
 * A new axis of `numClasses` with a one at the index and zeros elsewhere; all zeros for an index out of range.
 *
 * Shapes: x (…) → (…, numClasses), or with the new axis at `axis`.
 *
 * @throws ValueError if the axis is out of range.
 *
 * @example
 * await jit((x) => ops.oneHot(x, 3))([2, 0]);   // [[0, 0, 1], [1, 0, 0]]
 * @see https://keras.io/api/ops/nn/#one_hot-function
 */
export const oneHot: Symbolic<(x: Operand, numClasses: number, options?: OneHotOptions) => Value> = op(
  'nn.OneHot',
  ['x'],
  { numClasses: REQUIRED, axis: -1, dtype: 'float32', sparse: fixed(false) },
  (x: Operand, numClasses: number, { axis = -1, dtype }: OneHotOptions = {}): Value => {
    const attributes = { depth: numClasses, dtype: checkDType(dtype ?? 'float32', 'ops.oneHot') };
    const indices = castTo(toValue(x), 'int32');
    const at = canonicalAxis(axis, indices.rank + 1, 'ops.oneHot');
    const [encoded] = createNode('oneHot', [indices], attributes);
    const others = indices.shape.map((_, i) => i);
    return build.transpose(encoded, others.toSpliced(at, 0, indices.rank));
  },
);
