import type { Value } from '../../../ir/value.ts';
import type { LowerContext } from '../context.ts';
import { emitRecurrence } from './emit-recurrence.ts';
import { findBoth, gateOf, isValueOf, operandOf, productOf, projectionOf } from './match.ts';

/**
 * A scan whose step is that of a long short-term memory, as the engine's operator, which divides the batch among the threads and
 * makes all steps in one call; null for other scans.
 *
 *     c ← σ(f) · c + σ(i) · tanh(g)      h ← σ(o) · tanh(c)      [i f g o] = xₜ K + b + h R, the gates in any order
 */
export function emitLstm(context: LowerContext<'scan'>): readonly string[] | null {
  const { attributes, operands } = context;
  const { body, states, sequences } = attributes;
  if (states !== 2 || sequences !== 1) return null;
  const [h, c, slice, ...captures] = body.inputs;
  const [nextH, nextC, ...others] = body.outputs;
  const units = h?.shape[1];
  if (typeof units !== 'number' || !others.every((value) => value === nextH)) return null;
  const sigmoidGate = (value: Value) => gateOf(operandOf(value, 'sigmoid'), units);
  const tanhGate = (value: Value) => gateOf(operandOf(value, 'tanh'), units);
  const output = findBoth(nextH, 'multiply', sigmoidGate, (value) =>
    isValueOf(nextC)(operandOf(value, 'tanh') ?? value),
  );
  const carry = findBoth(
    nextC,
    'add',
    (value) => findBoth(value, 'multiply', sigmoidGate, isValueOf(c)),
    (value) => findBoth(value, 'multiply', sigmoidGate, tanhGate),
  );
  if (output === null || carry === null) return null;
  const [[forget], [input, candidate]] = carry;
  const gates = [input, output[0], forget, candidate];
  const [sum] = new Set(gates.map(({ source }) => source));
  if (!gates.every(({ source }) => source === sum)) return null;
  const found = findBoth(sum, 'add', isValueOf(slice), productOf);
  const projection = projectionOf(operands[2]);
  if (found === null || found[1].x !== h || projection === null) return null;
  const recurrent = operands[3 + captures.indexOf(found[1].kernel)];
  if (!captures.includes(found[1].kernel) || recurrent === undefined) return null;
  // ONNX has the gates in the order i, o, f, c.
  return emitRecurrence(context, 'LSTM', {
    projection,
    recurrent,
    recurrentBias: null,
    order: gates.map(({ index }) => index),
  });
}
