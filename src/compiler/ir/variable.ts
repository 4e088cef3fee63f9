import { type DType, type TypedArray, allocate, convert } from '../../core/dtype.ts';
import type { Device, DeviceTensor } from '../../core/device-tensor.ts';
import { escapeLine } from '../../core/escape.ts';
import { ValueError } from '../../core/errors.ts';
import { type KnownShape, sameShape, showShape, sizeOf } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';

/** Options of {@link Variable}. */
export interface VariableOptions {
  /** The name within the layer or optimizer that holds it, such as `kernel`. */
  readonly name: string;
  /** The path of the holder and the name, such as `sequential/dense/kernel`. @default the name */
  readonly path?: string;
  /** Whether training updates it. @default true */
  readonly trainable?: boolean;
  /** The dtype of the elements. @default that of the initial values */
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
 * The elements are in a buffer on the host. A program reads the current buffer and writes the new state into a spare
 * one, then the two are swapped; so a value read earlier is never overwritten during the read. On an engine with a device,
 * such as a GPU, new state stays there, until `download` fetches it.
 *
 * @example
 * const w = new Variable(tensor([1, 2]), { name: 'w' });
 * await jit((x) => ops.multiply(x, w))([10, 10]);   // [10, 20]
 * w.assign([3, 4]);
 * await jit((x) => ops.multiply(x, w))([10, 10]);   // [30, 40]
 * @see https://keras.io/api/ops/core/
 */
export class Variable {
  /** The name within the layer or optimizer that holds it, such as `kernel`. */
  readonly name: string;
  /** The path of the holder and the name, such as `sequential/dense/kernel`. */
  path: string;
  /** The size of each axis. */
  readonly shape: KnownShape;
  /** The dtype of the elements. */
  readonly dtype: DType;
  /** Whether training updates it. */
  trainable: boolean;
  /** The elements; null until they are first needed. */
  #current: TypedArray | null = null;
  /** Computes the initial elements; null once that is done or no longer needed. */
  #deferred: DeferredTensor | null = null;
  #spare: TypedArray | null = null;
  /** The elements in the memory of a device. */
  #onDevice: DeviceTensor | null = null;
  /** Whether the elements on the device are newer than those on the host. */
  #isNewerThere = false;
  #version = 0;
  /** The position of the elements within those of a joined variable. */
  #place: Place | null = null;

  /** Nothing: tracking does not search variables. */
  get trackedState(): readonly never[] {
    return [];
  }

