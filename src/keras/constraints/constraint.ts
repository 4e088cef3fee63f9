import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, toValue } from '../../compiler/builder/operand.ts';
import { Configurable } from '../saving/configurable.ts';

/**
 * The base of constraints, which project a weight onto a set after each update. The base itself keeps weights unchanged. A
 * custom constraint overrides `call`; its options, if it has any, are described by static `fields`.
 *
 * @example
 * class Centered extends Constraint {
 *   call(w) { return ops.subtract(w, ops.mean(w)); }
 * }
 * await jit((w) => new Centered().call(w))([1, 3]);   // [-1, 1]
 * @see https://keras.io/api/layers/constraints/
 */
export class Constraint extends Configurable {
  static override readonly className: string = 'Constraint';

  /** Returns the projection of a weight: the weight itself unless a subclass overrides it. */
  call(w: Operand): Value {
    return toValue(w);
  }
}
