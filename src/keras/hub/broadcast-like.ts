import type { Value } from '../../compiler/ir/value.ts';
import { ValueError } from '../../core/errors.ts';
import { broadcastShapes, compatible, isKnown, showShape } from '../../core/shape.ts';
import { add, broadcastTo, zerosLike } from '../ops/index.ts';

/** A value with the shape of the input, along whose first axes it is repeated. @throws ValueError if the shapes do not fit */
export function broadcastLike(value: Value, inputs: Value, who: string): Value {
  const joined = value.rank > inputs.rank ? null : broadcastShapes(value.shape, inputs.shape);
  if (joined === null || !compatible(joined, inputs.shape)) {
    throw new ValueError(
      `[${who}] the positions must broadcast to the input of shape ${showShape(inputs.shape)}. Received: encodings of shape ${showShape(value.shape)}.`,
    );
  }
  return isKnown(inputs.shape) ? broadcastTo(value, inputs.shape) : add(value, zerosLike(inputs));
}
