import type { Json } from '../../../core/config.ts';
import { type ObjectNode, isJsonList, mapObjects, without } from '../json-tree.ts';

/** The package of classes that Keras does not have, in files. */
const PACKAGE = 'evenkeel';

/** The names that files contain for classes that Keras has under another name. */
const KERAS_NAMES: Readonly<Record<string, string>> = {
  InstanceNormalization: 'GroupNormalization',
  SyncBatchNormalization: 'BatchNormalization',
};

/** Keras's name for a class of layers. */
export function kerasClassName(className: string): string {
  return Object.hasOwn(KERAS_NAMES, className) ? (KERAS_NAMES[className] ?? className) : className;
}

/**
 * Converts the JSON of a model to Keras's classes: InstanceNormalization becomes GroupNormalization with a group for each
 * channel, SyncBatchNormalization becomes a synchronized BatchNormalization. Layers that Keras 3 does not have (weight
 * normalization, and batch normalization over several axes, in ghost batches or by the fused kernel) become registered
 * classes of this package, which Keras refuses by name instead of misreading them.
 * @param forTensorFlow whether the file is for tf.keras, whose BatchNormalization has all of these options
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

/** Converts the JSON of a file back: the registered classes of this package become built-in ones. */
export function fromKeras(json: Json): Json {
  return mapObjects(json, (node) => {
    if (node['registered_name'] === `${PACKAGE}>${node.class_name}`) {
      return { ...node, module: 'keras.layers', registered_name: null };
    }
    const name = node.class_name.startsWith(`${PACKAGE}>`) ? node.class_name.slice(PACKAGE.length + 1) : null;
    return name === null ? node : { ...node, class_name: name };
  });
}
