export { jit } from './jit.ts';
export { Program, type ProgramOptions, type RunOptions, type RunResults } from './program.ts';
export { signatureOf, traceFunction } from './trace-function.ts';
export { type ValueAndGradOptions, type ValueAndGradResult, valueAndGrad } from './value-and-grad.ts';
