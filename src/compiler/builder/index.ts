export * from './contractions.ts';
export * from './elementwise.ts';
export * from './movement.ts';
export * from './normalization.ts';
export { type Operand, castTo, toFloat, toValue, unify, unifyTwo } from './operand.ts';
export * from './reductions.ts';
export * from './scan.ts';
export * from './selection.ts';
