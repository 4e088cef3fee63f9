import type { LowerContext } from '../context.ts';
import { emitRecurrence } from './emit-recurrence.ts';
import { findBoth, isValueOf, operandOf, productOf, projectionOf } from './match.ts';

/**
 * A scan whose step is h ← tanh(xₜ K + b + h R), as the engine's operator; null for other scans.
 */
export function emitSimpleRnn(context: LowerContext<'scan'>): readonly string[] | null {
  const { attributes, operands } = context;
  const { body, states, sequences } = attributes;
  if (states !== 1 || sequences !== 1) return null;
  const [h, slice] = body.inputs;
  const [next, ...others] = body.outputs;
  const found = findBoth(operandOf(next, 'tanh'), 'add', isValueOf(slice), productOf);
  const projection = projectionOf(operands[1]);
  if (found === null || found[1].x !== h || projection === null || !others.every((value) => value === next))
    return null;
  const recurrent = operands[body.inputs.indexOf(found[1].kernel)];
  if (recurrent === undefined) return null;
  return emitRecurrence(context, 'RNN', { projection, recurrent, recurrentBias: null, order: [0] });
}
