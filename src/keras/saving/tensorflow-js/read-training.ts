import { type Config, type Json, isRecord } from '../../../core/config.ts';
import { own } from '../../../core/own.ts';
import { type ObjectNode, isJsonList, isObjectNode, without } from '../json-tree.ts';
import { readTrainingConfig } from '../legacy/read-training-config.ts';

/**
 * The arguments of `compile` in a `trainingConfig` of TensorFlow.js, whose optimizers have names and arguments of their own.
 * @throws ValueError if it has no optimizer.
 */
export function readTraining(json: Json, who: string): Config {
  const { optimizer_config: optimizer = null, loss = null, metrics = null } = isRecord(json) ? json : {};
  const read = readTrainingConfig(
    { optimizer_config: isObjectNode(optimizer) ? readOptimizer(optimizer) : optimizer, loss: named(loss, LOSSES) },
    who,
  );
  return { ...read, metrics: named(metrics, METRICS) };
}

/** Keras's arguments of optimizers, by the names of TensorFlow.js. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  learningRate: 'learning_rate',
  beta1: 'beta_1',
  beta2: 'beta_2',
  initialAccumulatorValue: 'initial_accumulator_value',
  useNesterov: 'nesterov',
};

function readOptimizer(node: ObjectNode): ObjectNode {
  const config: Config = Object.fromEntries(
    Object.entries(node.config).map(([key, value]) => [own(ARGUMENTS, key) ?? key, value]),
  );
  if (node.class_name === 'Momentum') return { ...node, class_name: 'SGD', config };
  if (node.class_name !== 'RMSProp') return { ...node, config };
  const { decay = 0.9 } = config;
  return { ...node, class_name: 'RMSprop', config: { ...without(config, 'decay'), rho: decay } };
}

const LOSSES: Readonly<Record<string, string>> = {
  cosine_proximity: 'cosine_similarity',
  kullback_leibler_divergence: 'kl_divergence',
  logcosh: 'log_cosh',
};
const METRICS: Readonly<Record<string, string>> = { ...LOSSES, cosine: 'cosine_similarity' };

/** Keras's names of losses or metrics, in lists and records. */
function named(tree: Json, names: Readonly<Record<string, string>>): Json {
  if (typeof tree === 'string') return own(names, tree) ?? tree;
  if (isJsonList(tree)) return tree.map((entry) => named(entry, names));
  if (!isRecord(tree) || isObjectNode(tree)) return tree;
  return Object.fromEntries(Object.entries(tree as Config).map(([key, entry]) => [key, named(entry, names)]));
}
