import { ValueError, show } from '../../../core/errors.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import { type AnyModel, Model } from '../../../keras/models/model.ts';

/** A layer of a model with its name; `outer/inner` for a layer of a nested model. */
export interface NamedLayer<L extends Layer = Layer> {
  readonly name: string;
  readonly layer: L;
}

/**
 * Returns the layers of a model, those of nested models and layers included, each once. Layers of a custom class may have the
 * same name: further ones get a number.
 */
export function layersIn(model: Layer): readonly NamedLayer[] {
  const seen = new Set<Layer>();
  const names = new Set<string>();
  const found: NamedLayer[] = [];
  const unique = (name: string, count = 1): string => {
    const wanted = count === 1 ? name : `${name} (${count})`;
    if (names.has(wanted)) return unique(name, count + 1);
    names.add(wanted);
    return wanted;
  };
  const visit = (outer: Layer, prefix: string): void => {
    for (const layer of outer.sublayers) {
      if (seen.has(layer)) continue;
      seen.add(layer);
      const name = unique(`${prefix}${layer.name}`);
      found.push({ name, layer });
      visit(layer, `${name}/`);
    }
  };
  visit(model, '');
  return found;
}

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
 * @throws ValueError if there are none, or a name is not that of one.
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
  return names.map((wanted) => {
    const named = found.find(({ name }) => name === wanted);
    if (named !== undefined) return named;
    throw new ValueError(
      `[${who}] layers must be names of BatchNormalization layers of the model. Received: ${show(wanted)}. It has ${found.map(({ name }) => name).join(', ')}.`,
    );
  });
}
