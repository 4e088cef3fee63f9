import { ValueError, show } from '../../core/errors.ts';
import { checkInteger } from '../../core/checks.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';

const WHO = 'utils.toCategorical';

/**
 * Labels as one-hot rows, as the categorical cross-entropy expects.
 *
 * Shapes: labels `[…]` or `[…, 1]`, of more than one axis → `[…, numClasses]`, float32.
 * @param numClasses the number of classes; null for the maximum label plus 1
 * @throws ValueError if a label is not an integer from 0 to numClasses − 1.
 * @example
 * utils.toCategorical([2, 0]);       // [[0, 0, 1], [1, 0, 0]]
 * utils.toCategorical([1, 0], 3);    // [[0, 1, 0], [1, 0, 0]]
 * @see https://keras.io/api/utils/python_utils/#to_categorical-function
 */
export function toCategorical(x: TensorLike, numClasses: number | null = null): Tensor {
  const labels = tensor(x);
  const values = Array.from(labels.data);
  const maximum = values.reduce((most, label) => Math.max(most, label), -1);
  const classes = numClasses === null ? maximum + 1 : checkInteger(WHO, 'numClasses', numClasses, 1);
  const bad = values.find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (bad !== undefined) {
    throw new ValueError(
      `[${WHO}] labels must be integers from 0 to ${Math.max(classes - 1, 0)}. Received: label ${show(bad)}. Number the classes from 0, and pass numClasses.`,
    );
  }
  const { shape } = labels;
  const kept = shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  const data = new Float32Array(labels.size * classes);
  for (const [row, label] of values.entries()) data[row * classes + label] = 1;
  return new Tensor(data, [...kept, classes]);
}
