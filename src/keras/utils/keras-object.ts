import { checkOptions } from '../../core/checks.ts';
import { type Config, type Json, isRecord, isSerializedObject } from '../../core/config.ts';
import { DTypePolicy } from '../../core/dtype-policy.ts';
import { isDType } from '../../core/dtype.ts';
import { show } from '../../core/errors.ts';
import { type NestedArray, Tensor, tensor } from '../../core/tensor.ts';
import * as activations from '../activations/index.ts';
import * as constraints from '../constraints/index.ts';
import * as initializers from '../initializers/index.ts';
import * as layers from '../layers/index.ts';
import * as losses from '../losses/index.ts';
import * as metrics from '../metrics/index.ts';
import { Model, modelFromJson } from '../models/index.ts';
import * as optimizers from '../optimizers/index.ts';
import * as regularizers from '../regularizers/index.ts';
import {
  type ConfigClass,
  type CustomObjects,
  findCustom,
  functionName,
  serializeFunction,
} from '../saving/registry.ts';
import { registeredNameOf } from '../saving/keras-module.ts';

const WHO = 'serializeKerasObject';

/**
 * Keras's JSON for an object: a layer, model, optimizer, schedule, loss, metric, initializer, regularizer, constraint, policy,
 * function or tensor, or a structure of such objects and of plain values.
 *
 * @throws TypeError if it is none of these, or a function without a name.
 * @example
 * utils.serializeKerasObject(new regularizers.L2(0.5)).class_name;            // 'L2'
 * utils.serializeKerasObject([1, 'a', null]);                                 // [1, 'a', null]
 * @see https://keras.io/api/models/model_saving_apis/serialization_utils/#serializekerasobject-function
 */
export function serializeKerasObject(object: unknown): Json {
  if (object === null || object === undefined) return null;
  if (typeof object === 'number' || typeof object === 'string' || typeof object === 'boolean') return object;
  if (typeof object === 'function') return { ...serializeFunction(object, WHO) };
  if (Array.isArray(object)) return object.map(serializeKerasObject);
  if (object instanceof Tensor) {
    return { class_name: '__tensor__', config: { value: object.toArray() as Json, dtype: object.dtype } };
  }
  if (object instanceof DTypePolicy) {
    return { module: 'keras', class_name: 'DTypePolicy', config: { name: object.name }, registered_name: null };
  }
  const serialized = serializeInstance(object);
  if (serialized !== null) return serialized;
  if (isRecord(object) && Object.getPrototypeOf(object) === Object.prototype) {
    return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, serializeKerasObject(value)]));
  }
  throw new TypeError(
    `[${WHO}] the object must be one of Keras's, a tensor or a plain value. Received: ${show(object)}.`,
  );
}

/** A module of Keras: the base of its classes, and its functions. */
interface KerasModule {
  readonly name: string;
  readonly base: abstract new (...args: never[]) => object;
  readonly serialize: (object: never) => object | null;
  readonly deserialize: (json: never, customObjects: CustomObjects) => unknown;
}

const { schedules } = optimizers;

/** The modules whose names are the longer come first: those of schedules begin as those of optimizers. */
const modules: readonly KerasModule[] = [
  {
    name: 'keras.optimizers.schedules',
    base: schedules.LearningRateSchedule,
    serialize: schedules.serialize,
    deserialize: schedules.deserialize,
  },
  {
    name: 'keras.optimizers',
    base: optimizers.Optimizer,
    serialize: optimizers.serialize,
    deserialize: optimizers.deserialize,
  },
  {
    name: 'keras.optimizers',
    base: optimizers.OptimizerMap,
    serialize: optimizers.serialize,
    deserialize: optimizers.deserialize,
  },
  { name: 'keras.losses', base: losses.Loss, serialize: losses.serialize, deserialize: losses.deserialize },
  { name: 'keras.metrics', base: metrics.Metric, serialize: metrics.serialize, deserialize: metrics.deserialize },
  {
    name: 'keras.initializers',
    base: initializers.Initializer,
    serialize: initializers.serialize,
    deserialize: initializers.deserialize,
  },
  {
    name: 'keras.regularizers',
    base: regularizers.Regularizer,
    serialize: regularizers.serialize,
    deserialize: regularizers.deserialize,
  },
  {
    name: 'keras.constraints',
    base: constraints.Constraint,
    serialize: constraints.serialize,
    deserialize: constraints.deserialize,
  },
  { name: 'keras.layers', base: layers.Layer, serialize: layers.serialize, deserialize: layers.deserialize },
];

function serializeInstance(object: object): Config | null {
  if (object instanceof Model) return JSON.parse(object.toJson()) as Config;
  const found = modules.find(({ base }) => object instanceof base);
  return found === undefined ? null : { ...found.serialize(object as never) };
}

/** Options of {@link deserializeKerasObject}. */
export interface DeserializeOptions {
  /** The user's classes and functions by their names. @default {} */
  readonly customObjects?: CustomObjects | undefined;
}

/**
 * The object that Keras's JSON describes. Values that describe no object are returned as they are, and structures part by part.
 *
 * @throws TypeError if a class or function is neither built in, nor registered, nor in `customObjects`.
 * @example
 * const json = utils.serializeKerasObject({ loss: new losses.Huber(0.5), rate: 0.1 });
 * utils.deserializeKerasObject(json).loss.delta;    // 0.5
 * @see https://keras.io/api/models/model_saving_apis/serialization_utils/#deserializekerasobject-function
 */
export function deserializeKerasObject(config: Json, options: DeserializeOptions = {}): unknown {
  checkOptions('deserializeKerasObject', options, ['customObjects']);
  const { customObjects = {} } = options;
  if (Array.isArray(config)) return config.map((each: Json) => deserializeKerasObject(each, { customObjects }));
  if (!isRecord(config)) return config;
  const name = functionName(config);
  if (name !== null) return findCustom(customObjects, name) ?? activations.deserialize(name, customObjects);
  if (config['class_name'] === '__tensor__' || config['class_name'] === '__numpy__') return readTensor(config);
  if (!isSerializedObject(config)) {
    return Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, deserializeKerasObject(value, { customObjects })]),
    );
  }
  const custom = findCustom(customObjects, registeredNameOf(config), config.class_name);
  if (isConfigClass(custom) && !(custom.prototype instanceof layers.Layer)) {
    return custom.fromConfig(config.config, { customObjects });
  }
  if (config.class_name === 'DTypePolicy') return new DTypePolicy(config.config['name'] as string);
  const module = String('module' in config ? config.module : '');
  const found = modules.find(({ name: each }) => module === each || module.startsWith(`${each}.`));
  if (found !== undefined) return found.deserialize(config as never, customObjects);
  if (/^keras(\.models)?$/.test(module)) return modelFromJson(JSON.stringify(config), { customObjects });
  return layers.deserialize(config, customObjects);
}

const isConfigClass = (custom: unknown): custom is ConfigClass<unknown> & { readonly prototype: unknown } =>
  typeof custom === 'function' && 'fromConfig' in custom;

function readTensor(config: Readonly<Record<string, unknown>>): Tensor {
  const inner = isRecord(config['config']) ? config['config'] : {};
  const dtype = inner['dtype'];
  return tensor(inner['value'] as NestedArray, undefined, isDType(dtype) ? dtype : undefined);
}
