import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { isKerasTensor } from '../base/keras-tensor.ts';

/** A condition as a bool scalar. All numbers but 0 are true. */
export function readPredicate(who: string, argument: string, given: unknown): Value {
  if (isKerasTensor(given)) {
    throw new TypeError(
      `[${who}] ${argument} must be computed from the values that a function receives. Received: ${given.toString()}.`,
    );
  }
  if (given === null || given === undefined || typeof given === 'string') {
    throw new TypeError(`[${who}] ${argument} must be a boolean scalar. Received: ${show(given)}.`);
  }
  const value = typeof given === 'boolean' ? toValue(Number(given), 'bool') : toValue(given as Operand);
  if (value.rank === 0) return castTo(value, 'bool');
  throw new ValueError(
    `[${who}] ${argument} must be a boolean scalar. Received: ${value.dtype}${showShape(value.shape)}.`,
  );
}
