export * from './elementwise.ts';
export * from './linear.ts';
export * from './movement.ts';
export * from './normalization.ts';
export * from './norms.ts';
export type { Operand } from './operand.ts';
export * from './reductions.ts';
export * from './windows.ts';
