import { type DType, type TypedArray, allocate, convert } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { type KnownShape, sameShape, showShape, sizeOf } from '../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../core/tensor.ts';

export interface VariableOptions {
  readonly name: string;
  readonly path?: string;
  readonly trainable?: boolean;
  readonly dtype?: DType;
}

/**
 * State that programs read and write: a weight, a moving statistic, an optimizer's slot.
 *
 * The elements live in a buffer on the host. A program reads the current buffer and writes its new state into
 * the spare one, then the two change places; so a value read earlier is never overwritten under the reader.
 */
export class Variable {
  readonly name: string;
  /** The names of the layers above it and its own, `sequential/dense/kernel`. */
  path: string;
  readonly shape: KnownShape;
  readonly dtype: DType;
  trainable: boolean;
  #current: TypedArray;
  #spare: TypedArray | null = null;
  #version = 0;

  constructor(initial: Tensor, options: VariableOptions) {
    this.name = options.name;
    this.path = options.path ?? options.name;
    this.trainable = options.trainable ?? true;
    this.shape = initial.shape;
    this.dtype = options.dtype ?? initial.dtype;
    this.#current = convert(initial.data, this.dtype);
  }

  get rank(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** A copy of the elements as they are now. */
  get value(): Tensor {
    return new Tensor(this.#current.slice(), this.shape, this.dtype);
  }

  /** Counts the writes: programs with weights baked in compare it to know whether they are stale. */
  get version(): number {
    return this.#version;
  }

  /**
   * Replaces the elements.
   * @throws ValueError if the shape is another; the variable is as it was.
   */
  assign(values: TensorLike): void {
    const given = tensor(values);
    if (!sameShape(given.shape, this.shape)) {
      throw new ValueError(
        `[Variable ${this.path}] assign expects values of shape ${showShape(this.shape)}. Received: shape ${showShape(given.shape)}.`,
      );
    }
    this.#current = convert(given.data, this.dtype);
    this.#version++;
  }

  /** The buffer a program reads. Not for writing. */
  get buffer(): TypedArray {
    return this.#current;
  }

  /** The buffer a program may write its new state into. */
  get spareBuffer(): TypedArray {
    this.#spare ??= allocate(this.dtype, this.size);
    return this.#spare;
  }

  /** Takes over what a program wrote: the spare buffer, or one that the engine made. */
  commit(written: TypedArray): void {
    if (written.length !== this.size) {
      throw new ValueError(
        `[Variable ${this.path}] a program wrote ${written.length} elements. Expected: ${this.size}, shape ${showShape(this.shape)}.`,
      );
    }
    this.#spare = this.#current;
    this.#current = written;
    this.#version++;
  }

  toString(): string {
    return `Variable(path=${this.path}, shape=${showShape(this.shape)}, dtype=${this.dtype})`;
  }
}
