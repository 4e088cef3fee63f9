import { constantOf } from '../../../graph/leaves.ts';
import type { Value } from '../../../ir/value.ts';
import type { LowerContext } from '../context.ts';
import { emitRecurrence } from './emit-recurrence.ts';
import { type Gate, findBoth, gateOf, isValueOf, operandOf, operandsOf, projectionOf } from './match.ts';

/**
 * A scan whose step is that of a gated recurrent unit with the reset gate after the product, as the engine's operator; null for
 * other scans.
 *
 *     h ← σ(z) · h + (1 − σ(z)) · tanh(xₕ + σ(r) · rₕ)      [z r xₕ] = xₜ K + b, with h R + b in the gates and as rₕ
 */
export function emitGru(context: LowerContext<'scan'>): readonly string[] | null {
  const { attributes, operands } = context;
  const { body, states, sequences } = attributes;
  if (states !== 1 || sequences !== 3) return null;
  const [h] = body.inputs;
  const [next, ...others] = body.outputs;
  const units = h?.shape[1];
  if (typeof units !== 'number' || !others.every((value) => value === next)) return null;

  /** What a gate receives from x, which is a slice of the step, and from h. */
  const bothOf = (value: Value | undefined): { readonly x: Value; readonly gate: Gate } | null => {
    const found = findBoth(
      value,
      'add',
      (each) => (body.inputs.indexOf(each) > 0 ? each : null),
      (each) => gateOf(each, units),
    );
    return found === null ? null : { x: found[0], gate: found[1] };
  };
  const sigmoidOf = (value: Value) => bothOf(operandOf(value, 'sigmoid'));
  const candidateOf = (value: Value) =>
    findBoth(
      operandOf(value, 'tanh'),
      'add',
      (each) => (body.inputs.indexOf(each) > 0 ? each : null),
      (each) => findBoth(each, 'multiply', sigmoidOf, (inner) => gateOf(inner, units)),
    );
  const found = findBoth(
    next,
    'add',
    (value) => findBoth(value, 'multiply', (each) => (sigmoidOf(each) === null ? null : each), isValueOf(h)),
    (value) => findBoth(value, 'multiply', oneMinus, candidateOf),
  );
  if (found === null) return null;
  const [[update], [complement, [candidateX, [reset, candidate]]]] = found;
  const updateGate = sigmoidOf(update);
  if (complement !== update || updateGate === null) return null;
  const gates = [updateGate, reset, { x: candidateX, gate: candidate }];

  const [sum] = gates.map(({ gate }) => gate.source);
  const inner = projectionOf(sum);
  if (inner === null || inner.x !== h || !gates.every(({ gate }) => gate.source === sum)) return null;
  const outer = gates.map(({ x, gate }) => {
    const part = gateOf(operands[body.inputs.indexOf(x)], units);
    return part?.index === gate.index ? part.source : null;
  });
  const [projected] = outer;
  const projection = projectionOf(projected ?? undefined);
  if (projection === null || !outer.every((source) => source === projected)) return null;
  const given = (value: Value): Value | undefined => operands[body.inputs.indexOf(value)];
  const recurrent = given(inner.kernel);
  const recurrentBias = inner.bias === null ? null : given(inner.bias);
  if (recurrent === undefined || recurrentBias === undefined) return null;
  // ONNX has the gates in the order z, r, h.
  return emitRecurrence(context, 'GRU', {
    projection,
    recurrent,
    recurrentBias,
    order: gates.map(({ gate }) => gate.index),
  });
}

/** The operand of 1 − x; null for other values. */
function oneMinus(value: Value): Value | null {
  const [one, x] = operandsOf(value, 'subtract') ?? [];
  const constant = one === undefined ? null : constantOf(one);
  return constant?.size === 1 && constant.data[0] === 1 && x !== undefined ? x : null;
}
