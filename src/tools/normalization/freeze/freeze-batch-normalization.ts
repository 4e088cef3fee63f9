import { checkOptions } from '../../../core/checks.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import { batchNormalizationsIn, checkBuiltModel } from '../common/find-layers.ts';

/** Options of {@link freezeBatchNormalization} and {@link unfreezeBatchNormalization}. */
export interface FreezeOptions {
  /** The names of the layers; `outer/inner` for a layer of a nested model. @default all */
  readonly layers?: readonly string[] | null | undefined;
}

/**
 * Freezes batch normalization layers: they normalize by their moving statistics in training too, which do not change, nor do
 * γ and β. Other layers stay as they are. Applies from the next step; `summary` marks the layers.
 *
 * @returns the names of the layers that were not frozen before
 * @throws TypeError for something that is not a model or an unknown option; ValueError if the model is not built or has no
 * batch normalization, or a name in `layers` is unknown; no layer is changed then.
 * @example
 * const bn = new layers.BatchNormalization({ name: 'bn' });
 * const model = new Sequential([Input({ shape: [3] }), new layers.Dense(3), bn]);
 * freezeBatchNormalization(model);       // ['bn']
 * bn.trainable;                          // false
 * model.trainableWeights.length;         // 2
 * @see https://keras.io/guides/transfer_learning/
 */
export function freezeBatchNormalization(model: AnyModel, options: FreezeOptions = {}): readonly string[] {
  return setTrainable('freezeBatchNormalization', model, options, false);
}

/**
 * Undoes {@link freezeBatchNormalization}. An optimizer that was built while the layers were frozen needs another `compile`.
 *
 * @returns the names of the layers that were frozen before
 * @throws as {@link freezeBatchNormalization}
 * @example
 * const bn = new layers.BatchNormalization({ name: 'bn', trainable: false });
 * unfreezeBatchNormalization(new Sequential([Input({ shape: [3] }), bn]));    // ['bn']
 * bn.trainable;                                                              // true
 * @see https://keras.io/guides/transfer_learning/
 */
export function unfreezeBatchNormalization(model: AnyModel, options: FreezeOptions = {}): readonly string[] {
  return setTrainable('unfreezeBatchNormalization', model, options, true);
}

function setTrainable(who: string, model: AnyModel, options: FreezeOptions, trainable: boolean): readonly string[] {
  checkOptions(who, options, ['layers']);
  const chosen = batchNormalizationsIn(who, checkBuiltModel(who, model), options.layers ?? null);
  const changed = chosen.filter(({ layer }) => layer.trainable !== trainable);
  for (const { layer } of changed) layer.trainable = trainable;
  return changed.map(({ name }) => name);
}
