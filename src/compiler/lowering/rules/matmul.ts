import { MICROSOFT } from '../builder.ts';
import type { PrimitiveName } from '../../graph/primitives.ts';
import { type LowerContext, type LowerRules, operand, operandType } from '../rule.ts';

export interface Transposition {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A matrix product in the engine's cheapest form for the ranks at hand. */
export function emitMatmul(
  context: LowerContext<PrimitiveName>,
  a: string,
  b: string,
  ranks: readonly [number, number],
  dtype: string,
  { transposeA, transposeB }: Transposition,
): string {
  const { builder } = context;
  if (!transposeA && !transposeB) return builder.emit('MatMul', [a, b]);
  const floating = dtype === 'float32' || dtype === 'float64';
  if (ranks[0] === 2 && ranks[1] === 2 && floating) {
    const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
    return builder.emit('Gemm', [a, b], { attributes });
  }
  if (dtype === 'float32' && context.target.engine !== 'any') {
    const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
    return builder.emit('FusedMatMul', [a, b], { attributes, domain: MICROSOFT });
  }
  const turned = (name: string, rank: number, turn: boolean): string => {
    if (!turn) return name;
    const perm = Array.from({ length: rank }, (_, i) => i);
    [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
    return builder.emit('Transpose', [name], { attributes: { perm } });
  };
  return builder.emit('MatMul', [turned(a, ranks[0], transposeA), turned(b, ranks[1], transposeB)]);
}

export const matmulRules: LowerRules<'matmul'> = {
  matmul: (context) => {
    const [a, b] = [operandType(context, 0), operandType(context, 1)];
    const ranks = [a.rank, b.rank] as const;
    return [emitMatmul(context, operand(context, 0), operand(context, 1), ranks, a.dtype, context.attributes)];
  },
};
