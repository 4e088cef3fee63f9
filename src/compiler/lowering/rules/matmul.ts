import { emitMatmul } from '../emit/matmul.ts';
import type { LowerRules } from './rule.ts';

export const matmulRules: LowerRules<'matmul'> = {
  matmul: (context) => {
    const {
      operands: [a, b],
      inputs: [left, right],
    } = context;
    return [emitMatmul(context, left, right, [a.rank, b.rank], a.dtype, context.attributes)];
  },
};
