import type { Value } from '../../../compiler/ir/value.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, compatible } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import { type InputShape, isShape, showInputShape } from '../base/input-shape.ts';
import { listOfInputs } from '../merging/merged-inputs.ts';

/** The query, the value and the key of an attention layer; the key is the value unless it was given. */
export interface QueryValueKey<T> {
  readonly query: T;
  readonly value: T;
  readonly key: T;
}

const LIST = 'a list of inputs: [query, value] or [query, value, key]';

/** The inputs of a call. @throws ValueError unless there are two or three. */
export function readInputs(inputs: Tree<Value>, who: string): QueryValueKey<Value> {
  const list = listOfInputs(inputs, who);
  const [query, value, key = value] = list;
  if (query !== undefined && value !== undefined && key !== undefined && list.length <= 3) return { query, value, key };
  throw new ValueError(`[${who}] expected ${LIST}. Received: ${list.length} inputs.`);
}

/** The shapes of the inputs. @throws ValueError unless there are two or three, and value and key fit. */
export function readShapes(inputShape: InputShape, who: string): QueryValueKey<Shape> {
  const list = isShape(inputShape) ? [] : Object.values<Shape>(inputShape as readonly Shape[]);
  const [query, value, key = value] = list;
  if (query === undefined || value === undefined || key === undefined || list.length > 3) {
    throw new ValueError(`[${who}] expected ${LIST}. Received: inputShape=${showInputShape(inputShape)}.`);
  }
  if (value.length !== key.length || !compatible(value.slice(1, -1), key.slice(1, -1))) {
    throw new ValueError(
      `[${who}] value and key must have the same axes but for the last. Received: shapes ${showInputShape([value, key])}.`,
    );
  }
  return { query, value, key };
}
