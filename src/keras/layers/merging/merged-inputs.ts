import { ValueError } from '../../../core/errors.ts';
import { type Shape } from '../../../core/shape.ts';
import { type Trace, traceOf } from '../../../compiler/graph/trace.ts';
import { Value, isNode } from '../../../compiler/graph/value.ts';
import { logicalOr } from '../../ops/elementwise.ts';
import { reshape } from '../../ops/movement.ts';
import { type InputShape, isShape, showInputShape } from '../base/input-shape.ts';

/** The shapes of a list of inputs. @throws ValueError if there is one input, not in a list. */
export function shapesOfList(inputShape: InputShape, who: string): readonly Shape[] {
  if (Array.isArray(inputShape) && inputShape.length > 0 && inputShape.every(isShape)) return inputShape;
  throw new ValueError(
    `[${who}] expected a list of inputs: layer.apply([a, b]). Received: inputShape=${showInputShape(inputShape)}.`,
  );
}

/** The inputs of a call. @throws ValueError if there is one input, not in a list. */
export function listOfInputs(inputs: unknown, who: string): readonly Value[] {
  if (Array.isArray(inputs) && inputs.length > 0 && inputs.every((value) => value instanceof Value)) return inputs;
  const received = inputs instanceof Value ? 'one input' : 'something else';
  throw new ValueError(`[${who}] expected a list of inputs: layer.apply([a, b]). Received: ${received}.`);
}

/** The mask of each input; the first may have been given with the call. */
export function masksOf(trace: Trace | null, inputs: readonly Value[], first: Value | null): readonly (Value | null)[] {
  return inputs.map((value, i) => (i === 0 ? first : null) ?? findMask(trace, value));
}

/** As {@link masksOf}, outside of a call. */
export function masksInTrace(inputs: readonly Value[], first: Value | null): readonly (Value | null)[] {
  return masksOf(traceOf(inputs), inputs, first);
}

/** A mask belongs to what came in; the layer may have cast that to its own type. */
function findMask(trace: Trace | null, value: Value): Value | null {
  if (trace === null) return null;
  const [source] = isNode(value.node, 'cast') ? value.node.inputs : [];
  return trace.maskOf(value) ?? (source === undefined ? null : trace.maskOf(source));
}

/** What counts in any of the inputs; null if one of them has no mask. */
export function joinMasks(masks: readonly (Value | null)[]): Value | null {
  let joined: Value | null = null;
  for (const mask of masks) {
    if (mask === null) return null;
    joined = joined === null ? mask : logicalOr(joined, mask);
  }
  return joined;
}

/** A mask with axes of size 1 behind, so that it broadcasts against values of this rank. */
export function spreadMask(mask: Value, rank: number): Value {
  const missing = Math.max(0, rank - mask.rank);
  return reshape(mask, [...mask.shape, ...new Array<number>(missing).fill(1)]);
}
