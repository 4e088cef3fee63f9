/**
 * The constraints of Keras.
 *
 * @module evenkeel/constraints
 */
export { Constraint } from './constraint.ts';
export { type ConstraintIdentifier, deserialize, get, serialize } from './resolve.ts';
export * from './roster.ts';
