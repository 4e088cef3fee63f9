export { evaluate } from './evaluate.ts';
export { jit } from './jit.ts';
export { Program, type ProgramOptions, type RunOptions, type RunResults } from './program.ts';
export { signatureOf, traceFunction } from './trace-function.ts';
export { type ValueAndGradOptions, type ValueAndGradResult, valueAndGrad } from './value-and-grad.ts';
export { FreezableProgram } from './freezable-program.ts';
export { ProgramFamily, type FamilyMember, type Traced } from './program-family.ts';
export { releaseSessions } from './session-pool.ts';
export type { KnownType } from './size-template.ts';
