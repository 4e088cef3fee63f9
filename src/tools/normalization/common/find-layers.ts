import { ValueError, show } from '../../../core/errors.ts';
import { type NamedLayer, layersIn } from '../../../keras/layers/base/named-layers.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import { type AnyModel, Model } from '../../../keras/models/model.ts';

/** Returns an argument that must be a model. */
export function checkModel(who: string, model: unknown): AnyModel {
  const isModel = (value: unknown): value is Model => value instanceof Model;
  if (!isModel(model)) throw new TypeError(`[${who}] expected a model. Received: ${show(model)}.`);
  return model;
}

/** Returns an argument that must be a model with weights. */
export function checkBuiltModel(who: string, given: unknown): AnyModel {
  const model = checkModel(who, given);
  if (!model.built) {
    throw new ValueError(
      `[${who}] the model must be built. Received: ${model.who}. Call build([…]), or load its weights.`,
    );
  }
  return model;
}

const isBatchNormalization = (named: NamedLayer): named is NamedLayer<BatchNormalization> =>
  named.layer instanceof BatchNormalization;

/**
 * Returns the batch normalization layers of a model: all, or those with the given names.
 * @throws TypeError if the names are not a list; ValueError if there are none, or a name is not that of one.
 */
export function batchNormalizationsIn(
  who: string,
  model: AnyModel,
  names: readonly string[] | null = null,
): readonly NamedLayer<BatchNormalization>[] {
  const found = layersIn(model).filter(isBatchNormalization);
  if (found.length === 0) {
    throw new ValueError(
      `[${who}] the model must have a BatchNormalization layer. Received: ${model.who} without one.`,
    );
  }
  if (names === null) return found;
  if (!Array.isArray(names)) {
    throw new TypeError(`[${who}] layers must be a list of names, or null for all. Received: layers=${show(names)}.`);
  }
  return names.map((wanted: unknown) => {
    const named = found.find(({ name }) => name === wanted);
    if (named !== undefined) return named;
    throw new ValueError(
      `[${who}] layers must be names of BatchNormalization layers of the model. Received: ${show(wanted)}. It has ${found.map(({ name }) => name).join(', ')}.`,
    );
  });
}
