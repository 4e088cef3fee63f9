import { type Config, type SerializedObject, isRecord, isSerializedObject } from '../../core/config.ts';
import { show } from '../../core/errors.ts';
import { unknownName } from '../../core/checks.ts';
import { getRegisteredName } from '../saving/object-registration.ts';
import { type ConfigClass, type CustomObjects, findCustom, functionName } from '../saving/registry.ts';
import { type InputShape, isShape } from './base/input-shape.ts';
import { Layer } from './base/layer.ts';

/** Keras's JSON for a layer. */
export interface SerializedLayer extends SerializedObject {
  /** What `build` was called with. */
  readonly build_config?: { readonly input_shape: InputShape };
}

/** Layers by the names of their classes: a plain table, so that nothing is registered by a side effect. */
export type LayerClasses = Readonly<Record<string, ConfigClass<Layer>>>;

/** Keras's JSON for a layer; a class that is not in the table is taken for one of the user's. */
export function serializeWith(classes: LayerClasses, layer: Layer, config: Config): SerializedLayer {
  const isBuiltin = Object.values<unknown>(classes).includes(layer.constructor);
  const inside = isBuiltin ? moduleInside(layer) : null;
  return {
    module: inside ?? (isBuiltin ? 'keras.layers' : null),
    class_name: layer.className,
    config,
    registered_name: isBuiltin && inside === null ? null : (getRegisteredName(layer.constructor) ?? layer.className),
    ...(layer.builtShape === null ? {} : { build_config: { input_shape: layer.builtShape } }),
  };
}

/** Where inside of itself Keras has a layer that is not among `keras.layers`. */
function moduleInside({ constructor }: Layer): string | null {
  return 'kerasModule' in constructor && typeof constructor.kerasModule === 'string' ? constructor.kerasModule : null;
}

/** What is known of how to read configs. */
export interface Reading {
  readonly classes: LayerClasses;
  readonly customObjects: CustomObjects;
  /** Makes the layers that the config of a class holds. @default the config as it is */
  readonly prepare?: (layerClass: ConfigClass<unknown>, config: Config) => Config;
}

/**
 * The layer that a config object describes, built if the object says for which shape.
 * @throws TypeError if there is no such layer, or what is given is no config object.
 */
export function deserializeWith({ classes, customObjects, prepare }: Reading, serialized: unknown): Layer {
  const who = 'deserializeLayer';
  if (!isSerializedObject(serialized)) {
    throw new TypeError(
      `[${who}] a layer must be an object with class_name and config. Received: ${show(serialized)}.`,
    );
  }
  const layerClass = findLayerClass(classes, serialized, customObjects, who);
  const config = withCustomObjects(serialized.class_name, serialized.config, customObjects);
  const layer: unknown = layerClass.fromConfig(prepare === undefined ? config : prepare(layerClass, config));
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

function findLayerClass(
  classes: LayerClasses,
  header: Header,
  customObjects: CustomObjects,
  who: string,
): ConfigClass<unknown> {
  const registeredName = typeof header.registered_name === 'string' ? header.registered_name : null;
  const custom = findCustom(customObjects, registeredName, header.class_name);
  if (typeof custom === 'function' && 'fromConfig' in custom) return custom as unknown as ConfigClass<unknown>;
  // Somebody else's class may have the name of one of ours.
  const module = header.module ?? (registeredName === null ? 'keras.layers' : '');
  const isBuiltin = typeof module === 'string' && /^(keras|tf_keras|tensorflow)\b/.test(module);
  if (isBuiltin && Object.hasOwn(classes, header.class_name)) {
    const found = classes[header.class_name];
    if (found !== undefined) return found;
  }
  const name = isBuiltin ? header.class_name : (registeredName ?? header.class_name);
  const error = unknownName(who, 'layer', name, [...Object.keys(classes), ...Object.keys(customObjects)]);
  throw new TypeError(`${error.message} A class of your own goes into customObjects, under its name.`);
}

/** The arguments that may be the user's own objects. */
const REPLACEABLE = /^activation$|_(initializer|regularizer|constraint)$/;

/** The config with the user's objects in the place of their names and configs. */
function withCustomObjects(className: string, config: Config, customObjects: CustomObjects): Config {
  const replaced = Object.entries(config).map(([key, value]): [string, unknown] => {
    if (className === 'Lambda' && key === 'function') return [key, lambdaFunction(config, customObjects) ?? value];
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

/** The user's function for a Lambda layer: under its own name, or that of the layer; undefined if there is none. */
function lambdaFunction(config: Config, customObjects: CustomObjects): unknown {
  const { function: fn = null, name = null } = config;
  return findCustom(
    customObjects,
    typeof fn === 'string' ? fn : functionName(fn),
    typeof name === 'string' ? name : null,
  );
}

function builtShapeOf(serialized: object): InputShape | null {
  const buildConfig = 'build_config' in serialized ? serialized.build_config : null;
  const shape = isRecord(buildConfig) ? buildConfig['input_shape'] : null;
  if (isShape(shape)) return shape;
  return isRecord(shape) || Array.isArray(shape) ? (shape as InputShape) : null;
}
