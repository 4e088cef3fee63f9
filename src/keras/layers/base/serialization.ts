import { type Config, type SerializedObject, isRecord, isSerializedObject } from '../../../core/config.ts';
import { NotImplementedError, show } from '../../../core/errors.ts';
import { keyOf } from '../../saving/fields.ts';
import { writtenName } from '../../saving/object-registration.ts';
import type { ReadContext } from '../../saving/read-context.ts';
import { type ClassHeader, isOfKeras, registeredNameOf } from '../../saving/keras-module.ts';
import { type ConfigClass, findCustom } from '../../saving/registry.ts';
import { unknownOfHub } from '../../saving/keras-hub.ts';
import { isSavableModel } from '../../saving/keras-saveable.ts';
import { modelClassOf } from '../../saving/model-classes.ts';
import { unknownClass } from '../../saving/unknown-class.ts';
import { WriteContext } from '../../saving/write-context.ts';
import { reviveCustom } from '../../saving/revive-custom.ts';
import type { Shape } from '../../../core/shape.ts';
import { type InputShape, isShape } from './input-shape.ts';
import { fieldsOf } from './layer-fields.ts';
import { Layer } from './layer.ts';

type BuildConfig = { readonly input_shape: InputShape } | { readonly shapes_dict: { readonly [name: string]: Shape } };

/** Keras's JSON for a layer. */
export interface SerializedLayer extends SerializedObject {
  /** The argument of `build`; the shapes by name, for a layer of which each input is an argument of its own. */
  readonly build_config?: BuildConfig;
}

/** Layers by the names of their classes. */
export type LayerClasses = Readonly<Record<string, ConfigClass<Layer>>>;

/** The context in which the config of a layer is read. */
export interface LayerReadContext extends ReadContext {
  /** Reads a layer nested in another. @default with the classes that the outer layer can read */
  readonly readLayer?: ((serialized: unknown) => Layer) | undefined;
}

/** The classes of layers among the exports of modules, by the names of the exports: aliases are further names. */
export function classesIn(...modules: readonly object[]): LayerClasses {
  const exported = modules.flatMap((module): [string, unknown][] => Object.entries(module));
  return Object.fromEntries(exported.filter((entry): entry is [string, typeof Layer] => isLayerClass(entry[1])));
}

const isLayerClass = (value: unknown): value is typeof Layer =>
  typeof value === 'function' && (value.prototype as unknown) instanceof Layer;

/** Keras's JSON for a layer; a class that is not among the classes is written as a custom class. */
export function serializeWith(
  classes: LayerClasses,
  layer: Layer,
  config: Config = layer.getConfig(),
): SerializedLayer {
  // A layer may hold a model, as TimeDistributed can.
  const model = isSavableModel(layer) ? layer.serialize(new WriteContext()) : null;
  if (isSerializedObject(model)) return model as SerializedLayer;
  const isBuiltin = Object.values<unknown>(classes).includes(layer.constructor);
  const inside = isBuiltin || Object.hasOwn(layer.constructor, 'kerasModule') ? moduleInside(layer) : null;
  return {
    module: inside ?? (isBuiltin ? 'keras.layers' : null),
    class_name: layer.className,
    config,
    registered_name: isBuiltin && inside === null ? null : writtenName(layer.constructor, 'layers.serialize'),
    ...(layer.builtShape === null ? {} : { build_config: buildConfigOf(layer, layer.builtShape) }),
  };
}

/** The module of Keras that defines a layer which is not among `keras.layers`. */
function moduleInside({ constructor }: Layer): string | null {
  return 'kerasModule' in constructor && typeof constructor.kerasModule === 'string' ? constructor.kerasModule : null;
}

/**
 * The layer that a config object describes, built if the object contains the shape.
 * @throws TypeError if there is no such layer, or the argument is not a config object.
 */
export function deserializeWith(classes: LayerClasses, serialized: unknown, context: LayerReadContext): Layer {
  const who = 'deserializeLayer';
  if (!isSerializedObject(serialized)) {
    throw new TypeError(
      `[${who}] a layer must be an object with class_name and config. Received: ${show(serialized)}.`,
    );
  }
  const model = readModel(serialized, context);
  if (model instanceof Layer) return model;
  const layerClass = findLayerClass(classes, serialized, context, who);
  const named = withName(serialized);
  const config = isLayerClass(layerClass) ? withCustomObjects(layerClass, named, context) : named;
  const layer: unknown = layerClass.fromConfig(config, context);
  if (!(layer instanceof Layer)) {
    throw new TypeError(
      `[${who}] fromConfig of ${show(serialized.class_name)} must return a layer. Received: ${show(layer)}.`,
    );
  }
  if (!Object.values(classes).includes(layerClass as never)) context.classNames?.set(layer, serialized.class_name);
  const shape = builtShapeOf(layer, serialized);
  if (shape !== null) layer.build(shape);
  return layer;
}

