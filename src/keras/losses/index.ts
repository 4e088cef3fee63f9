export { Circle, type CircleFunctionOptions, type CircleOptions, circle } from './circle.ts';
export * from './crossentropy-classes.ts';
export {
  type CrossentropyOptions,
  type SparseCrossentropyOptions,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from './crossentropy.ts';
export { CTC, ctc } from './ctc.ts';
export * from './divergence.ts';
export {
  BinaryFocalCrossentropy,
  type BinaryFocalOptions,
  CategoricalFocalCrossentropy,
  type CategoricalFocalOptions,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
} from './focal.ts';
export { CategoricalGeneralizedCrossEntropy, categoricalGeneralizedCrossEntropy } from './generalized-crossentropy.ts';
export * from './hinge.ts';
export { Loss, type LossOptions } from './loss.ts';
export { Dice, type DiceOptions, Tversky, type TverskyOptions, dice, tversky } from './overlap.ts';
export type { Reduction, Weights } from './reduction.ts';
export * from './regression.ts';
export { type LossIdentifier, deserialize, get, resolve, serialize } from './resolve.ts';
export { checkLabels } from './targets.ts';
export { type LossFunction, LossFunctionWrapper } from './wrapper.ts';
