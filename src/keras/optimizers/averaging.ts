import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { add, equal, floor, divide, multiply, subtract, where } from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';
import { type SharedStep, UpdateStep } from './update-step.ts';

/** The moving average of a variable after this step: momentum · average + (1 − momentum) · value, and value at first. */
export function averageOf(value: Value, step: UpdateStep, momentum: number): Value {
  const rest = step.scalar('average', () => where(equal(step.iterations, 0), onesFor(value), 1 - momentum));
  const average = step.read('average');
  return step.writeAlways('average', add(average, multiply(subtract(value, average), rest)));
}

const onesFor = (value: Value): Value => castTo(equal(0, 0), value.dtype);

/** The average in the place of the value, at every `frequency`-th step. */
export function overwritten(value: Value, average: Value, step: UpdateStep, frequency: number): Value {
  const isDue = step.scalar('overwrite', () => {
    const count = castTo(add(step.iterations, 1), value.dtype);
    return equal(multiply(floor(divide(count, frequency)), frequency), count);
  });
  return where(isDue, average, value);
}

/**
 * The means of the gradients since the last move of the variables, where those are moved at every so many batches: each
 * sum is kept until then, and forgotten. Else the gradients themselves.
 */
export function gathered(
  shared: SharedStep,
  variables: readonly Variable[],
  gradients: readonly Value[],
): readonly Value[] {
  const { every, isDue } = shared;
  if (every === null || isDue === null) return gradients;
  return gradients.map((gradient, i) => {
    const variable = variables[i];
    if (variable === undefined) return gradient;
    const step = new UpdateStep(shared, variable);
    const sum = add(gradient, step.read('gradient_accumulator'));
    step.writeAlways('gradient_accumulator', where(isDue, 0, sum));
    return divide(sum, every);
  });
}
