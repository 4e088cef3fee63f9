import { broadcastShapes, known, sizeOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { at, broadcastOffsets, zeros } from '../arrays/array.ts';
import type { EvaluateRules } from './rule.ts';

/** The rows and columns of a matrix that may be read transposed, and their strides. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

function matrixOf({ shape }: Tensor, transposed: boolean): Matrix {
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  return transposed
    ? { rows: columns, columns: rows, rowStride: 1, columnStride: columns }
    : { rows, columns, rowStride: columns, columnStride: 1 };
}

export const matmulRules: EvaluateRules<'matmul'> = {
  matmul: ([a, b], { transposeA, transposeB }) => {
    const [left, right] = [matrixOf(a, transposeA), matrixOf(b, transposeB)];
    const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
    const batch = known(broadcastShapes(batchA, batchB) ?? []);
    const [fromA, fromB] = [broadcastOffsets(batchA, batch), broadcastOffsets(batchB, batch)];
    const result = zeros(a.dtype, [...batch, left.rows, right.columns]);
    let to = 0;
    for (let n = 0; n < sizeOf(batch); n++) {
      const baseA = at(fromA, n) * left.rows * left.columns;
      const baseB = at(fromB, n) * right.rows * right.columns;
      for (let i = 0; i < left.rows; i++) {
        for (let j = 0; j < right.columns; j++) {
          let sum = 0;
          for (let k = 0; k < left.columns; k++) {
            const x = at(a.data, baseA + i * left.rowStride + k * left.columnStride);
            sum += x * at(b.data, baseB + k * right.rowStride + j * right.columnStride);
          }
          result.data[to++] = sum;
        }
      }
    }
    return [result];
  },
};
