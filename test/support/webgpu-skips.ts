import type { Skip } from './engine-suite.ts';

/** The primitives for which the WebGPU provider has no operators, so that they are refused by name there. */
export const webgpuSkips: readonly Skip[] = [
  { reason: 'loops are unrolled, which needs a limit', tests: ['whileLoop of powers', 'whileLoop of no round'] },
];
