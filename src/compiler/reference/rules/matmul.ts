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

/** The product of a row and a column. The elements exist; `at` is an import, which is slower than the product. */
function dot(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  startA: number,
  stepA: number,
  startB: number,
  stepB: number,
  count: number,
): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += (a[startA + k * stepA] ?? NaN) * (b[startB + k * stepB] ?? NaN);
  return sum;
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
          const [fromLeft, fromRight] = [baseA + i * left.rowStride, baseB + j * right.columnStride];
          result.data[to++] = dot(
            a.data,
            b.data,
            fromLeft,
            left.columnStride,
            fromRight,
            right.rowStride,
            left.columns,
          );
        }
      }
    }
    return [result];
  },
};
