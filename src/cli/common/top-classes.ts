import type { Tensor } from '../../core/tensor.ts';
import { Activation, Dense, Softmax } from '../../keras/layers/index.ts';
import { type AnyModel, Model } from '../../keras/models/index.ts';

/** A class and its probability. */
export interface RankedClass {
  readonly class: number;
  /** The name of the class; null without class names. */
  readonly name: string | null;
  readonly probability: number;
}

/** Whether a model has a single output that is a softmax, and so consists of class probabilities. */
export function predictsClasses(model: AnyModel): boolean {
  const outputs = model.network?.flatOutputs ?? [];
  const [output] = outputs;
  if (output === undefined || outputs.length !== 1 || output.rank !== 2) return false;
  const { operation: layer } = output.node;
  if (layer instanceof Model) return predictsClasses(layer as Model);
  if (layer instanceof Softmax) return true;
  return (layer instanceof Dense || layer instanceof Activation) && layer.getConfig()['activation'] === 'softmax';
}

/** Returns the most probable classes of each row; ties keep the order of the classes, and NaN sorts last. */
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
