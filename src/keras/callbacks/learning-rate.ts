import type { CallbackModel } from './callback.ts';

/** Returns the learning rate of a model. @throws ValueError if the model is not compiled. */
export function learningRateOf({ optimizer }: CallbackModel): number {
  return optimizer.learningRate.value.item();
}

/** Checks, before the first step, that the learning rate can be set. @throws ValueError if it follows a schedule. */
export function checkLearningRate(model: CallbackModel): void {
  setLearningRate(model, learningRateOf(model));
}

/** Sets the learning rate of a model. */
export function setLearningRate({ optimizer }: CallbackModel, rate: number): void {
  optimizer.learningRate = rate;
}
