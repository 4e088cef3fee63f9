import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { add, divide, where } from '../ops/index.ts';
import type { StepContext } from './step-context.ts';

/**
 * Gradient accumulation: the gradients of the batches since the last update are summed in a slot, and their mean is the
 * gradient of the update.
 */
export function accumulate(
  { every, isDue, trace }: StepContext,
  gradients: ReadonlyMap<Variable, Value>,
  accumulators: ReadonlyMap<Variable, Variable>,
): ReadonlyMap<Variable, Value> {
  if (every === null || isDue === null) return gradients;
  return new Map(
    [...gradients].map(([variable, gradient]) => {
      const accumulator = accumulators.get(variable);
      if (accumulator === undefined) return [variable, gradient];
      const sum = add(gradient, trace.read(accumulator));
      trace.update(accumulator, where(isDue, 0, sum));
      return [variable, divide(sum, every)];
    }),
  );
}
