import type { Skip } from './engine-suite.ts';

/** The primitives for which the WebGPU provider has no operators, so that they are refused by name there. */
export const webgpuSkips: readonly Skip[] = [
  { reason: 'loops are unrolled, which needs a limit', tests: ['whileLoop of powers', 'whileLoop of no round'] },
  {
    reason: 'it has no Atan, Mod and bitwise operators',
    tests: ['arctan ', 'remainder ', 'bitwiseAnd ', 'bitwiseOr ', 'bitwiseXor '],
  },
  { reason: 'its TopK is one of float32', tests: ['topK of int32', 'topK of booleans'] },
  { reason: 'indices of ScatterND are int64, which it cannot reshape', tests: ['scatterRows '] },
];
