import { ValueError } from '../../../core/errors.ts';
import type { SavableModel } from '../keras-saveable.ts';

/** @throws ValueError if a model has no weights yet, which a file of weights alone would have to contain. */
export function checkBuilt(model: SavableModel, who: string): void {
  if (model.built) return;
  throw new ValueError(
    `[${who}] a model must be built before its weights are written. Received: a model without weights. Call build([…]), or call the model on data first.`,
  );
}
