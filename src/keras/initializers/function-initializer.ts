import type { Config } from '../../core/config.ts';
import type { DType } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { type KnownShape, sameShape, showShape } from '../../core/shape.ts';
import { type Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { Initializer } from './initializer.ts';

/** A function that returns the initial values of a weight. It cannot be written to a config. */
export type InitializerFunction = (shape: KnownShape, dtype: DType) => TensorLike;

/** A function as an initializer. */
export class FunctionInitializer extends Initializer {
  readonly #fn: InitializerFunction;

  constructor(fn: InitializerFunction) {
    super();
    this.#fn = fn;
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    const given = tensor(this.#fn(shape, dtype));
    if (!sameShape(given.shape, shape)) {
      throw new ValueError(
        `[initializers] ${show(this.#fn)} must return values of the requested shape, ${showShape(shape)}. Received: shape ${showShape(given.shape)}.`,
      );
    }
    return tensor(given, undefined, dtype);
  }

  /** Computed at once, so that an error in the function is thrown where the weight is made. */
  override initialValue(shape: KnownShape, dtype: DType): Tensor {
    return this.call(shape, dtype);
  }

  override getConfig(): Config {
    throw new TypeError(
      `[initializers.serialize] a function cannot be written to a config. Received: ${show(this.#fn)}. Extend Initializer instead, and pass the class in customObjects to read it back.`,
    );
  }
}
