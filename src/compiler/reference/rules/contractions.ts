import type { ContractionName } from '../../graph/primitives.ts';
import { broadcastShapes, known, sizeOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { at, broadcastOffsets, zeros } from '../array.ts';
import { outputExtents, eachTap } from '../windows.ts';
import { type EvaluateRules, operand } from './rule.ts';

/** Rows, columns, and the strides of both in a matrix that may be read transposed. */
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

function addTo(target: Tensor, offset: number, amount: number): void {
  target.data[offset] = at(target.data, offset) + amount;
}

export const contractionRules: EvaluateRules<ContractionName> = {
  matmul: (inputs, { transposeA, transposeB }) => {
    const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
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

  // One list of products, summed three ways: over y, over x, over the kernel.
  conv: (inputs, attributes) => {
    const [x, kernel] = [operand(inputs, 0), operand(inputs, 1)];
    const spatial = outputExtents(x.shape.slice(2), kernel.shape.slice(2), attributes, attributes.dilations);
    const y = zeros(x.dtype, [x.shape[0] ?? 0, kernel.shape[0] ?? 0, ...spatial]);
    eachTap(x.shape, kernel.shape, y.shape, attributes, (atX, atKernel, atY) => {
      addTo(y, atY, at(x.data, atX) * at(kernel.data, atKernel));
    });
    return [y];
  },
  convInputGradient: (inputs, attributes) => {
    const [dy, kernel] = [operand(inputs, 0), operand(inputs, 1)];
    const channels = (kernel.shape[1] ?? 0) * attributes.groups;
    const dx = zeros(dy.dtype, [dy.shape[0] ?? 0, channels, ...attributes.inputShape]);
    eachTap(dx.shape, kernel.shape, dy.shape, attributes, (atX, atKernel, atY) => {
      addTo(dx, atX, at(dy.data, atY) * at(kernel.data, atKernel));
    });
    return [dx];
  },
  convKernelGradient: (inputs, attributes) => {
    const [x, dy] = [operand(inputs, 0), operand(inputs, 1)];
    const perGroup = (x.shape[1] ?? 0) / attributes.groups;
    const dk = zeros(x.dtype, [dy.shape[1] ?? 0, perGroup, ...attributes.kernelShape]);
    eachTap(x.shape, dk.shape, dy.shape, attributes, (atX, atKernel, atY) => {
      addTo(dk, atKernel, at(x.data, atX) * at(dy.data, atY));
    });
    return [dk];
  },
};
