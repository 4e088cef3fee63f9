/** The losses: a line for each file. The classes that strings and configs name are derived from these exports. */
export { Circle, type CircleFunctionOptions, type CircleOptions, circle } from './circle.ts';
export { BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy } from './crossentropy-classes.ts';
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
export * from './generalized-crossentropy.ts';
export * from './hinge.ts';
export { Dice, type DiceOptions, Tversky, type TverskyOptions, dice, tversky } from './overlap.ts';
export * from './regression.ts';
export { type LossFunction, LossFunctionWrapper } from './wrapper.ts';
