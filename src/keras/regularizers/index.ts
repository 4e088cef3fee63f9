/**
 * The regularizers of Keras.
 *
 * @module evenkeel/regularizers
 */
export * from './functions.ts';
export { Regularizer } from './regularizer.ts';
export { type RegularizerIdentifier, deserialize, get, serialize } from './resolve.ts';
export * from './roster.ts';