/** The config of a layer, with the name that the entry of a model has where the config has none. */
function withName({ config, ...entry }: ClassHeader & { readonly config: Config; readonly name?: unknown }): Config {
  return 'name' in config || typeof entry.name !== 'string' ? config : { ...config, name: entry.name };
}

/** The model of a config, which a layer may hold, as TimeDistributed can; null if it is of another class. */
function readModel(serialized: ClassHeader & { readonly config: Config }, context: ReadContext): object | null {
  const custom = findCustom(context.customObjects, registeredNameOf(serialized), serialized.class_name);
  if (custom !== undefined || !isOfKeras(serialized)) return null;
  return modelClassOf(serialized.class_name)?.fromConfig(serialized.config, context) ?? null;
}

function findLayerClass(
  classes: LayerClasses,
  header: ClassHeader,
  { customObjects }: ReadContext,
  who: string,
): ConfigClass<unknown> {
  const registeredName = registeredNameOf(header);
  const custom = findCustom(customObjects, registeredName, header.class_name);
  if (typeof custom === 'function' && 'fromConfig' in custom) return custom as unknown as ConfigClass<unknown>;
  // A class from another module may have the name of a built-in one.
  const isBuiltin = isOfKeras(header);
  if (isBuiltin && Object.hasOwn(classes, header.class_name)) {
    const found = classes[header.class_name];
    if (found !== undefined) return found;
  }
  const name = isBuiltin ? header.class_name : (registeredName ?? header.class_name);
  const ofHub = unknownOfHub(who, 'layer', name);
  if (ofHub !== null) throw ofHub;
  if (!isBuiltin && Object.hasOwn(classes, header.class_name)) {
    const { module = null } = header;
    const registered = registeredName === null ? '' : ` and registered_name=${show(registeredName)}`;
    throw new TypeError(
      `[${who}] the module of a layer must be that of its class. Received: class_name=${show(header.class_name)} with module=${show(module)}${registered}. Keras's own layers are in "keras.layers"; pass a custom class in customObjects, under the name ${show(name)}.`,
    );
  }
  const given = { who, kind: 'layer', module: isBuiltin ? 'keras.layers' : '', name };
  const error = unknownClass(given, [...Object.keys(classes), ...Object.keys(customObjects)]);
  if (error instanceof NotImplementedError) throw error;
  throw new TypeError(`${error.message} Pass a custom class in customObjects, under its name.`);
}

/**
 * Replaces the configs of custom functions and objects by the objects themselves, under keys that the class's `fields`
 * do not describe: the class reads these keys without access to the custom objects. Layers remain configs.
 */
function withCustomObjects(layerClass: typeof Layer, config: Config, context: ReadContext): Config {
  const described = new Set(Object.entries(fieldsOf(layerClass)).map(([option, field]) => keyOf(option, field)));
  const entries = Object.entries(config).map(([key, json]): [string, unknown] => {
    if (described.has(key) || !isRecord(json) || !('class_name' in json)) return [key, json];
    const revived = reviveCustom(json, context);
    return [key, revived instanceof Layer ? json : revived];
  });
  // Objects in a config are not JSON; constructors accept them as they are.
  return Object.fromEntries(entries) as Config;
}

/** The names that Keras's `build` has for the shapes of the inputs; null for a single argument. */
function shapeNamesOf(layer: Layer): readonly string[] | null {
  const { inputs } = (layer.constructor as typeof Layer).kerasCall;
  return inputs === undefined ? null : inputs.map((name) => `${name}_shape`);
}

function buildConfigOf(layer: Layer, shape: InputShape): BuildConfig {
  const names = shapeNamesOf(layer);
  if (names === null || isShape(shape)) return { input_shape: shape };
  const entries = Object.values<Shape>(shape as readonly Shape[]).map(
    (each, i) => [names[i] ?? String(i), each] as const,
  );
  return { shapes_dict: Object.fromEntries(entries) };
}

/** The shapes that Keras's `build` got by name. The first one, where the other tensors are options, as initial states are. */
function shapesByName(layer: Layer, shapes: Readonly<Record<string, unknown>>): unknown {
  const names = shapeNamesOf(layer);
  return names === null ? Object.values(shapes)[0] : names.map((name) => shapes[name]).filter(isShape);
}

function builtShapeOf(layer: Layer, serialized: object): InputShape | null {
  const buildConfig = 'build_config' in serialized ? serialized.build_config : null;
  if (!isRecord(buildConfig)) return null;
  const { input_shape: single, shapes_dict: several } = buildConfig;
  const shape = isRecord(several) ? shapesByName(layer, several) : single;
  if (isShape(shape)) return shape;
  return isRecord(shape) || Array.isArray(shape) ? (shape as InputShape) : null;
}
