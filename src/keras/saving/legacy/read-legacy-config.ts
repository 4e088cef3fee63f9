import { type Config, type Json, isRecord } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type ObjectNode, isJsonList, isObjectNode, mapObjects, without } from '../json-tree.ts';

/**
 * Converts the JSON of a model from the older format to the current one: shapes of inputs, lists of one axis, and
 * arguments that were renamed or removed.
 *
 * @throws ValueError if the JSON is not a class with a config.
 */
export function readLegacyModelConfig(json: Json, who: string): ObjectNode {
  const whole = wholeSequential(json);
  if (isObjectNode(whole)) {
    const read = mapObjects(whole, (node) => readInitializer(readLayer(node)));
    if (isObjectNode(read)) return read;
  }
  throw new ValueError(`[${who}] model_config must have class_name and config. Received: ${show(json)}.`);
}

/** Early versions of Keras 2 wrote a Sequential's config as the list of its layers. */
function wholeSequential(json: Json): Json {
  if (!isRecord(json)) return json;
  const { class_name: name = null, config = null } = json as Config;
  if (name !== 'Sequential' || !isJsonList(config)) return json;
  return { class_name: name, config: { name: 'sequential', layers: config } };
}

function readLayer(node: ObjectNode): ObjectNode {
  const { batch_input_shape: shape, ...rest } = node.config;
  let config: Config = { ...rest };
  if (shape !== undefined) {
    config = { ...config, [node.class_name === 'InputLayer' ? 'batch_shape' : 'batch_input_shape']: shape };
  }
  return { ...node, config: renamed(node.class_name, config) };
}

function renamed(className: string, config: Config): Config {
  switch (className) {
    case 'LeakyReLU': {
      const { alpha, ...rest } = config;
      return alpha === undefined ? config : { ...rest, negative_slope: alpha };
    }
    case 'Embedding':
      return without(config, 'input_length');
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
      return { ...(config['fused'] === null ? without(config, 'fused') : config), ...only };
    }
    default:
      return config;
  }
}

/** Initializers of TensorFlow 1 have a dtype, which is always that of the weight. */
function readInitializer(node: ObjectNode): Json {
  const keys = Object.keys(node.config).filter((key) => key.endsWith('_initializer'));
  const read = keys.map((key): readonly [string, Json] => {
    const value = node.config[key] ?? null;
    return [key, isObjectNode(value) ? { ...value, config: without(value.config, 'dtype') } : value];
  });
  return { ...node, config: { ...node.config, ...Object.fromEntries(read) } };
}
