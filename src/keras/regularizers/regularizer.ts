import type { Config } from '../../core/config.ts';
import { optionsOf } from '../saving/registry.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Operand } from '../ops/operand.ts';

/**
 * A penalty on a weight or an output, added to the loss. One's own extends this class and gives `call` and `getConfig`.
 *
 * @example
 * class Quartic extends Regularizer {
 *   call(x) { return ops.sum(ops.power(x, 4)); }
 *   getConfig() { return {}; }
 * }
 * await jit((x) => new Quartic().call(x))([1, 2]);   // 17
 * @see https://keras.io/api/layers/regularizers/
 */
export abstract class Regularizer {
  /** The penalty: a scalar. */
  abstract call(x: Operand): Value;

  /** Keras's JSON: the arguments to make this regularizer again. */
  abstract getConfig(): Config;

  /** Makes a regularizer from what `getConfig` gave. */
  static fromConfig(this: new (options: never) => Regularizer, config: Config): Regularizer {
    return new this(optionsOf(config) as never);
  }
}
