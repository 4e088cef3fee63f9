import { type Config, type SerializedObject, isRecord, isSerializedObject } from '../core/config.ts';
import { show } from '../core/errors.ts';
import { unknownName } from '../core/options.ts';
import { type ConfigClass, type CustomObjects, findCustom, functionName } from '../core/registry.ts';
import { Activation } from './activations/activation.ts';
import { ReLU } from './activations/relu.ts';
import { Softmax } from './activations/softmax.ts';
import { Conv2D } from './convolutional/conv2d.ts';
import { Dense } from './core/dense.ts';
import { InputLayer } from './core/input-layer.ts';
import { Masking } from './core/masking.ts';
import { provideSerialization } from './inner-layers.ts';
import { type InputShape, isShape } from './input-shape.ts';
import { Layer } from './layer.ts';
import { BatchNormalization } from './normalization/batch-normalization.ts';
import { GroupNormalization } from './normalization/group-normalization.ts';
import { InstanceNormalization } from './normalization/instance-normalization.ts';
import { LayerNormalization } from './normalization/layer-normalization.ts';
import { RMSNormalization } from './normalization/rms-normalization.ts';
import { SpectralNormalization } from './normalization/spectral-normalization.ts';
import { SyncBatchNormalization } from './normalization/sync-batch-normalization.ts';
import { UnitNormalization } from './normalization/unit-normalization.ts';
import { WeightNormalization } from './normalization/weight-normalization.ts';
import { WeightWrapper } from './normalization/weight-wrapper.ts';
import { AveragePooling2D } from './pooling/average-pooling2d.ts';
import { GlobalAveragePooling2D } from './pooling/global-average-pooling2d.ts';
import { GlobalMaxPooling2D } from './pooling/global-max-pooling2d.ts';
import { MaxPooling2D } from './pooling/max-pooling2d.ts';
import { Normalization } from './preprocessing/normalization.ts';
import { Dropout } from './regularization/dropout.ts';
import { Flatten } from './reshaping/flatten.ts';
import { Reshape } from './reshaping/reshape.ts';

/** The layers that files know by the names of their classes: a plain table, so that nothing is registered by a side effect. */
export const layerClasses: Readonly<Record<string, ConfigClass<Layer>>> = {
  Activation,
  AveragePooling2D,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  GlobalAveragePooling2D,
  GlobalMaxPooling2D,
  GroupNormalization,
  InputLayer,
  InstanceNormalization,
  LayerNormalization,
  Masking,
  MaxPooling2D,
  Normalization,
  ReLU,
  RMSNormalization,
  Reshape,
  Softmax,
  SpectralNormalization,
  SyncBatchNormalization,
  UnitNormalization,
  WeightNormalization,
};

/** Keras's JSON for a layer. */
export interface SerializedLayer extends SerializedObject {
  /** What `build` was called with. */
  readonly build_config?: { readonly input_shape: InputShape };
}

/**
 * Keras's JSON for a layer: its class, the arguments to make it again, and the shape that it was built for.
 *
 * @throws TypeError if a function in it has no name.
 * @example
 * const { class_name, config } = layers.serialize(new layers.Flatten({ name: 'flat' }));
 * class_name;             // 'Flatten'
 * config.data_format;     // 'channels_last'
 * @see https://keras.io/api/utils/serialization_utils/
 */
export function serializeLayer(layer: Layer): SerializedLayer {
  const isBuiltin = Object.values<unknown>(layerClasses).includes(layer.constructor);
  return {
    module: isBuiltin ? 'keras.layers' : null,
    class_name: layer.className,
    config: layer.getConfig(),
    registered_name: isBuiltin ? null : layer.className,
    ...(layer.builtShape === null ? {} : { build_config: { input_shape: layer.builtShape } }),
  };
}

/**
 * The layer that a config object describes, built if the object says for which shape.
 *
 * `customObjects` holds the user's own classes and functions (layers, activations, initializers, …) by the names that
 * the config has for them; they come before the built-in ones.
 *
 * @throws TypeError if there is no such layer, or what is given is no config object.
 * @example
 * const json = layers.serialize(new layers.Dense(10, { activation: 'relu' }));
 * layers.deserialize(json).computeOutputShape([null, 4]);    // [null, 10]
 * @see https://keras.io/api/utils/serialization_utils/
 */
