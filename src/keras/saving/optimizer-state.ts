import { sameShape } from '../../core/shape.ts';
import type { Plan } from './plan.ts';
import type { SavedVariable, Saveable } from './keras-saveable.ts';
import type { StoredArray } from '../../formats/arrays/stored.ts';

/**
 * Notes that an optimizer gets the state that a file has, variable by variable. State of another optimizer is left out
 * with a warning, as in Keras: the weights are worth having without it.
 */
export function planOptimizerState(
  plan: Plan,
  optimizer: Saveable,
  makeSlots: () => void,
  stored: readonly (StoredArray | undefined)[],
): void {
  if (stored.length === 0) return;
  if (stored.length > optimizer.ownVariables.length) makeSlots();
  const variables = optimizer.ownVariables;
  const targets = targetsOf(variables, stored.length);
  const isFitting = (array: StoredArray | undefined, i: number): boolean =>
    array !== undefined && sameShape(array.shape, targets?.[i]?.shape ?? [NaN]);
  if (targets === null || !stored.every(isFitting)) {
    const shapes = targets === null ? '' : ', of other shapes';
    plan.warnings.push(
      `[${plan.who}] the state of the optimizer ${optimizer.name} is left out: it has ${variables.length} variables, the saved one ${stored.length}${shapes}. Training goes on with its state as it is.`,
    );
    return;
  }
  for (const [i, variable] of targets.entries()) {
    const array = stored[i];
    if (array !== undefined) plan.assign(`optimizer/vars/${i}`, variable, array);
  }
}

/** Which variables so many stored ones are for, in order; null if that cannot be told. */
function targetsOf(variables: readonly SavedVariable[], count: number): readonly SavedVariable[] | null {
  if (count === variables.length) return variables;
  // tf.keras does not store the learning rate, which the config has.
  const withoutRate = variables.filter((variable, i) => i !== 1 || variable.name !== 'learning_rate');
  if (count === withoutRate.length) return withoutRate;
  // An optimizer that was saved before its first step has no slots yet; those of a new one start as they are.
  const isUntrained = variables[0]?.value.data[0] === 0;
  return count <= 2 && isUntrained ? variables.slice(0, count) : null;
}
