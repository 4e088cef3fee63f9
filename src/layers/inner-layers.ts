import type { Config, SerializedObject } from '../core/config.ts';
import { InternalError } from '../core/errors.ts';
import { Layer } from './layer.ts';

/** How a layer inside a layer is written to a config and read from it. */
export interface LayerSerialization {
  serialize(layer: Layer): SerializedObject;
  deserialize(serialized: unknown): Layer;
}

let serialization: LayerSerialization | null = null;

/** For `all.ts` alone: it knows every class, those of layers that hold layers too, so these cannot import it. */
export function provideSerialization(given: LayerSerialization): void {
  serialization = given;
}

function provided(): LayerSerialization {
  if (serialization === null) throw new InternalError('layers/all.ts was not loaded.');
  return serialization;
}

/** Keras's JSON for a layer that another one holds. */
export function innerConfig(layer: Layer): Config {
  return { ...provided().serialize(layer) };
}

/** The layer that another one's config describes, or that `deserialize` has put there already. */
export function readInnerLayer(config: unknown): Layer {
  return config instanceof Layer ? config : provided().deserialize(config);
}
