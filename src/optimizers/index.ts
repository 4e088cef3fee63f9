export { Adam, type AdamOptions, AdamW } from './adam.ts';
export { type ConstraintOf, Optimizer, type WeightDecayExclusion } from './optimizer.ts';
export type { OptimizerOptions } from './options.ts';
export { type OptimizerIdentifier, get, serialize } from './resolve.ts';
export { RMSprop, type RMSpropOptions } from './rmsprop.ts';
export { SGD, type SGDOptions } from './sgd.ts';
export type { UpdateStep } from './update-step.ts';
