import type { Config } from '../../core/config.ts';
import type { DType } from '../../core/dtype.ts';
import { optionsOf } from '../saving/registry.ts';
import type { KnownShape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';

/**
 * Gives a weight its first values. One's own extends this class and gives `call` and `getConfig`.
 *
 * @example
 * class Halves extends Initializer {
 *   call(shape, dtype) { return new initializers.Constant({ value: 0.5 }).call(shape, dtype); }
 * }
 * new Halves().call([2], 'float32');   // [0.5, 0.5]
 * @see https://keras.io/api/layers/initializers/
 */
export abstract class Initializer {
  /** The first values of a weight of this shape and type, float32 if none is given. */
  abstract call(shape: KnownShape, dtype?: DType): Tensor;

  /** Keras's JSON: the arguments to make this initializer again. */
  getConfig(): Config {
    return {};
  }

  /** Makes an initializer from what `getConfig` gave. */
  static fromConfig(this: new (options: never) => Initializer, config: Config): Initializer {
    return new this(optionsOf(config) as never);
  }
}
