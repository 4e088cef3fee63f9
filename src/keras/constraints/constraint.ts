import type { Value } from '../../compiler/ir/value.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { Configurable } from '../saving/configurable.ts';

/**
 * The base of constraints, which project a weight onto a set after each update. A custom constraint implements `call`;
 * its options, if it has any, are described by static `fields`.
 *
 * @example
 * class Centered extends Constraint {
 *   call(w) { return ops.subtract(w, ops.mean(w)); }
 * }
 * await jit((w) => new Centered().call(w))([1, 3]);   // [-1, 1]
 * @see https://keras.io/api/layers/constraints/
 */
export abstract class Constraint extends Configurable {
  /** Returns the projection of a weight. */
  abstract call(w: Operand): Value;
}
