import type { Config } from '../../core/config.ts';
import type { Layer } from '../layers/base/layer.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import { serialize } from '../layers/index.ts';
import { type SerializedLayer, nestedEntries, readLayerIn } from '../layers/serialization.ts';
import { deserializeOperation, isOperationConfig } from '../ops/serialization.ts';
import { Operation } from '../ops/base/operation.ts';
import { isSavableModel } from '../saving/keras-saveable.ts';
import type { ReadContext } from '../saving/read-context.ts';
import type { WriteContext } from '../saving/write-context.ts';
import type { LayerEntry } from './functional/read-config.ts';

/** Writes a layer, which may be a model or an operation, with its calls, as Keras's JSON. */
export function writeLayer(layer: Layer | Operation, context: WriteContext, calls: Config = {}): Config {
  if (layer instanceof Operation) return { ...(layer.serialize() as object), ...calls };
  const write = (): Config => ({
    ...(isSavableModel(layer) ? layer.serialize(context) : writeWithNested(layer, context)),
    ...calls,
  });
  // An input belongs to one model and has no state to share.
  return layer instanceof InputLayer ? write() : context.write(layer, write);
}

/** Writes a layer, and records the entries of the layers among its options, which the model may contain as well. */
function writeWithNested(layer: Layer, context: WriteContext): SerializedLayer {
  const serialized = serialize(layer);
  for (const [nested, entry] of nestedEntries(layer, serialized)) context.write(nested, () => entry);
  return serialized;
}

/**
 * Makes the layer of an entry of a config, which may be a model or an operation.
 * @throws TypeError if it names an unknown class; ValueError if it is malformed.
 */
export function readLayer(entry: LayerEntry, context: ReadContext): Layer | Operation {
  if (isOperationConfig(entry)) return deserializeOperation(entry);
  const { sharedObjects } = context;
  const make = (): Layer => makeLayer(entry, context);
  return sharedObjects === undefined || entry.class_name === 'InputLayer' ? make() : sharedObjects.read(entry, make);
}

function makeLayer(entry: LayerEntry, context: ReadContext): Layer {
  const layer = readLayerIn(context, entry);
  // A model subtracts those of its layers when it reads them.
  if (!isSavableModel(layer)) spendWeights(layer, context);
  return layer;
}

/** Subtracts the weights of a layer, and of the layers in it, from the budget of the file that it was read from. */
export function spendWeights(layer: Layer, { budget }: ReadContext): void {
  const all = new Set([layer]);
  for (const each of all) {
    budget?.spendOnce(each.who, 'weight', each.ownWeights);
    // A set visits what is added during the loop.
    for (const inner of each.sublayers) all.add(inner);
  }
}
