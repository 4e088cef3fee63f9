import { ValueError } from '../../core/errors.ts';
import { type Shape, sizeOf } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';

/**
 * The kind of targets, guessed from the shapes as in Keras: a single output is binary; labels (targets of a lower rank,
 * or with a last axis of 1) are sparse; all others are categorical.
 */
export function targetsOf(yTrueShape: Shape, yPredShape: Shape): 'binary' | 'sparse' | 'categorical' {
  if (yPredShape.at(-1) === 1) return 'binary';
  return yTrueShape.length < yPredShape.length || yTrueShape.at(-1) === 1 ? 'sparse' : 'categorical';
}

/**
 * Checks on the host that labels are integers in [0, classes), because a graph cannot report a single bad label.
 *
 * @throws ValueError for the first bad label, with its row and the range.
 * @example
 * checkLabels(tensor([0, 2, 1]), 3, 'SparseCategoricalCrossentropy');   // passes; a label of 3 would throw
 * @see https://keras.io/api/losses/probabilistic_losses/#sparse_categorical_crossentropy-function
 */
export function checkLabels(
  labels: Tensor,
  classes: number,
  who: string,
  options: { /** A label that may be out of range. @default null */ ignoreClass?: number | null } = {},
): void {
  const ignored = options.ignoreClass ?? null;
  const bad = labels.data.findIndex(
    (label) => label !== ignored && !(Number.isInteger(label) && label >= 0 && label < classes),
  );
  if (bad === -1) return;
  const row = Math.floor(bad / Math.max(1, sizeOf(labels.shape.slice(1))));
  throw new ValueError(
    `[${who}] labels must be integers from 0 to ${classes - 1}, for ${classes} classes. Received: label ${labels.data[bad] ?? NaN} in row ${row}. Number the classes from 0, and give the model's output one unit for each.`,
  );
}
