import type { Value } from '../../compiler/ir/value.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { Configurable } from '../saving/configurable.ts';

/**
 * The base of regularizers, which compute a penalty on a weight or an output that is added to the loss. A custom
 * regularizer implements `call`; its options, if it has any, are described by static `fields`.
 *
 * @example
 * class Quartic extends Regularizer {
 *   call(x) { return ops.sum(ops.power(x, 4)); }
 * }
 * await jit((x) => new Quartic().call(x))([1, 2]);   // 17
 * @see https://keras.io/api/layers/regularizers/
 */
export abstract class Regularizer extends Configurable {
  /** Returns the penalty: a scalar. */
  abstract call(x: Operand): Value;
}
