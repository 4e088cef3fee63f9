export * from './crossentropy-classes.ts';
export {
  type CrossentropyOptions,
  type SparseCrossentropyOptions,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from './crossentropy.ts';
export * from './divergence.ts';
export {
  BinaryFocalCrossentropy,
  type BinaryFocalOptions,
  CategoricalFocalCrossentropy,
  type CategoricalFocalOptions,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
} from './focal.ts';
export * from './hinge.ts';
export { Loss, type LossOptions } from './loss.ts';
export type { Reduction, Weights } from './reduction.ts';
export * from './regression.ts';
export { type LossIdentifier, get, resolve, serialize } from './resolve.ts';
export { checkLabels } from './targets.ts';
export { type LossFunction, LossFunctionWrapper } from './wrapper.ts';
