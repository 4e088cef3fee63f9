import type { Config } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Shape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { divide, multiply, power, subtract } from '../ops/elementwise.ts';
import { oneHot } from '../ops/movement.ts';
import { type Operand, toFloat } from '../ops/operand.ts';
import { sum } from '../ops/reductions.ts';
import { labelsOf } from './crossentropy.ts';
import { Loss, type LossOptions, lossOptions } from './loss.ts';
import { checkLabels } from './targets.ts';

function checkExponent(who: string, q: unknown): number {
  const value = checkNumber(who, 'q', q);
  if (value > 0 && value < 1) return value;
  throw new ValueError(`[${who}] q must lie between 0 and 1. Received: q=${value}.`);
}

/**
 * (1 − p^q) / q, p the probability predicted for each label: near 0 the cross-entropy, near 1 the absolute error, which
 * wrong labels disturb less.
 *
 * Shapes: labels `[batch, …]` or `[batch, …, 1]`, predictions `[batch, …, classes]` → `[batch, …]`.
 * @throws ValueError if the shapes do not fit, or q does not lie between 0 and 1.
 * @example
 * await jit((yTrue, yPred) => categoricalGeneralizedCrossEntropy(yTrue, yPred, 0.5))([1], [[0.75, 0.25]]);   // [1]
 * @see https://arxiv.org/abs/1805.07836
 */
export function categoricalGeneralizedCrossEntropy(yTrue: Operand, yPred: Operand, q: number): Value {
  const who = 'losses.categoricalGeneralizedCrossEntropy';
  const exponent = checkExponent(who, q);
  const prediction = toFloat(yPred);
  const labels = labelsOf(yTrue, prediction, prediction.rank - 1, who);
  const classes = prediction.shape.at(-1) ?? null;
  if (classes === null) throw new ValueError(`[${who}] the number of classes must be known. Received: none.`);
  const probability = sum(multiply(prediction, oneHot(labels, classes, prediction.dtype)), { axis: -1 });
  return divide(subtract(1, power(probability, exponent)), exponent);
}

/**
 * A cross-entropy of labels that bears with wrong ones: {@link categoricalGeneralizedCrossEntropy}.
 *
 * @throws ValueError if q does not lie between 0 and 1.
 * @example
 * const loss = new CategoricalGeneralizedCrossEntropy({ q: 0.5 });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([1, 0], [[0.75, 0.25], [1, 0]]);   // 0.5
 * @see https://arxiv.org/abs/1805.07836
 */
export class CategoricalGeneralizedCrossEntropy extends Loss {
  /** Between the cross-entropy, 0, and the absolute error, 1. */
  readonly q: number;

  constructor(
    options: LossOptions & {
      /** Between the cross-entropy, 0, and the absolute error, 1. @default 0.5 */ q?: number;
    } = {},
  ) {
    const who = 'CategoricalGeneralizedCrossEntropy';
    checkOptions(who, options, [...lossOptions, 'q']);
    super(options, 'categorical_generalized_cross_entropy');
    this.q = checkExponent(who, options.q ?? 0.5);
  }

  override call(yTrue: Value, yPred: Value): Value {
    return categoricalGeneralizedCrossEntropy(yTrue, yPred, this.q);
  }

  override checkTargets(targets: Tensor, outputShape: Shape): void {
    const classes = outputShape.at(-1) ?? null;
    if (classes !== null) checkLabels(targets, classes, 'CategoricalGeneralizedCrossEntropy');
  }

  override getConfig(): Config {
    return { ...super.getConfig(), q: this.q };
  }
}
