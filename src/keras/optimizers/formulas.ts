import type { Value } from '../../compiler/ir/value.ts';
import { castTo } from '../../compiler/builder/operand.ts';
import { add, multiply, power, subtract } from '../ops/index.ts';
import type { StepInput } from './step.ts';

/** The moving average after one more observation: a + (1 − decay) (x − a). */
export const movingAverage = (average: Value, x: Value, decay: number): Value =>
  add(average, multiply(subtract(x, average), 1 - decay));

/** The number of this step, counted from 1, in the type of the variable. */
export const stepNumber = ({ iterations, value }: Pick<StepInput, 'iterations' | 'value'>): Value =>
  castTo(add(iterations, 1), value.dtype);

/**
 * 1 − βᵗ at step t: the factor by which a moving average that started at zero is too small. Keras makes a tensor of β
 * before the power, which rounds it to float32 even where everything else is float64.
 */
export const biasCorrection = (beta: number, t: Value): Value => subtract(1, power(Math.fround(beta), t));
