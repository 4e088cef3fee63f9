import type { Tensor } from '../core/tensor.ts';
import { Activation, Dense, Softmax } from '../keras/layers/index.ts';
import { Model } from '../keras/models/index.ts';

/** A class and how probable it is. */
export interface RankedClass {
  readonly class: number;
  /** Its name, where names were given. */
  readonly name: string | null;
  readonly probability: number;
}

/** Whether a model has one output, a softmax: what it gives are probabilities of classes. */
export function givesClasses(model: Model): boolean {
  const outputs = model.network?.flatOutputs ?? [];
  const [output] = outputs;
  if (output === undefined || outputs.length !== 1 || output.rank !== 2) return false;
  const { layer } = output.node;
  if (layer instanceof Model) return givesClasses(layer as Model);
  if (layer instanceof Softmax) return true;
  return (layer instanceof Dense || layer instanceof Activation) && layer.getConfig()['activation'] === 'softmax';
}

/** The most probable classes of each row, the first of equals first. NaN comes last. */
export function topClasses(
  { data, shape }: Tensor,
  count: number,
  classNames: readonly string[] | null,
): readonly (readonly RankedClass[])[] {
  const [rows = 0, classes = 0] = shape;
  return Array.from({ length: rows }, (_, row) => {
    const probabilities = Array.from(data.subarray(row * classes, (row + 1) * classes));
    const order = probabilities.map((_probability, i) => i);
    const key = (i: number): number => {
      const value = probabilities[i] ?? NaN;
      return Number.isNaN(value) ? -Infinity : value;
    };
    order.sort((a, b) => key(b) - key(a) || a - b);
    return order.slice(0, count).map((i) => ({
      class: i,
      name: classNames?.[i] ?? null,
      probability: probabilities[i] ?? NaN,
    }));
  });
}
