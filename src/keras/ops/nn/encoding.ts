import { canonicalAxis } from '../../../core/axes.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type DType, checkDType } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
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

/** Options of {@link multiHot}. */
export interface MultiHotOptions {
  /** The axis of the classes. @default -1 */
  axis?: number;
  /** The type of the elements. @default null, float32 */
  dtype?: DType | null;
}

/**
 * Ones at all labels of a sample: the maximum of {@link oneHot} over the labels.
 *
 * Shapes: `[batch, labels]` → `[batch, numClasses]`, `[labels]` → `[numClasses]`.
 *
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.multiHot(x, 5))([[0, 4], [1, 1]]);   // [[1, 0, 0, 0, 1], [0, 1, 0, 0, 0]]
 * @see https://keras.io/api/ops/nn/#multi_hot-function
 */
export const multiHot: Symbolic<(inputs: Operand, numClasses: number, options?: MultiHotOptions) => Value> = op(
  'nn.MultiHot',
  ['inputs'],
  { numClasses: REQUIRED, axis: -1, dtype: 'float32', sparse: fixed(false) },
  (inputs: Operand, numClasses: number, { axis = -1, dtype = null }: MultiHotOptions = {}): Value => {
    const type = checkDType(dtype ?? 'float32', 'ops.multiHot');
    const value = toValue(inputs);
    if (value.rank === 0) {
      throw new ValueError('[ops.multiHot] inputs must have an axis of labels. Received: a scalar.');
    }
    const hot = oneHot(value, numClasses, { axis, dtype: type === 'bool' ? 'int32' : type });
    return castTo(build.max(hot, { axes: [Math.min(1, hot.rank - 2)] }), type);
  },
);
