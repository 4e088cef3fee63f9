import type { DType } from '../../core/dtype.ts';
import type { KnownShape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { Configurable } from '../saving/configurable.ts';
import type { DeferredTensor } from '../../compiler/ir/variable.ts';

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

  /** Checks that a weight of this shape can be filled. @throws ValueError if it cannot. */
  checkShape(_shape: KnownShape): void {
    // Most initializers fill weights of any shape.
  }

  /**
   * The first value of a variable. It is computed when it is first read, so that nothing is computed for a variable whose
   * values come from a file.
   */
  initialValue(shape: KnownShape, dtype: DType): Tensor | DeferredTensor {
    this.checkShape(shape);
    return { shape, dtype, compute: () => this.call(shape, dtype) };
  }
}
