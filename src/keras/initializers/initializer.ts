import type { DType } from '../../core/dtype.ts';
import type { KnownShape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { Configurable } from '../saving/configurable.ts';

/**
 * The base of initializers, which compute the initial values of weights. A custom initializer implements `call`; its
 * options, if it has any, are described by static `fields`.
 *
 * @example
 * class Halves extends Initializer {
 *   call(shape, dtype) { return new initializers.Constant({ value: 0.5 }).call(shape, dtype); }
 * }
 * new Halves().call([2], 'float32');   // [0.5, 0.5]
 * @see https://keras.io/api/layers/initializers/
 */
export abstract class Initializer extends Configurable {
  /** Returns the initial values of a weight of this shape and type, float32 by default. */
  abstract call(shape: KnownShape, dtype?: DType): Tensor;
}
