import type { Json } from '../../../core/config.ts';
import { type ObjectNode, isJsonList, mapObjects, without } from '../json-tree.ts';

/** The package under which files name what Keras has no class for. */
const PACKAGE = 'evenkeel';

/** The classes that Keras has under another name, by which files know them. */
const KERAS_NAMES: Readonly<Record<string, string>> = {
  InstanceNormalization: 'GroupNormalization',
  SyncBatchNormalization: 'BatchNormalization',
};

/** The name that Keras has for a class of layers. */
export function kerasClassName(className: string): string {
  return Object.hasOwn(KERAS_NAMES, className) ? (KERAS_NAMES[className] ?? className) : className;
}

/**
 * The JSON of a model in the words of Keras: InstanceNormalization is GroupNormalization with a group for each channel,
 * SyncBatchNormalization is BatchNormalization that is synchronized. What Keras 3 cannot say (weight normalization, and
 * batch normalization over several axes, in ghost batches or by the fused kernel) is a registered class of this package,
 * which Keras refuses by that name; so nothing is read as what it is not. `forTensorFlow`: tf.keras can say more of it.
 */
export function toKeras(json: Json, forTensorFlow = false): Json {
  return mapObjects(json, (node) => (node['module'] === 'keras.layers' ? layerToKeras(node, forTensorFlow) : node));
}

function layerToKeras(node: ObjectNode, forTensorFlow: boolean): Json {
  const { class_name: name, config } = node;
  if (name === 'InstanceNormalization') {
    const { name: own = null, trainable = null, dtype = null, ...rest } = config;
    return { ...node, class_name: kerasClassName(name), config: { name: own, trainable, dtype, groups: -1, ...rest } };
  }
  if (name === 'SyncBatchNormalization') {
    const renorm = { renorm: false, renorm_clipping: null, renorm_momentum: 0.99 };
    const own = without(config, ...Object.keys(renorm));
    const all = { ...own, synchronized: true, ...renorm, ...config };
    return batchNormalizationToKeras({ ...node, class_name: kerasClassName(name), config: all }, forTensorFlow);
  }
  if (name === 'BatchNormalization') return batchNormalizationToKeras(node, forTensorFlow);
  return name === 'WeightNormalization' ? ownClass(node) : node;
}

function batchNormalizationToKeras(node: ObjectNode, forTensorFlow: boolean): Json {
  const { axis = -1 } = node.config;
  const only = isJsonList(axis) && axis.length === 1 ? (axis[0] ?? -1) : axis;
  const written: ObjectNode = { ...node, config: { ...node.config, axis: only } };
  const isPlain = !isJsonList(only) && !('virtual_batch_size' in node.config) && !('fused' in node.config);
  return isPlain || forTensorFlow ? written : ownClass(written);
}

function ownClass(node: ObjectNode): Json {
  return { ...node, module: null, registered_name: `${PACKAGE}>${node.class_name}` };
}

/** The JSON of a model from a file, with this package's classes among the built-in ones. */
export function fromKeras(json: Json): Json {
  return mapObjects(json, (node) => {
    if (node['registered_name'] === `${PACKAGE}>${node.class_name}`) {
      return { ...node, module: 'keras.layers', registered_name: null };
    }
    const name = node.class_name.startsWith(`${PACKAGE}>`) ? node.class_name.slice(PACKAGE.length + 1) : null;
    return name === null ? node : { ...node, class_name: name };
  });
}
