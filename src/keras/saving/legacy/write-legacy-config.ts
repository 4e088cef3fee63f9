import { own } from '../../../core/own.ts';
import type { Config, Json } from '../../../core/config.ts';
import { functionName } from '../registry.ts';
import { type ObjectNode, isJsonList, isObjectNode, mapObjects, without } from '../json-tree.ts';

/**
 * Converts the JSON of a model to the older format: layers and models consist of a class and a config alone. The objects
 * in their configs, such as initializers, are unchanged.
 */
export function legacyModelConfig(node: ObjectNode): Config {
  // Keras reads the layers of a Pipeline in the current form, here too.
  const isPipeline = node.class_name === 'Pipeline' && node['module'] === 'keras.layers';
  return { class_name: legacyName(node), config: isPipeline ? node.config : withPlainLayers(node.config) };
}

function withPlainLayers(config: Config): Config {
  const { layers } = config;
  if (!isJsonList(layers)) return config;
  const plain = layers.map((entry): Json => {
    if (!isObjectNode(entry)) return entry;
    const rest = without(entry, 'module', 'class_name', 'config', 'registered_name', 'build_config', 'compile_config');
    return { ...legacyModelConfig(entry), ...without(rest, 'shared_object_id') };
  });
  return { ...config, layers: plain };
}

/** The registered name of a custom class; the name of a built-in one. */
function legacyName(node: ObjectNode): string {
  const { module = null, registered_name: registered = null, class_name: name } = node;
  // The older format has the name of the class in Python.
  if (module === 'keras.layers' && name === 'GroupQueryAttention') return 'GroupedQueryAttention';
  return module === null && typeof registered === 'string' ? registered : name;
}

/** Converts a compile_config to a training_config of the older format; null for a model that is not compiled. */
export function legacyTrainingConfig(compileConfig: Json | undefined): Config | null {
  if (typeof compileConfig !== 'object' || compileConfig === null || isJsonList(compileConfig)) return null;
  const { optimizer = null, loss = null, ...rest } = compileConfig as Config;
  if (!isObjectNode(optimizer)) return null;
  return {
    ...(mapObjects(namesOfFunctions({ loss: fullNames(loss), ...rest }), plainObject) as Config),
    optimizer_config: { class_name: legacyName(optimizer), config: optimizer.config },
  };
}

/** Keras 3.15 cannot read the short names of losses from these files, including its own. */
const FULL_NAMES: Readonly<Record<string, string>> = {
  bce: 'binary_crossentropy',
  kld: 'kl_divergence',
  mae: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  mse: 'mean_squared_error',
  msle: 'mean_squared_logarithmic_error',
};

function fullNames(loss: Json): Json {
  if (typeof loss === 'string') return own(FULL_NAMES, loss.toLowerCase()) ?? loss;
  if (isJsonList(loss)) return loss.map(fullNames);
  if (typeof loss !== 'object' || loss === null || isObjectNode(loss)) return loss;
  return Object.fromEntries(Object.entries(loss as Config).map(([key, entry]) => [key, fullNames(entry)]));
}

/** Replaces functions by their names. */
function namesOfFunctions(tree: Json): Json {
  if (isJsonList(tree)) return tree.map(namesOfFunctions);
  if (typeof tree !== 'object' || tree === null) return tree;
  const name = functionName(tree);
  if (name !== null) return name;
  return Object.fromEntries(Object.entries(tree as Config).map(([key, entry]) => [key, namesOfFunctions(entry)]));
}

/** A loss or metric as a class and a config. */
function plainObject(node: ObjectNode): Json {
  return { class_name: legacyName(node), config: node.config };
}
