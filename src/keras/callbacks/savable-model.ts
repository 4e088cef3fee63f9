import { ValueError } from '../../core/errors.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import type { CallbackModel } from './callback.ts';

/** What callbacks that write files, or read them, need of a model besides. */
export interface SavableModel extends CallbackModel {
  /** Whether there are weights. */
  readonly built: boolean;
  /** The weights that training changes. */
  readonly trainableWeights: readonly Variable[];
  /** The epoch that a training begins with: `fit` reads it after `onTrainBegin`. */
  initialEpoch: number;
  /** Writes the model into a file. */
  save(path: string): Promise<unknown>;
  /** Writes the weights, and the state of the optimizer, into a file. */
  saveWeights(path: string): Promise<unknown>;
  /** Reads the weights, and the state of the optimizer, from a file. */
  loadWeights(path: string): Promise<unknown>;
}

/** @throws ValueError if the model, one of the user's own, cannot be saved. */
export function savable(who: string, model: CallbackModel): SavableModel {
  for (const method of ['save', 'saveWeights', 'loadWeights'] as const) {
    if (typeof Reflect.get(model, method) !== 'function') {
      throw new ValueError(`[${who}] the model must have a method ${method}. Received: ${model.name}, which has none.`);
    }
  }
  return model as SavableModel;
}
