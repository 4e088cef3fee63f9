import { ValueError } from '../../core/errors.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import type { CallbackModel } from './callback.ts';

/** The part of a model that callbacks use to read and write files. */
export interface SavableModel extends CallbackModel {
  /** Whether the weights exist. */
  readonly built: boolean;
  /** The trainable weights. */
  readonly trainableWeights: readonly Variable[];
  /** The first epoch of a training, which `fit` reads after `onTrainBegin`. */
  initialEpoch: number;
  /** Writes the model to a file. */
  save(path: string): Promise<unknown>;
  /** Writes the weights and the state of the optimizer to a file. */
  saveWeights(path: string): Promise<unknown>;
  /** Reads the weights and the state of the optimizer from a file. */
  loadWeights(path: string): Promise<unknown>;
}

/** Returns the model. @throws ValueError if it is a custom one that cannot be saved. */
export function savable(who: string, model: CallbackModel): SavableModel {
  for (const method of ['save', 'saveWeights', 'loadWeights'] as const) {
    if (typeof Reflect.get(model, method) !== 'function') {
      throw new ValueError(`[${who}] the model must have a method ${method}. Received: ${model.name}, which has none.`);
    }
  }
  return model as SavableModel;
}
