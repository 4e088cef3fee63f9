import { type DType, isFloat } from '../../../core/dtype.ts';
import { type Builder, MICROSOFT } from './builder.ts';
import type { EmitContext } from './context.ts';
import { isOnProcessor } from './target.ts';

interface Transposition {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A matrix product in the cheapest form that the engine has for these ranks. */
export function emitMatmul(
  context: EmitContext,
  a: string,
  b: string,
  ranks: readonly [number, number],
  dtype: DType,
  { transposeA, transposeB }: Transposition,
): string {
  const { builder } = context;
  if (!transposeA && !transposeB) return builder.emit('MatMul', [a, b]);
  if (ranks[0] === 2 && ranks[1] === 2 && isFloat(dtype)) {
    const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
    return builder.emit('Gemm', [a, b], { attributes });
  }
  if (dtype === 'float32' && isOnProcessor(context.target)) {
    const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
    return builder.emit('FusedMatMul', [a, b], { attributes, domain: MICROSOFT });
  }
  const ordered = [
    transposeA ? emitMatrixTranspose(builder, a, ranks[0]) : a,
    transposeB ? emitMatrixTranspose(builder, b, ranks[1]) : b,
  ];
  return builder.emit('MatMul', ordered);
}

/** A value with its last two axes exchanged. */
export function emitMatrixTranspose(builder: Builder, name: string, rank: number): string {
  const perm = Array.from({ length: rank }, (_, i) => i);
  [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
  return builder.emit('Transpose', [name], { attributes: { perm } });
}

/** c + A B or c − A B of three matrices [A, B, c]: c is copied, and the product is added to the copy as it is computed. */
export function emitSumWithProduct(
  builder: Builder,
  operands: readonly string[],
  { transposeA, transposeB }: Transposition,
  isNegative: boolean,
): string {
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0, alpha: { float: isNegative ? -1 : 1 } };
  return builder.emit('Gemm', operands, { attributes });
}
