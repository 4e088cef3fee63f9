export { Constraint } from './constraint.ts';
export * from './norms.ts';
export { type ConstraintIdentifier, get, serialize } from './resolve.ts';
