import { checkNumber } from '../../core/checks.ts';
import { ValueError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, toFloat } from '../../compiler/builder/operand.ts';
import { divide, multiply, power, subtract, oneHot, sum } from '../ops/index.ts';
import { labelsOf } from './crossentropy.ts';
import { type Fields, field, string } from '../saving/fields.ts';
import { Loss, type LossOptions } from './loss.ts';
import { checkLabels } from './targets.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

const exponent = field<number>({
  byDefault: 0.5,
  read: (who, option, given) => {
    const value = checkNumber(who, option, given);
    if (value > 0 && value < 1) return value;
    throw new ValueError(`[${who}] ${option} must be in (0, 1). Received: ${option}=${value}.`);
  },
});

/**
 * (1 − p^q) / q, p the probability predicted for each label. The limit q → 0 is the cross-entropy, and q → 1 the absolute
 * error, which is more robust against wrong labels.
 *
 * Shapes: labels `[batch, …]` or `[batch, …, 1]`, predictions `[batch, …, classes]` → `[batch, …]`.
 * @throws ValueError if the shapes do not match, or q is not in (0, 1).
 * @example
 * await jit((yTrue, yPred) => categoricalGeneralizedCrossEntropy(yTrue, yPred, 0.5))([1], [[0.75, 0.25]]);   // [1]
 * @see https://arxiv.org/abs/1805.07836
 */
export function categoricalGeneralizedCrossEntropy(yTrue: Operand, yPred: Operand, q: number): Value {
  const who = 'losses.categoricalGeneralizedCrossEntropy';
  exponent.read(who, 'q', q);
  const prediction = toFloat(yPred);
  const labels = labelsOf(yTrue, prediction, prediction.rank - 1, who);
  const classes = prediction.shape.at(-1) ?? null;
  if (classes === null) throw new ValueError(`[${who}] the number of classes must be known. Received: none.`);
  const probability = sum(multiply(prediction, oneHot(labels, classes, { dtype: prediction.dtype })), { axis: -1 });
  return divide(subtract(1, power(probability, q)), q);
}

/** Options of {@link CategoricalGeneralizedCrossEntropy}. */
export interface GeneralizedCrossEntropyOptions extends LossOptions {
  /** The exponent, between the cross-entropy (0) and the absolute error (1). @default 0.5 */
  q?: number;
}

/**
 * A cross-entropy of labels that tolerates wrong ones: {@link categoricalGeneralizedCrossEntropy}.
 *
 * @throws ValueError if q is not in (0, 1).
 * @example
 * const loss = new CategoricalGeneralizedCrossEntropy({ q: 0.5 });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([1, 0], [[0.75, 0.25], [1, 0]]);   // 0.5
 * @see https://arxiv.org/abs/1805.07836
 */
export class CategoricalGeneralizedCrossEntropy extends Loss {
  static override readonly className: string = 'CategoricalGeneralizedCrossEntropy';
  static override readonly positional = ['q', 'reduction'] as const;
  static override readonly fields: Fields = {
    ...Loss.fields,
    name: string('categorical_generalized_cross_entropy'),
    q: exponent,
  };

  /** The exponent, between the cross-entropy (0) and the absolute error (1). */
  declare readonly q: number;

  constructor(...args: Arguments<GeneralizedCrossEntropyOptions, typeof CategoricalGeneralizedCrossEntropy.positional>);
  constructor(options?: GeneralizedCrossEntropyOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(yTrue: Value, yPred: Value): Value {
    return categoricalGeneralizedCrossEntropy(yTrue, yPred, this.q);
  }

  override checkTargets(targets: Tensor, outputShape: Shape): void {
    const classes = outputShape.at(-1) ?? null;
    if (classes !== null) checkLabels(targets, classes, this.className);
  }
}
