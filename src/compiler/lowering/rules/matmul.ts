import { type LowerContext, sizeOfAxis } from '../emit/context.ts';
import { emitMatmul, emitMatrixTranspose } from '../emit/matmul.ts';
import { emitReduce } from '../emit/reduce.ts';
import { provides } from '../emit/target.ts';
import type { LowerRules } from './rule.ts';

export const matmulRules: LowerRules<'matmul'> = {
  matmul: (context) => {
    const {
      operands: [a, b],
      inputs: [left, right],
    } = context;
    if (!provides(context.target, 'MatMul', a.dtype)) return [matmulBySums(context)];
    return [emitMatmul(context, left, right, [a.rank, b.rank], a.dtype, context.attributes)];
  },
};

/** Σₖ a[…, m, k, 1] · b[…, 1, k, n], for dtypes for which the engine has sums but no matrix products. */
function matmulBySums(context: LowerContext<'matmul'>): string {
  const { builder, inputs, operands, attributes } = context;
  const operand = (i: 0 | 1, transpose: boolean): { name: string; shape: readonly number[] } => {
    const { knownShape: shape, rank } = operands[i];
    if (!transpose) return { name: inputs[i], shape };
    const transposed = [...shape.slice(0, -2), sizeOfAxis(shape, -1), sizeOfAxis(shape, -2)];
    return { name: emitMatrixTranspose(builder, inputs[i], rank), shape: transposed };
  };
  const [a, b] = [operand(0, attributes.transposeA), operand(1, attributes.transposeB)];
  const product = builder.emit('Mul', [
    builder.reshape(a.name, [...a.shape, 1]),
    builder.reshape(b.name, [...b.shape.slice(0, -2), 1, ...b.shape.slice(-2)]),
  ]);
  const rank = Math.max(a.shape.length, b.shape.length);
  return emitReduce(context, 'ReduceSum', product, [rank - 1], false);
}
