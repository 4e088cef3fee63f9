import { type Shape, broadcastShapes } from '../../../core/shape.ts';
import { type InferRules, sameDType, shapeMismatch } from './rule.ts';

/** Rows and columns of a matrix, after transposing it if asked. */
function lastTwo(shape: Shape, transposed: boolean): readonly [number | null, number | null] {
  const [rows, columns] = [shape.at(-2) ?? null, shape.at(-1) ?? null];
  return transposed ? [columns, rows] : [rows, columns];
}

export const matmulRules: InferRules<'matmul'> = {
  matmul: (operands, { transposeA, transposeB }) => {
    const [a, b] = operands;
    if (a.shape.length < 2 || b.shape.length < 2) {
      throw shapeMismatch('matmul', 'the operands must have rank ≥ 2', operands);
    }
    const [rowsA, columnsA] = lastTwo(a.shape, transposeA);
    const [rowsB, columnsB] = lastTwo(b.shape, transposeB);
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (batch === null || (columnsA !== null && rowsB !== null && columnsA !== rowsB)) {
      throw shapeMismatch('matmul', 'the inner sizes must be equal and the batch axes must broadcast', operands);
    }
    return [{ shape: [...batch, rowsA, columnsB], dtype: sameDType('matmul', operands) }];
  },
};
