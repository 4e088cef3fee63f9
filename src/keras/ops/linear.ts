import { createNode } from '../../compiler/graph/node.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { reshape } from './movement.ts';
import { type Operand, unifyTwo } from './operand.ts';

/**
 * The matrix product over the last two axes; the axes before them broadcast.
 *
 *     y[…, i, j] = Σₖ a[…, i, k] · b[…, k, j]
 *
 * Shapes: (…, m, k) × (…, k, n) → (…, m, n). An operand of rank 1 is a row (on the left) or a column (on the right),
 * and its axis goes again.
 *
 * @throws ValueError if the inner sizes differ, or the axes before them do not broadcast.
 * @example
 * await jit((a, b) => ops.matmul(a, b))([[1, 2], [3, 4]], [10, 1]);   // [12, 34]
 * @see https://keras.io/api/ops/numpy/#matmul-function
 */
export function matmul(a: Operand, b: Operand): Value {
  const [x, y] = unifyTwo(a, b);
  const left = x.rank === 1 ? reshape(x, [1, ...x.shape]) : x;
  const right = y.rank === 1 ? reshape(y, [...y.shape, 1]) : y;
  const [product] = createNode('matmul', [left, right], { transposeA: false, transposeB: false });
  const shape = [...product.shape];
  if (y.rank === 1) shape.pop();
  if (x.rank === 1) shape.splice(y.rank === 1 ? shape.length - 1 : shape.length - 2, 1);
  return reshape(product, shape);
}
