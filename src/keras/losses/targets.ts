import { ValueError } from '../../core/errors.ts';
import { type Shape, broadcastShapes, compatible, showShape, sizeOf } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { type Operand, castTo, toFloat, toValue } from '../ops/operand.ts';
import { sameRank } from './reduction.ts';

const shapes = (yTrue: Value, yPred: Value): string =>
  `yTrue of shape ${showShape(yTrue.shape)}, yPred of shape ${showShape(yPred.shape)}`;

/**
 * Targets and predictions in one floating type and, where a last axis of size 1 is all that differs, of one rank.
 * @throws ValueError if their shapes do not broadcast.
 */
export function aligned(who: string, yTrue: Operand, yPred: Operand): readonly [Value, Value] {
  const predictions = toFloat(yPred);
  const [a, b] = sameRank(castTo(toValue(yTrue), predictions.dtype), predictions);
  if (broadcastShapes(a.shape, b.shape) === null) {
    throw new ValueError(
      `[${who}] yTrue must have the shape of yPred, or broadcast to it. Received: ${shapes(a, b)}. Compare the targets with the shape of the model's output.`,
    );
  }
  return [a, b];
}

/**
 * Like {@link aligned}, for losses whose targets have exactly the shape of the predictions.
 * @throws ValueError if they have not.
 */
export function matched(who: string, yTrue: Operand, yPred: Operand, hint: string): readonly [Value, Value] {
  const predictions = toFloat(yPred);
  const [a, b] = sameRank(castTo(toValue(yTrue), predictions.dtype), predictions);
  if (!compatible(a.shape, b.shape)) {
    throw new ValueError(`[${who}] yTrue must have the shape of yPred. Received: ${shapes(a, b)}. ${hint}`);
  }
  return [a, b];
}

/**
 * What targets of this shape must be, as Keras guesses it from that of the predictions: one output is binary; labels
 * (of a lower rank, or with a last axis of 1) are sparse; the rest is categorical.
 */
export function targetsOf(yTrueShape: Shape, yPredShape: Shape): 'binary' | 'sparse' | 'categorical' {
  if (yPredShape.at(-1) === 1) return 'binary';
  return yTrueShape.length < yPredShape.length || yTrueShape.at(-1) === 1 ? 'sparse' : 'categorical';
}

/**
 * Checks on the host that labels are whole numbers in [0, classes): a graph cannot say which one is not.
 *
 * @throws ValueError that names the first bad label, its row, and the range.
 * @example
 * checkLabels(tensor([0, 2, 1]), 3, 'SparseCategoricalCrossentropy');   // fine: 3 would have been refused
 * @see https://keras.io/api/losses/probabilistic_losses/#sparse_categorical_crossentropy-function
 */
export function checkLabels(
  labels: Tensor,
  classes: number,
  who: string,
  options: { /** A label that may lie outside. @default null */ ignoreClass?: number | null } = {},
): void {
  const ignored = options.ignoreClass ?? null;
  const bad = labels.data.findIndex(
    (label) => label !== ignored && !(Number.isInteger(label) && label >= 0 && label < classes),
  );
  if (bad === -1) return;
  const row = Math.floor(bad / Math.max(1, sizeOf(labels.shape.slice(1))));
  throw new ValueError(
    `[${who}] labels must be whole numbers from 0 to ${classes - 1}, for ${classes} classes. Received: label ${labels.data[bad] ?? NaN} in row ${row}. Number the classes from 0, and give the model's output one unit for each.`,
  );
}
