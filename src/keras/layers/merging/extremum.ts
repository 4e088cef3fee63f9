import type { Value } from '../../../compiler/ir/value.ts';
import { logicalOr, where } from '../../ops/index.ts';
import type { CallContext } from '../base/call-context.ts';
import { firstAndRest } from './base-merge.ts';
import { spreadMask } from './merged-inputs.ts';

/** The maximum or the minimum of inputs; a masked entry is replaced by the entry of the other input. */
export function extremumOf(
  choose: (a: Value, b: Value) => Value,
  inputs: readonly Value[],
  masks: readonly (Value | null)[],
  context: CallContext,
): Value {
  const [first, rest] = firstAndRest(inputs);
  let output = first;
  let joined = masks[0] ?? null;
  for (const [i, value] of rest.entries()) {
    const mask = masks[i + 1] ?? null;
    const x = mask === null ? value : where(spreadMask(mask, value.rank), value, output);
    const kept = joined === null ? output : where(spreadMask(joined, output.rank), output, x);
    joined = mask === null || joined === null ? null : logicalOr(joined, mask);
    output = choose(kept, x);
  }
  if (joined !== null) context.setMask(output, joined);
  return output;
}
