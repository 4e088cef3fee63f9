import { LossScaleOptimizer, MultiOptimizer, type Optimizer } from '../optimizers/index.ts';
import type { CallbackModel } from './callback.ts';

/** An optimizer with a learning rate. */
export interface RatedOptimizer {
  readonly optimizer: Optimizer;
  /** The name of its learning rate in logs. */
  readonly log: string;
  /** Its name, followed by a space, in messages; '' if it is the only one. */
  readonly label: string;
}

/** The optimizers of a model that have learning rates: those in a MultiOptimizer, or its only one. */
export function ratedOptimizers({ optimizer }: CallbackModel): readonly RatedOptimizer[] {
  const inner = optimizer instanceof LossScaleOptimizer ? optimizer.innerOptimizer : optimizer;
  if (!(inner instanceof MultiOptimizer)) return [{ optimizer, log: 'learning_rate', label: '' }];
  return inner.optimizers.map((each) => ({
    optimizer: each,
    log: `learning_rate_${each.name}`,
    label: `${each.name} `,
  }));
}

/** Returns the current learning rate of an optimizer. */
export function learningRateOf({ optimizer }: RatedOptimizer): number {
  return optimizer.learningRate.value.item();
}

/** The learning rates of a model by their names in logs. @throws ValueError if the model is not compiled. */
export function learningRatesOf(model: CallbackModel): Readonly<Record<string, number>> {
  return Object.fromEntries(ratedOptimizers(model).map((rated) => [rated.log, learningRateOf(rated)]));
}

/** Checks, before the first step, that the learning rates can be set. @throws TypeError if one follows a schedule. */
export function checkLearningRates(model: CallbackModel): void {
  for (const rated of ratedOptimizers(model)) setLearningRate(rated, learningRateOf(rated));
}

/** Sets the learning rate of an optimizer. */
export function setLearningRate({ optimizer }: RatedOptimizer, rate: number): void {
  optimizer.learningRate = rate;
}
