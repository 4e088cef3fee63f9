import { type Config, type Json, isRecord } from '../../../core/config.ts';
import type { StoredArray } from '../../../formats/arrays/stored.ts';
import { isObjectNode } from '../json-tree.ts';
import type { FileWeight } from './decode-weights.ts';

/** The slots of an optimizer of TensorFlow.js, by the last parts of the names of its weights. */
interface Slots {
  /** In Keras's order. */
  readonly names: readonly string[];
  /** Whether Keras stores the slots of a variable together, rather than each slot for all variables. */
  readonly alternates?: boolean;
}

function slotsOf(name: string, config: Config): Slots {
  switch (name) {
    case 'Adam':
      return { names: ['m', 'v'], alternates: true };
    case 'Adadelta':
      return { names: ['accum_grad', 'accum_var'], alternates: true };
    case 'Adagrad':
      return { names: ['accumulator'] };
    case 'Momentum':
      return { names: ['momentum'] };
    case 'RMSProp': {
      // Keras has no momentum that is not used.
      const momentum = config['momentum'] === 0 ? [] : ['momentum'];
      return { names: ['rms', ...momentum, ...(config['centered'] === true ? ['mg'] : [])] };
    }
    default:
      return { names: [] };
  }
}

/**
 * The state of an optimizer in the order of Keras: the number of steps, then the slots. TensorFlow.js stores slot by slot. Its
 * momentum is a sum of gradients, and Keras's is that of the changes, −learning rate · gradient.
 */
export function optimizerState(weights: readonly FileWeight[], trainingConfig: Json): readonly StoredArray[] {
  const given = isRecord(trainingConfig) ? (trainingConfig as Config)['optimizer_config'] : null;
  const name = isObjectNode(given) ? given.class_name : '';
  const config: Config = isObjectNode(given) ? given.config : {};
  const arraysOf = (slot: string): readonly StoredArray[] =>
    weights.flatMap(({ name: path, array }) => (path.endsWith(`/${slot}`) && array !== null ? [array] : []));
  const { names, alternates = false } = slotsOf(name, config);
  const slots = names.map((slot) => {
    const arrays = arraysOf(slot);
    return name === 'Momentum' ? arrays.map((array) => scaled(array, -Number(config['learningRate']))) : arrays;
  });
  const steps = weights.flatMap(({ name: path, array }) => (path === 'iter' && array !== null ? [array] : []));
  const [first = []] = slots;
  return [...steps, ...(alternates ? first.flatMap((_, i) => slots.flatMap((slot) => slot[i] ?? [])) : slots.flat())];
}

function scaled(array: StoredArray, factor: number): StoredArray {
  const data = Float32Array.from(array.data as Iterable<number>, (value) => value * factor);
  return { kind: 'array', dtype: 'float32', shape: array.shape, data };
}
