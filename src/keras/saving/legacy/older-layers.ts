import type { Config, Json } from '../../../core/config.ts';
import { type ObjectNode, isJsonList, isObjectNode, mapObjects, without } from '../json-tree.ts';

/**
 * Converts the layers in the JSON of a model, of any version of Keras 2, tf.keras or Keras 3, to the current classes and
 * arguments: shapes of inputs, lists of one axis, and what was renamed or removed. Classes of other packages are unchanged.
 */
export function withCurrentLayers(json: Json): Json {
  return mapObjects(json, (node) => (isOfKeras(node) ? readInitializers(readLayer(node)) : node));
}

/** Older formats do not state the module of a built-in class. */
function isOfKeras({ module = null }: ObjectNode): boolean {
  return module === null || (typeof module === 'string' && /^(keras|tf_keras|tensorflow)\b/.test(module));
}

/** The classes of TensorFlow 1 under names of their own, and one whose name in Python is not that of `keras.layers`. */
const CLASS_NAMES: Readonly<Record<string, string>> = {
  GroupedQueryAttention: 'GroupQueryAttention',
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
};

function readLayer(node: ObjectNode): ObjectNode {
  const name = Object.hasOwn(CLASS_NAMES, node.class_name) ? (CLASS_NAMES[node.class_name] ?? '') : node.class_name;
  const { batch_input_shape: shape, ...rest } = node.config;
  const key = name === 'InputLayer' ? 'batch_shape' : 'batch_input_shape';
  const config: Config = shape === undefined ? node.config : { ...rest, [key]: shape };
  return { ...node, class_name: name, config: withPlainName(node, currentArguments(name, config)) };
}

/** Slashes in the names of layers, which Keras 3 refuses since they separate the parts of paths, become underscores. */
function withPlainName({ module = null }: ObjectNode, config: Config): Config {
  const { name } = config;
  const isPart = typeof module === 'string' && /\b(losses|metrics|optimizers)\b/.test(module);
  return isPart || typeof name !== 'string' || !name.includes('/')
    ? config
    : { ...config, name: name.replaceAll('/', '_') };
}

/** Arguments that control how TensorFlow runs a layer, with the values that have no effect here. */
const WITHOUT_EFFECT: Readonly<Record<string, Json>> = { dynamic: false, experimental_autocast: true };

function currentArguments(className: string, given: Config): Config {
  // The weights of quantized layers are dequantized.
  const config = without(withoutValues(given, WITHOUT_EFFECT), 'quantization_config');
  switch (className) {
    case 'LeakyReLU': {
      const { alpha, ...rest } = config;
      return alpha === undefined ? config : { ...rest, negative_slope: alpha };
    }
    case 'Lambda':
      return withPlainFunction(config);
    case 'Embedding':
      return without(config, 'input_length');
    case 'Conv1DTranspose':
    case 'Conv2DTranspose':
    case 'Conv3DTranspose':
      return withoutValues(config, { groups: 1 });
    case 'DepthwiseConv1D':
    case 'DepthwiseConv2D':
    case 'SeparableConv1D':
    case 'SeparableConv2D':
      return without(config, 'groups', 'kernel_initializer', 'kernel_regularizer', 'kernel_constraint');
    case 'BatchNormalization':
    case 'SyncBatchNormalization': {
      const { axis = -1 } = config;
      // A list of several axes is kept: Keras 3 does not support it, but this package does.
      const only = isJsonList(axis) && axis.length === 1 ? { axis: axis[0] ?? -1 } : {};
      return { ...withoutValues(config, { fused: null, virtual_batch_size: null }), ...only };
    }
    default:
      return config;
  }
}

/**
 * The config of a Lambda without the kinds and modules of its functions. Code, which is never run, is a list, and a name is a
 * string.
 */
function withPlainFunction(given: Config): Config {
  const { function_type: type = null, output_shape_type: shapeType = null } = given;
  const config = without(given, 'function_type', 'module', 'output_shape_type', 'output_shape_module');
  const fn = type === 'lambda' && typeof config['function'] === 'string' ? { function: [config['function']] } : {};
  return { ...config, ...fn, ...(shapeType === null || shapeType === 'raw' ? {} : { output_shape: null }) };
}

/** A config without keys that have one value, which is that of their absence. */
function withoutValues(config: Config, values: Readonly<Record<string, Json>>): Config {
  const keys = Object.keys(values).filter((key) => Object.hasOwn(config, key) && config[key] === values[key]);
  return keys.length === 0 ? config : without(config, ...keys);
}

/** Initializers of TensorFlow 1 have a dtype, which is always that of the weight. */
function readInitializers(node: ObjectNode): Json {
  const keys = Object.keys(node.config).filter((key) => key.endsWith('_initializer'));
  const read = keys.map((key): readonly [string, Json] => {
    const value = node.config[key] ?? null;
    return [key, isObjectNode(value) ? { ...value, config: without(value.config, 'dtype') } : value];
  });
  return { ...node, config: { ...node.config, ...Object.fromEntries(read) } };
}
