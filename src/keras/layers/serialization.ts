import { type Config, type Json, isRecord } from '../../core/config.ts';
import { snakeCase } from '../../core/names.ts';
import { isLibraryObject } from '../saving/library-objects.ts';
import type { ReadContext } from '../saving/read-context.ts';
import type { CustomObjects } from '../saving/registry.ts';
import * as activations from './activations/index.ts';
import * as applications from './applications/index.ts';
import * as attention from './attention/index.ts';
import { Layer } from './base/layer.ts';
import {
  type LayerClasses,
  type LayerReadContext,
  type SerializedLayer,
  classesIn,
  deserializeWith,
  serializeWith,
} from './base/serialization.ts';
import * as convolutional from './convolutional/index.ts';
import * as core from './core/index.ts';
import * as featureSpace from './feature-space/index.ts';
import * as merging from './merging/index.ts';
import * as normalization from './normalization/index.ts';
import * as pooling from './pooling/index.ts';
import * as preprocessing from './preprocessing/index.ts';
import * as regularization from './regularization/index.ts';
import * as reshaping from './reshaping/index.ts';
import * as rnn from './rnn/index.ts';

export type { SerializedLayer } from './base/serialization.ts';

/** The classes of layers by the names that files have for them: the exports of the folders. */
export const layerClasses: LayerClasses = classesIn(
  ...[activations, applications, attention, convolutional, core, featureSpace, merging, normalization],
  ...[pooling, preprocessing, regularization, reshaping, rnn],
);

/** Whether a layer is of a class of this library itself, not of one that extends it. */
export function isBuiltIn(layer: Layer): boolean {
  return Object.values<unknown>(layerClasses).includes(layer.constructor) || isLibraryObject(layer.constructor);
}

/**
 * Keras's JSON for a layer: its class, the arguments of its constructor, and the shape that it was built for.
 *
 * @throws TypeError if a function in it has no name.
 * @example
 * const { class_name, config } = layers.serialize(new layers.Flatten({ name: 'flat' }));
 * class_name;             // 'Flatten'
 * config.data_format;     // 'channels_last'
 * @see https://keras.io/api/utils/serialization_utils/
 */
export function serializeLayer(layer: Layer): SerializedLayer {
  const config = layer.getConfig();
  return serializeWith(layerClasses, layer, { ...config, ...nestedConfigs(layer, config) });
}

/** The layers among the options of a layer, each with its entry in the JSON of that layer. */
export function nestedEntries(layer: Layer, { config }: SerializedLayer): readonly (readonly [Layer, object])[] {
  return Object.entries(layer).flatMap(([name, value]: [string, unknown]) => {
    const json = config[snakeCase(name)];
    if (value instanceof Layer) return isRecord(json) ? [[value, json] as const] : [];
    if (!Array.isArray(value) || !Array.isArray(json) || value.length !== json.length) return [];
    return value.flatMap((each: unknown, i) => {
      const entry: unknown = json[i];
      return each instanceof Layer && isRecord(entry) ? [[each, entry] as const] : [];
    });
  });
}

/** The configs of the layers among the options of a layer, which may be of any class. */
function nestedConfigs(layer: Layer, config: Config): Config {
  const attributes = new Map(Object.entries(layer).map(([name, value]: [string, unknown]) => [snakeCase(name), value]));
  const entries = Object.keys(config).flatMap((key): readonly (readonly [string, Json])[] => {
    const value = attributes.get(key);
    if (value instanceof Layer) return [[key, { ...serializeLayer(value) }]];
    if (!Array.isArray(value) || value.length === 0 || !value.every((each) => each instanceof Layer)) return [];
    return [[key, value.map((each): Json => ({ ...serializeLayer(each) }))]];
  });
  return Object.fromEntries(entries);
}

/**
 * The layer that a config object describes, built if the object contains the shape.
 *
 * `customObjects` holds the user's classes and functions (layers, activations, initializers, …) by the names that the
 * config has for them; they take precedence over built-in ones.
 *
 * @throws TypeError if there is no such layer, or the argument is not a config object.
 * @example
 * const json = layers.serialize(new layers.Dense(10, { activation: 'relu' }));
 * layers.deserialize(json).computeOutputShape([null, 4]);    // [null, 10]
 * @see https://keras.io/api/utils/serialization_utils/
 */
export function deserializeLayer(serialized: unknown, customObjects: CustomObjects = {}): Layer {
  return readLayerIn({ customObjects }, serialized);
}

/** Returns the layer that a config object describes, as a part of the file or model that the context belongs to. */
export function readLayerIn(given: ReadContext, serialized: unknown): Layer {
  const context: LayerReadContext = {
    ...given,
    readLayer: (json) => {
      const make = (): Layer => deserializeWith(layerClasses, json, context);
      // The model may contain the layer as well, which is then one object in two places.
      return typeof json === 'object' && json !== null ? (context.sharedObjects?.read(json, make) ?? make()) : make();
    },
  };
  return deserializeWith(layerClasses, serialized, context);
}
