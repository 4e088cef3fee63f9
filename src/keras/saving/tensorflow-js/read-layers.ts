import { type Config, type Json, isRecord } from '../../../core/config.ts';
import { type ObjectNode, isJsonList, mapObjects, without } from '../json-tree.ts';

/** Keras's JSON of a model in the topology of a `model.json`, and warnings about layers that compute other numbers here. */
export interface ReadTopology {
  readonly json: Json;
  readonly warnings: readonly string[];
}

/**
 * Converts the layers of a topology to those of Keras's older format: the arguments that TensorFlow.js has under other names or
 * with other values, and its functions that differ from those of Keras 3.
 *
 * @param topology the model, or an object with the model in `model_config`, as Keras's `.h5` has it
 */
export function readTopology(topology: Config, who: string): ReadTopology {
  const { model_config: inside = null, keras_version: version = null } = topology;
  const warnings: string[] = [];
  const isOfKeras3 = typeof version === 'string' && version.startsWith('3');
  const json = mapObjects(isRecord(inside) ? inside : withoutVersions(topology), (node) => {
    const differs = differenceOf(node);
    if (differs !== null) warnings.push(`[${who}] ${differs}`);
    const read = readLayer(node);
    return isOfKeras3 ? read : withOlderFunctions(read);
  });
  return { json, warnings };
}

/** The model without what TensorFlow.js writes beside it. */
const withoutVersions = (topology: Config): Config => without(topology, 'keras_version', 'backend');

/** The arguments of RNN alone: TensorFlow.js adds those of the cell. */
const RNN_KEYS: readonly string[] = [
  ...['name', 'trainable', 'dtype', 'batch_input_shape', 'cell', 'return_sequences', 'return_state', 'go_backwards'],
  ...['stateful', 'unroll', 'zero_output_for_mask'],
];

function readLayer(node: ObjectNode): ObjectNode {
  const { class_name: name, config } = node;
  const read = (changed: Config, className = name): ObjectNode => ({ ...node, class_name: className, config: changed });
  switch (name) {
    case 'ThresholdedReLU': {
      const { theta = 1, ...rest } = config;
      return read({ ...rest, threshold: theta }, 'ReLU');
    }
    case 'Reshape':
      return read({ ...config, target_shape: withUnknownSize(config['target_shape'] ?? null) });
    case 'Embedding':
      return read(withDefaults(without(config, 'activity_regularizer'), { mask_zero: false }));
    case 'SpatialDropout1D':
      return read(without(config, 'noise_shape'));
    case 'RNN':
      return read(Object.fromEntries(Object.entries(config).filter(([key]) => RNN_KEYS.includes(key))));
    case 'LSTM':
    case 'LSTMCell':
    case 'GRU':
    case 'GRUCell':
    case 'ConvLSTM2D':
      return read(withDefaults(withoutNull(config, 'implementation'), { unit_forget_bias: false }));
    default:
      return node;
  }
}

/** A size that follows from the others is null in TensorFlow.js, and −1 in Keras. */
const withUnknownSize = (shape: Json): Json => (isJsonList(shape) ? shape.map((size) => size ?? -1) : shape);

/** Options that were not given are null in TensorFlow.js, which computes with other values then. */
function withDefaults(config: Config, values: Config): Config {
  const missing = Object.entries(values).filter(([key]) => Object.hasOwn(config, key) && config[key] === null);
  return missing.length === 0 ? config : { ...config, ...Object.fromEntries(missing) };
}

const withoutNull = (config: Config, key: string): Config =>
  Object.hasOwn(config, key) && config[key] === null ? without(config, key) : config;

/** The keys of activations in the configs of layers. */
const ACTIVATIONS: readonly string[] = ['activation', 'recurrent_activation'];

/**
 * The hard sigmoid of TensorFlow.js and Keras 2 is max(0, min(1, x / 5 + 1 / 2)), that of Keras 3 max(0, min(1, x / 6 + 1 / 2)).
 * It is the default of the gates of LSTM, GRU and ConvLSTM2D in TensorFlow.js.
 */
function withOlderFunctions(node: ObjectNode): ObjectNode {
  const keys = ACTIVATIONS.filter((key) => node.config[key] === 'hard_sigmoid');
  if (keys.length === 0) return node;
  const older = keys.map((key) => [key, 'keras2_hard_sigmoid'] as const);
  return { ...node, config: { ...node.config, ...Object.fromEntries(older) } };
}

/** The difference between a layer here and in TensorFlow.js, as a sentence for users; null if there is none. */
function differenceOf({ class_name: name, config }: ObjectNode): string | null {
  const { interpolation = null, name: layer = null } = config;
  if (name !== 'UpSampling2D' || interpolation !== 'bilinear') return null;
  return `the UpSampling2D ${JSON.stringify(layer)} interpolates between the centers of pixels, as Keras does; TensorFlow.js interpolates between their corners, so that its predictions differ.`;
}
