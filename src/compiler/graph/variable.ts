import { type DType, type TypedArray, allocate, convert } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { type KnownShape, sameShape, showShape, sizeOf } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';

/** Options of {@link Variable}. */
export interface VariableOptions {
  /** What it is called within what holds it: `kernel`. */
  readonly name: string;
  /** The names of what holds it and its own. @default the name */
  readonly path?: string;
  /** Whether training changes it. @default true */
  readonly trainable?: boolean;
  /** The type of the elements. @default that of the first values */
  readonly dtype?: DType;
}

/** A tensor that is computed when its elements are first needed, if they are: a file may replace them before. */
export interface DeferredTensor {
  readonly shape: KnownShape;
  readonly dtype: DType;
  compute(): Tensor;
}

/**
 * State that programs read and write: a weight, a moving statistic, an optimizer's slot.
 *
 * The elements live in a buffer on the host. A program reads the current buffer and writes its new state into
 * the spare one, then the two change places; so a value read earlier is never overwritten under the reader.
 *
 * @example
 * const w = new Variable(tensor([1, 2]), { name: 'w' });
 * await jit((x) => ops.multiply(x, w))([10, 10]);   // [10, 20]
 * w.assign([3, 4]);
 * await jit((x) => ops.multiply(x, w))([10, 10]);   // [30, 40]
 * @see https://keras.io/api/ops/core/
 */
export class Variable {
  /** What it is called within what holds it: `kernel`. */
  readonly name: string;
  /** The names of the layers above it and its own, `sequential/dense/kernel`. */
  path: string;
  /** The size of each axis. */
  readonly shape: KnownShape;
  /** The type of the elements. */
  readonly dtype: DType;
  /** Whether training changes it. */
  trainable: boolean;
  /** The elements; null until they are first needed. */
  #current: TypedArray | null = null;
  /** Computes the first elements; null once that is done, or needless. */
  #deferred: DeferredTensor | null = null;
  #spare: TypedArray | null = null;
  #version = 0;
  /** Where the elements lie within those of another variable. */
  #place: Place | null = null;

  constructor(initial: Tensor | DeferredTensor, options: VariableOptions) {
    this.name = options.name;
    this.path = options.path ?? options.name;
    this.trainable = options.trainable ?? true;
    this.shape = initial.shape;
    this.dtype = options.dtype ?? initial.dtype;
    if (initial instanceof Tensor) this.#current = convert(initial.data, this.dtype);
    else this.#deferred = initial;
  }

  /** How many axes there are. */
  get rank(): number {
    return this.shape.length;
  }

  /** How many elements there are. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** A copy of the elements as they are now. */
  get value(): Tensor {
    return new Tensor(this.buffer.slice(), this.shape, this.dtype);
  }

  /** The elements as they are now, or what computes them if they have not been needed yet. */
  get initialValue(): Tensor | DeferredTensor {
    return this.#deferred ?? this.value;
  }

  /** Counts the writes: programs with weights baked in compare it to know whether they are stale. */
  get version(): number {
    return this.#version + (this.#place?.whole.version ?? 0);
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
    const elements = convert(given.data, this.dtype);
    if (this.#place === null) {
      this.#current = elements;
      this.#deferred = null;
    } else {
      // A program under way may be reading the whole: it is replaced, not written into.
      const { whole, offset } = this.#place;
      const copy = whole.buffer.slice();
      copy.set(elements, offset);
      whole.#current = copy;
    }
    this.#version++;
  }

  /** The buffer a program reads. Not for writing. */
  get buffer(): TypedArray {
    if (this.#place === null) return this.#elements;
    const { whole, offset } = this.#place;
    return whole.buffer.subarray(offset, offset + this.size);
  }

  get #elements(): TypedArray {
    if (this.#current !== null) return this.#current;
    const initial = this.#deferred?.compute() ?? new Tensor(allocate(this.dtype, this.size), this.shape, this.dtype);
    if (!sameShape(initial.shape, this.shape)) {
      throw new ValueError(
        `[Variable ${this.path}] the initializer must return values of shape ${showShape(this.shape)}. Received: shape ${showShape(initial.shape)}.`,
      );
    }
    this.#deferred = null;
    this.#current = convert(initial.data, this.dtype);
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
    if (this.#place === null) {
      this.#spare = this.#current;
      this.#current = written;
      this.#deferred = null;
    } else {
      this.buffer.set(written);
    }
    this.#version++;
  }

  /**
   * Lays variables of one type side by side: what programs read and write at once is the whole, a variable of one axis;
   * each variable stays what it is, and has its elements there.
   */
  static join(variables: readonly Variable[], options: VariableOptions & { readonly dtype: DType }): Variable {
    const size = variables.reduce((sum, variable) => sum + variable.size, 0);
    const whole = new Variable(new Tensor(allocate(options.dtype, size), [size], options.dtype), options);
    let offset = 0;
    for (const variable of variables) {
      whole.buffer.set(variable.buffer, offset);
      variable.#place = { whole, offset };
      variable.#current = allocate(variable.dtype, 0);
      variable.#deferred = null;
      variable.#spare = null;
      offset += variable.size;
    }
    return whole;
  }

  /** Path, shape and type, for messages. */
  toString(): string {
    return `Variable(path=${this.path}, shape=${showShape(this.shape)}, dtype=${this.dtype})`;
  }
}

interface Place {
  readonly whole: Variable;
  /** Counted in elements. */
  readonly offset: number;
}
