import { type Config, type Json, isRecord } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type ObjectNode, isJsonList, isObjectNode, without } from '../json-tree.ts';

/**
 * Converts a training_config of the older format to a compile_config.
 * @throws ValueError if it has no optimizer.
 */
export function readTrainingConfig(json: Json, who: string): Config {
  const config = isRecord(json) ? (json as Config) : {};
  const optimizer = config['optimizer_config'];
  if (!isObjectNode(optimizer)) {
    throw new ValueError(`[${who}] training_config must have an optimizer_config. Received: ${show(json)}.`);
  }
  return withCurrentCompilation({ ...config, optimizer });
}

/** A compile_config of any version of Keras with the current arguments of optimizers, losses and metrics. */
export function withCurrentCompilation(config: Config): Config {
  const { optimizer = null } = config;
  return {
    optimizer: isObjectNode(optimizer) ? readOptimizer(optimizer) : optimizer,
    loss: mapLeaves(config['loss'] ?? null, readLoss),
    loss_weights: config['loss_weights'] ?? null,
    metrics: mapLeaves(config['metrics'] ?? null, readMetric),
    weighted_metrics: mapLeaves(config['weighted_metrics'] ?? null, readMetric),
  };
}

function mapLeaves(tree: Json, read: (node: ObjectNode) => Json): Json {
  if (isObjectNode(tree)) return read(tree);
  if (isJsonList(tree)) return tree.map((entry) => mapLeaves(entry, read));
  if (!isRecord(tree)) return tree;
  return Object.fromEntries(Object.entries(tree as Config).map(([key, entry]) => [key, mapLeaves(entry, read)]));
}

/**
 * Removes options of tf.keras that control TensorFlow, and converts a decay to its schedule in Keras 3. An optimizer of
 * tf.keras that scales the loss for half precision, which Keras adds by itself, is replaced by the one inside it.
 */
function readOptimizer(node: ObjectNode): ObjectNode {
  const { class_name: name, config, module } = node;
  const { inner_optimizer: inner = null } = config;
  // Keras 3 writes the optimizer that compile received.
  const isAdded = name.startsWith('LossScaleOptimizer') && module !== 'keras.optimizers';
  if (isAdded && isObjectNode(inner)) return readOptimizer(inner);
  const { decay = 0, lr = null, learning_rate: given = lr } = config;
  const rest = without(config, 'decay', 'lr', 'jit_compile', 'is_legacy_optimizer');
  const decayed = {
    class_name: 'InverseTimeDecay',
    config: { initial_learning_rate: given, decay_steps: 1, decay_rate: decay },
  };
  const rate = typeof decay === 'number' && decay !== 0 ? { learning_rate: decayed } : { learning_rate: given };
  return { ...node, class_name: name.replace(/^Custom>/, ''), config: { ...rest, ...(given === null ? {} : rate) } };
}

function readLoss(node: ObjectNode): Json {
  const { reduction } = node.config;
  const config = typeof node.config['fn'] === 'string' ? without(node.config, 'fn') : node.config;
  // tf.keras's automatic reduction is the mean on a single device.
  return { ...node, config: { ...config, ...(reduction === 'auto' ? { reduction: 'sum_over_batch_size' } : {}) } };
}

/** A metric that wraps a built-in function becomes the metric of that function's name. */
function readMetric(node: ObjectNode): Json {
  const { fn } = node.config;
  if (typeof fn !== 'string') return node;
  const isWrapper = node.class_name === 'MeanMetricWrapper';
  return { ...node, class_name: isWrapper ? fn : node.class_name, config: without(node.config, 'fn') };
}
