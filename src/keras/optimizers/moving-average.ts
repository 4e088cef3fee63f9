import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { castTo, toValue } from '../../compiler/builder/operand.ts';
import { add, divide, equal, floor, multiply, subtract, where } from '../ops/index.ts';
import type { StepContext } from './step-context.ts';

/** The options of the moving average of the weights. */
export interface MovingAverageOptions {
  readonly emaMomentum: number;
  readonly emaOverwriteFrequency: number | null;
}

/**
 * Updates the moving averages of the weights after a step:
 *
 *     average ← momentum · average + (1 − momentum) · value        the value itself at the first step
 *
 * @param next the new values of the variables that the step changes
 * @returns the values of variables that are replaced by their averages; empty if none can be
 */
export function updateAverages(
  context: StepContext,
  averages: ReadonlyMap<Variable, Variable>,
  next: ReadonlyMap<Variable, Value>,
  { emaMomentum, emaOverwriteFrequency }: MovingAverageOptions,
): ReadonlyMap<Variable, Value> {
  const { iterations, trace } = context;
  const overwritten = new Map<Variable, Value>();
  for (const [variable, slot] of averages) {
    const value = next.get(variable) ?? trace.read(variable);
    const last = trace.read(slot);
    const weight = where(equal(iterations, 0), toValue(1, value.dtype), 1 - emaMomentum);
    const average = add(last, multiply(subtract(value, last), weight));
    trace.update(slot, average);
    if (emaOverwriteFrequency === null) continue;
    const count = castTo(add(iterations, 1), value.dtype);
    const isDue = equal(multiply(floor(divide(count, emaOverwriteFrequency)), emaOverwriteFrequency), count);
    overwritten.set(variable, where(isDue, average, value));
  }
  return overwritten;
}
