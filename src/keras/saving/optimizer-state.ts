import { sameShape } from '../../core/shape.ts';
import type { Plan } from './plan.ts';
import type { SavedVariable, Saveable } from './keras-saveable.ts';
import type { StoredArray } from '../../formats/arrays/stored.ts';

/**
 * Plans the assignment of an optimizer's stored state, variable by variable. The state of a different optimizer is
 * skipped with a warning, as in Keras, since the weights are useful without it.
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
      `[${plan.who}] the state of the optimizer ${optimizer.name} was skipped: the optimizer has ${variables.length} variables, the file ${stored.length}${shapes}. The optimizer keeps its current state.`,
    );
    return;
  }
  for (const [i, variable] of targets.entries()) {
    const array = stored[i];
    if (array !== undefined) plan.assign(`optimizer/vars/${i}`, variable, array);
  }
}

/** The variables that a number of stored ones belong to, in order; null if that is ambiguous. */
function targetsOf(variables: readonly SavedVariable[], count: number): readonly SavedVariable[] | null {
  if (count === variables.length) return variables;
  // tf.keras does not store the learning rate, which is in the config.
  const withoutRate = variables.filter((variable, i) => i !== 1 || variable.name !== 'learning_rate');
  if (count === withoutRate.length) return withoutRate;
  // An optimizer that was saved before its first step has no slots yet; those of a new one keep their initial values.
  const isUntrained = variables[0]?.value.data[0] === 0;
  return count <= 2 && isUntrained ? variables.slice(0, count) : null;
}
