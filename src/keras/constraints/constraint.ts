import type { Config } from '../../core/config.ts';
import { optionsOf } from '../saving/registry.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Operand } from '../ops/operand.ts';

/**
 * What a weight must satisfy after each update. One's own extends this class and gives `call` and `getConfig`.
 *
 * @example
 * class Centred extends Constraint {
 *   call(w) { return ops.subtract(w, ops.mean(w)); }
 * }
 * await jit((w) => new Centred().call(w))([1, 3]);   // [-1, 1]
 * @see https://keras.io/api/layers/constraints/
 */
export abstract class Constraint {
  /** The nearest weight that satisfies it. */
  abstract call(w: Operand): Value;

  /** Keras's JSON: the arguments to make this constraint again. */
  getConfig(): Config {
    return {};
  }

  /** Makes a constraint from what `getConfig` gave. */
  static fromConfig(this: new (options: never) => Constraint, config: Config): Constraint {
    return new this(optionsOf(config) as never);
  }
}