  constructor(initial: Tensor | DeferredTensor, options: VariableOptions) {
    this.name = options.name;
    this.path = options.path ?? options.name;
    this.trainable = options.trainable ?? true;
    this.shape = initial.shape;
    this.dtype = options.dtype ?? initial.dtype;
    if (initial instanceof Tensor) this.#current = convert(initial.data, this.dtype);
    else this.#deferred = initial;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /**
   * A copy of the current elements.
   * @throws ValueError if they are on a device; fetch them with `download` first.
   */
  get value(): Tensor {
    return new Tensor(this.buffer.slice(), this.shape, this.dtype);
  }

  /** The current elements, or the deferred tensor that computes them if they have not been needed yet. */
  get initialValue(): Tensor | DeferredTensor {
    return this.#deferred ?? this.value;
  }

  /** The number of writes: programs with frozen variables compare it to detect that they are stale. */
  get version(): number {
    return this.#version + (this.#place?.whole.version ?? 0);
  }

  /**
   * Replaces the elements.
   * @throws ValueError if the shape differs; the variable is then unchanged.
   */
  assign(values: TensorLike): void {
    const given = tensor(values);
    if (!sameShape(given.shape, this.shape)) {
      throw new ValueError(
        `[Variable ${this.path}] assign requires values of shape ${showShape(this.shape)}. Received: shape ${showShape(given.shape)}.`,
      );
    }
    const elements = convert(given.data, this.dtype);
    if (this.#place === null) {
      this.#current = elements;
      this.#deferred = null;
    } else {
      // A running program may be reading the joined buffer: replace it rather than write into it.
      const { whole, offset } = this.#place;
      const copy = whole.buffer.slice();
      copy.set(elements, offset);
      whole.#current = copy;
    }
    this.#leaveDevice();
    this.#version++;
  }

  /** The buffer that programs read. Not to be written to. */
  get buffer(): TypedArray {
    if (this.#place === null) return this.#elements;
    const { whole, offset } = this.#place;
    return whole.buffer.subarray(offset, offset + this.size);
  }

  get #elements(): TypedArray {
    if (this.isNewerOnDevice) {
      throw new ValueError(
        `[Variable ${this.path}] the elements are in the memory of the GPU, where a program left them. Fetch them first: await variable.download(), or await model.syncState().`,
      );
    }
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

  /** Whether the elements on the host are older than those on a device. Not if that is lost: the older ones are the state then. */
  get isNewerOnDevice(): boolean {
    const { isLost = false } = this.#whole.#onDevice?.device ?? {};
    return this.#whole.#isNewerThere && !isLost;
  }

  /** Whether the elements are part of a joined variable. */
  get isJoined(): boolean {
    return this.#place !== null;
  }

  get #whole(): Variable {
    return this.#place?.whole ?? this;
  }

  /** The elements in the memory of a device; null if they are not there. */
  onDevice(device: Device): DeviceTensor | null {
    const found = this.#place === null ? this.#onDevice : null;
    return found === null || found.device !== device || device.isLost ? null : found;
  }

  /** Keeps a copy of the elements in the memory of a device, for programs that read them. */
  keepOnDevice(copy: DeviceTensor): void {
    this.#leaveDevice();
    this.#onDevice = copy;
  }

  /** Makes a tensor that a program wrote in the memory of a device the current elements. */
  commitOnDevice(written: DeviceTensor): void {
    this.keepOnDevice(written);
    this.#isNewerThere = written.copy === null;
    if (written.copy !== null) {
      // As with two buffers on the host, a value that was read is overwritten by the second write after it.
      if (this.#spare !== null) written.device.reuse?.(this.#spare);
      this.#spare = this.#current;
      this.#current = written.copy.data;
      this.#deferred = null;
    }
    this.#version++;
  }

  /**
   * Fetches the elements from the device if they are newer there, so that `value` can return them.
   * @throws Error if the device is lost meanwhile; the variable then has the elements that were fetched before.
   */
  async download(): Promise<void> {
    const whole = this.#whole;
    while (whole.isNewerOnDevice) {
      const source = whole.#onDevice;
      const elements = await source?.read();
      // A program may have written others meanwhile.
      if (elements === undefined || source !== whole.#onDevice) continue;
      whole.#current = elements.data;
      whole.#deferred = null;
      whole.#isNewerThere = false;
    }
  }

  #leaveDevice(): void {
    const whole = this.#whole;
    whole.#onDevice?.dispose();
    whole.#onDevice = null;
    whole.#isNewerThere = false;
  }

  /** The buffer into which a program may write the new state. */
  get spareBuffer(): TypedArray {
    this.#spare ??= allocate(this.dtype, this.size);
    return this.#spare;
  }

  /** Makes a buffer that a program wrote the current one: the spare buffer, or one that the engine allocated. */
  commit(written: TypedArray): void {
    if (written.length !== this.size) {
      throw new ValueError(
        `[Variable ${this.path}] the new state must have ${this.size} elements, shape ${showShape(this.shape)}. Received: ${written.length} elements.`,
      );
    }
    if (this.#place === null) {
      this.#spare = this.#current;
      this.#current = written;
      this.#deferred = null;
    } else {
      this.buffer.set(written);
    }
    this.#leaveDevice();
    this.#version++;
  }

  /**
   * Joins variables of one dtype into one buffer: programs read and write the joined variable, of one axis, at once; each
   * variable keeps its shape and becomes a view of its part.
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
    return `Variable(path=${escapeLine(this.path)}, shape=${showShape(this.shape)}, dtype=${this.dtype})`;
  }
}

interface Place {
  readonly whole: Variable;
  /** In elements. */
  readonly offset: number;
}

/** Fetches the elements of variables that are newer on a device. */
export async function download(variables: Iterable<Variable>): Promise<void> {
  for (const variable of variables) await variable.download();
}