export function deserializeLayer(serialized: unknown, customObjects: CustomObjects = {}): Layer {
  const who = 'deserializeLayer';
  if (!isSerializedObject(serialized)) {
    throw new TypeError(
      `[${who}] a layer must be an object with class_name and config. Received: ${show(serialized)}.`,
    );
  }
  const layerClass = findLayerClass(serialized, customObjects, who);
  const config = withCustomObjects(serialized.config, customObjects);
  const layer: unknown = layerClass.fromConfig(holdsLayer(layerClass) ? withInner(config, customObjects) : config);
  if (!(layer instanceof Layer)) {
    throw new TypeError(`[${who}] ${serialized.class_name}.fromConfig must return a layer. Received: ${show(layer)}.`);
  }
  const shape = builtShapeOf(serialized);
  if (shape !== null) layer.build(shape);
  return layer;
}

interface Header {
  readonly class_name: string;
  readonly module?: unknown;
  readonly registered_name?: unknown;
}

function findLayerClass(header: Header, customObjects: CustomObjects, who: string): ConfigClass<unknown> {
  const registeredName = typeof header.registered_name === 'string' ? header.registered_name : null;
  const custom = findCustom(customObjects, registeredName, header.class_name);
  if (typeof custom === 'function' && 'fromConfig' in custom) return custom as unknown as ConfigClass<unknown>;
  // Somebody else's class may have the name of one of ours.
  const module = header.module ?? (registeredName === null ? 'keras.layers' : '');
  const isBuiltin = typeof module === 'string' && /^(keras|tf_keras|tensorflow)\b/.test(module);
  if (isBuiltin && Object.hasOwn(layerClasses, header.class_name)) {
    const found = layerClasses[header.class_name];
    if (found !== undefined) return found;
  }
  const name = isBuiltin ? header.class_name : (registeredName ?? header.class_name);
  const error = unknownName(who, 'layer', name, [...Object.keys(layerClasses), ...Object.keys(customObjects)]);
  throw new TypeError(`${error.message} A class of your own goes into customObjects, under its name.`);
}

/** The arguments that may be the user's own objects. */
const REPLACEABLE = /^activation$|_(initializer|regularizer|constraint)$/;

/** The config with the user's objects in the place of their names and configs. */
function withCustomObjects(config: Config, customObjects: CustomObjects): Config {
  const replaced = Object.entries(config).map(([key, value]): [string, unknown] => {
    if (!REPLACEABLE.test(key)) return [key, value];
    const isObject = isSerializedObject(value);
    const registeredName = isObject && 'registered_name' in value ? String(value.registered_name) : null;
    const name = typeof value === 'string' ? value : isObject ? value.class_name : functionName(value);
    const custom = findCustom(customObjects, registeredName, name);
    if (typeof custom !== 'function') return [key, value];
    const isClass = isObject && 'fromConfig' in custom;
    return [key, isClass ? (custom as unknown as ConfigClass<unknown>).fromConfig(value.config) : custom];
  });
  // Objects in a config are no JSON; the constructors of layers take them as they are.
  return Object.fromEntries(replaced) as Config;
}

/** Whether objects of a class hold a layer, which their config has under `layer`. */
function holdsLayer(layerClass: ConfigClass<unknown>): boolean {
  return (layerClass as unknown as { readonly prototype: unknown }).prototype instanceof WeightWrapper;
}

/** The config with the layer inside, which may be of the user's own classes. */
function withInner(config: Config, customObjects: CustomObjects): Config {
  return { ...config, layer: deserializeLayer(config['layer'], customObjects) as never };
}

function builtShapeOf(serialized: object): InputShape | null {
  const buildConfig = 'build_config' in serialized ? serialized.build_config : null;
  const shape = isRecord(buildConfig) ? buildConfig['input_shape'] : null;
  if (isShape(shape)) return shape;
  return isRecord(shape) || Array.isArray(shape) ? (shape as InputShape) : null;
}

provideSerialization({ serialize: serializeLayer, deserialize: deserializeLayer });
