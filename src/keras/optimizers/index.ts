/**
 * The optimizers and learning rate schedules of Keras.
 *
 * @module evenkeel/optimizers
 */
export * from './roster.ts';
export type { Constraints, WeightConstraint } from './eager-steps.ts';
export type { LearningRate, LearningRateFunction } from './learning-rate.ts';
export { LossScaleOptimizer, type LossScaleOptimizerOptions } from './loss-scale-optimizer.ts';
export { MultiOptimizer, type MultiOptimizerOptions, type OptimizerSelector } from './multi-optimizer.ts';
export { type ApplyOptions, Optimizer, type WeightDecayExclusion } from './optimizer.ts';
export { OptimizerMap, type OptimizerMapOptions } from './optimizer-map.ts';
export type { OptimizerOptions } from './options.ts';
export { type OptimizerIdentifier, deserialize, get, serialize } from './resolve.ts';
export * as schedules from './schedules/index.ts';
export type { SlotStarts, StepInput, StepResult } from './step.ts';
