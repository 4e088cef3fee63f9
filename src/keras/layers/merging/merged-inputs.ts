import { ValueError } from '../../../core/errors.ts';
import { type Shape } from '../../../core/shape.ts';
import { type Tensor, type TensorLike, tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import { type Trace, traceOf } from '../../../compiler/graph/trace.ts';
import { Value, isNode } from '../../../compiler/ir/value.ts';
import { logicalOr, reshape } from '../../ops/index.ts';
import type { Several } from '../base/apply-options.ts';
import { type InputShape, isShape, showInputShape } from '../base/input-shape.ts';

/** The shapes of a list of inputs. @throws ValueError if the input is not a list. */
export function shapesOfList(inputShape: InputShape, who: string): readonly Shape[] {
  if (Array.isArray(inputShape) && inputShape.length > 0 && inputShape.every(isShape)) return inputShape;
  throw new ValueError(
    `[${who}] expected a list of inputs: layer.apply([a, b]). Received: inputShape=${showInputShape(inputShape)}.`,
  );
}

/** The inputs of a call. @throws ValueError if the input is not a list. */
export function listOfInputs(inputs: unknown, who: string): readonly Value[] {
  if (Array.isArray(inputs) && inputs.length > 0 && inputs.every((value) => value instanceof Value)) return inputs;
  const received = inputs instanceof Value ? 'one input' : 'something else';
  throw new ValueError(`[${who}] expected a list of inputs: layer.apply([a, b]). Received: ${received}.`);
}

/** The mask of each input; that of the first may be an argument of the call. */
export function masksOf(trace: Trace | null, inputs: readonly Value[], first: Value | null): readonly (Value | null)[] {
  return inputs.map((value, i) => (i === 0 ? first : null) ?? findMask(trace, value));
}

/** Like {@link masksOf}, outside of a call. */
export function masksInTrace(inputs: readonly Value[], first: Value | null): readonly (Value | null)[] {
  return masksOf(traceOf(inputs), inputs, first);
}

/** The mask of a value, or of the value that the layer cast to its dtype. */
function findMask(trace: Trace | null, value: Value): Value | null {
  if (trace === null) return null;
  const [source] = isNode(value.node, 'cast') ? value.node.inputs : [];
  return trace.maskOf(value) ?? (source === undefined ? null : trace.maskOf(source));
}

/** The union of masks; null if one of the inputs has none. */
export function joinMasks(masks: readonly (Value | null)[]): Value | null {
  let joined: Value | null = null;
  for (const mask of masks) {
    if (mask === null) return null;
    joined = joined === null ? mask : logicalOr(joined, mask);
  }
  return joined;
}

/** Appends axes of size 1 to a mask, so that it broadcasts against values of this rank. */
export function spreadMask(mask: Value, rank: number): Value {
  const missing = Math.max(0, rank - mask.rank);
  return reshape(mask, [...mask.shape, ...new Array<number>(missing).fill(1)]);
}

/** Reads arrays that a layer of several inputs received: an array for each entry of a list. */
export function readList(given: TensorLike | Several<Tensor>): Tree<Tensor> {
  return Array.isArray(given) ? given.map((entry: TensorLike) => tensor(entry)) : tensor(given as TensorLike);
}
