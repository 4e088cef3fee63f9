import { ValueError } from '../../../core/errors.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type StateOwner, stateReadBy } from '../../layers/base/check-state.ts';
import { isLayerWeight } from '../../layers/base/weight-list.ts';

/**
 * Checks that losses, metrics and penalties read no trainable variable that training would not change. They may use other
 * networks, and variables that are not trained, such as the weight of a penalty.
 * @throws ValueError, which names the variable, if they do.
 */
export function checkLossState({ who, variables }: StateOwner, values: readonly Value[]): void {
  const known = new Set(variables);
  for (const { variable } of stateReadBy(values)) {
    if (known.has(variable) || !variable.trainable || isLayerWeight(variable)) continue;
    throw new ValueError(
      `[${who}] a trainable variable that a loss or a metric uses must be found in the fields of layers, or it is neither trained nor saved. Received: the variable ${JSON.stringify(variable.path)}, which no field leads to. Keep it in a field of the model or of a layer, or make it with { trainable: false }.`,
    );
  }
}
