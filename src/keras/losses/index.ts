/**
 * The losses of Keras.
 *
 * @module evenkeel/losses
 */
export {
  type CrossentropyOptions,
  type SparseCrossentropyOptions,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from './crossentropy.ts';
export { Loss, type LossOptions } from './loss.ts';
export type { Reduction, Weights } from './reduction.ts';
export { type LossIdentifier, deserialize, get, resolve, serialize } from './resolve.ts';
export * from './roster.ts';
