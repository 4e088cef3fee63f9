export { Constraint } from './constraint.ts';
export * from './norms.ts';
export { type ConstraintIdentifier, deserialize, get, serialize } from './resolve.ts';
