import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, toFloat } from '../../compiler/builder/operand.ts';
import { zeros } from '../ops/index.ts';
import { Configurable } from '../saving/configurable.ts';

/**
 * The base of regularizers, which compute a penalty on a weight or an output that is added to the loss. The penalty of the
 * base itself is 0. A custom regularizer overrides `call`; its options, if it has any, are described by static `fields`.
 *
 * @example
 * class Quartic extends Regularizer {
 *   call(x) { return ops.sum(ops.power(x, 4)); }
 * }
 * await jit((x) => new Quartic().call(x))([1, 2]);   // 17
 * @see https://keras.io/api/layers/regularizers/
 */
export class Regularizer extends Configurable {
  static override readonly className: string = 'Regularizer';

  /** Returns the penalty, a scalar: 0 unless a subclass overrides it. */
  call(x: Operand): Value {
    return zeros([], { dtype: toFloat(x).dtype });
  }
}
