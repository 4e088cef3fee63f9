import { createNode } from '../graph/node.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from './movement.ts';
import { type Operand, unifyTwo } from './operand.ts';

/** The matrix product over the last two axes; an operand of rank 1 is a row (left) or a column (right). */
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
