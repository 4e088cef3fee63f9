import { ValueError } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import { ctcLoss, notEqual, fullLike, sum } from '../ops/index.ts';
import { type Fields, string } from '../saving/fields.ts';
import { Loss } from './loss.ts';

/**
 * −log of the probability that logits spell labels, {@link ctcLoss}. Class 0 is the blank, and labels of 0 are padding.
 *
 * Shapes: labels `[batch, labels]`, logits `[batch, steps, classes]` → `[batch]`.
 * @throws ValueError for other shapes.
 * @example
 * await jit((yTrue, yPred) => ctc(yTrue, yPred))([[1]], [[[0, 0], [0, 0]]]);   // ≈ [0.287682]
 * @see https://www.cs.toronto.edu/~graves/icml_2006.pdf
 */
export function ctc(yTrue: Operand, yPred: Operand): Value {
  const labels = castTo(toValue(yTrue), 'int32');
  const logits = toFloat(yPred);
  const [, steps = null] = logits.shape;
  if (labels.rank !== 2 || logits.rank !== 3 || steps === null) {
    throw new ValueError(
      `[losses.ctc] yTrue must have the shape [batch, labels], and yPred, the logits, [batch, steps, classes], with a known number of steps. Received: yTrue of shape ${showShape(labels.shape)}, yPred of shape ${showShape(logits.shape)}.`,
    );
  }
  const targetLength = sum(castTo(notEqual(labels, 0), 'int32'), { axis: 1 });
  return ctcLoss(labels, logits, targetLength, fullLike(targetLength, steps));
}

/**
 * The loss of sequences whose labels are not aligned in time, such as speech: {@link ctc}. The model returns logits, in
 * which class 0 is the blank; labels start at 1, and 0 is padding.
 *
 * @throws ValueError when called, for other shapes.
 * @example
 * await jit((yTrue, yPred) => new CTC().apply(yTrue, yPred))([[1]], [[[0, 0], [0, 0]]]);   // ≈ 0.287682
 * @see https://www.cs.toronto.edu/~graves/icml_2006.pdf
 */
export class CTC extends Loss {
  static override readonly className: string = 'CTC';
  static override readonly fields: Fields = { ...Loss.fields, name: string('ctc') };

  override call(yTrue: Value, yPred: Value): Value {
    return ctc(yTrue, yPred);
  }
}
