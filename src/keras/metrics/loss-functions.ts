/**
 * The functions of the losses for metrics, which average their values. Their errors contain the name of the metric.
 */
import * as losses from '../losses/index.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { negative } from '../ops/index.ts';
import { alignedFloats } from '../losses/alignment.ts';

/** Returns the losses of samples, from targets and predictions. */
export type SampleLoss = (yTrue: Operand, yPred: Operand) => Value;

const under =
  (who: string, loss: SampleLoss): SampleLoss =>
  (yTrue, yPred) =>
    loss(...alignedFloats(who, yTrue, yPred));

export const meanSquaredError: SampleLoss = under('MeanSquaredError', losses.meanSquaredError);
export const meanAbsoluteError: SampleLoss = under('MeanAbsoluteError', losses.meanAbsoluteError);
export const meanAbsolutePercentageError: SampleLoss = under(
  'MeanAbsolutePercentageError',
  losses.meanAbsolutePercentageError,
);
export const meanSquaredLogarithmicError: SampleLoss = under(
  'MeanSquaredLogarithmicError',
  losses.meanSquaredLogarithmicError,
);
export const logCosh: SampleLoss = under('LogCoshError', losses.logCosh);
export const klDivergence: SampleLoss = under('KLDivergence', losses.klDivergence);
export const poisson: SampleLoss = under('Poisson', losses.poisson);
export const hinge: SampleLoss = under('Hinge', losses.hinge);
export const squaredHinge: SampleLoss = under('SquaredHinge', losses.squaredHinge);
export const categoricalHinge: SampleLoss = under('CategoricalHinge', losses.categoricalHinge);

/** The cosine, whose negative is the loss. */
export function cosineSimilarity(yTrue: Operand, yPred: Operand, axis: number): Value {
  const [target, prediction] = alignedFloats('CosineSimilarity', yTrue, yPred);
  return negative(losses.cosineSimilarity(target, prediction, { axis }));
}

interface Options {
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
}

export function binaryCrossentropy(yTrue: Operand, yPred: Operand, { fromLogits, labelSmoothing }: Options): Value {
  const [target, prediction] = alignedFloats('BinaryCrossentropy', yTrue, yPred);
  return losses.binaryCrossentropy(target, prediction, { fromLogits, labelSmoothing });
}

export function categoricalCrossentropy(
  yTrue: Operand,
  yPred: Operand,
  { fromLogits, labelSmoothing, axis }: Options & { readonly axis: number },
): Value {
  const [target, prediction] = alignedFloats('CategoricalCrossentropy', yTrue, yPred);
  return losses.categoricalCrossentropy(target, prediction, { fromLogits, labelSmoothing, axis });
}

export function sparseCategoricalCrossentropy(
  yTrue: Operand,
  yPred: Operand,
  options: { readonly fromLogits: boolean; readonly ignoreClass: number | null; readonly axis: number },
): Value {
  const { fromLogits, ignoreClass, axis } = options;
  return losses.sparseCategoricalCrossentropy(yTrue, yPred, { fromLogits, ignoreClass, axis });
}
