import { ValueError } from '../../core/errors.ts';
import type { CallbackModel } from './callback.ts';

/** Returns the learning rate of a model. @throws ValueError if the model is not compiled. */
export function learningRateOf({ optimizer, name }: CallbackModel): number {
  if (optimizer === null) throw new ValueError(`[${name}] a model has no learning rate before it is compiled.`);
  return optimizer.learningRate.value.item();
}

/** Checks, before the first step, that the learning rate can be set. @throws ValueError if it follows a schedule. */
export function checkLearningRate(model: CallbackModel): void {
  setLearningRate(model, learningRateOf(model));
}

/** Sets the learning rate of a model. */
export function setLearningRate({ optimizer }: CallbackModel, rate: number): void {
  if (optimizer !== null) optimizer.learningRate = rate;
}
