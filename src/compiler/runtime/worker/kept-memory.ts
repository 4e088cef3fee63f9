import type { DeviceTensor } from '../../../core/device-tensor.ts';
import { type DType, type TypedArray, allocate, dtypeOf } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { DeviceMemory, MixedTensors, Runtime, Session, SessionOptions, Threads } from '../runtime.ts';

/** A tensor that a worker keeps between the runs. */
export class KeptTensor implements DeviceTensor {
  readonly shape: KnownShape;
  readonly dtype: DType;
  readonly device: KeptMemory;
  readonly data: TypedArray;
  #isDisposed = false;

  constructor(device: KeptMemory, { shape, dtype, data }: Tensor) {
    this.shape = shape;
    this.dtype = dtype;
    this.device = device;
    this.data = data;
    device.add(this);
  }

  /** A copy, which can move to another thread. */
  get copy(): Tensor {
    return this.device.copyOf(this);
  }

  read(): Promise<Tensor> {
    return Promise.resolve(this.copy);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.device.remove(this);
  }
}

/** Arrays that are no longer used, which are given out again: their memory need not be mapped and zeroed. */
class SpareArrays {
  readonly #spares = new Map<string, TypedArray[]>();
  #bytes = 0;

  /** An array with arbitrary elements. */
  take(dtype: DType, size: number): TypedArray {
    const spare = this.#spares.get(`${dtype} ${size}`)?.pop();
    this.#bytes -= spare?.byteLength ?? 0;
    return spare ?? allocate(dtype, size);
  }

  /** Adds an array, and forgets all if they have more bytes than the limit. */
  add(dtype: DType, data: TypedArray, limit: number): void {
    const key = `${dtype} ${data.length}`;
    const spares = this.#spares.get(key) ?? [];
    this.#spares.set(key, spares);
    spares.push(data);
    this.#bytes += data.byteLength;
    if (this.#bytes <= limit) return;
    this.#spares.clear();
    this.#bytes = 0;
  }
}

/**
 * The tensors that a worker keeps between the runs, so that large state is not passed to it at each. The arrays of those that were
 * disposed of receive later results, and arrays that came back receive later copies, as long as they are no more than those in use.
 */
class KeptMemory implements DeviceMemory {
  readonly isLost = false;
  readonly copiesResults = true;
  readonly #results = new SpareArrays();
  readonly #copies = new SpareArrays();
  #count = 0;
  #bytes = 0;

  get tensorCount(): number {
    return this.#count;
  }

  upload(tensor: Tensor): Promise<DeviceTensor> {
    return Promise.resolve(new KeptTensor(this, tensor));
  }

  /** A tensor for a result, with arbitrary elements. */
  take({ shape, dtype }: Result): Tensor {
    return new Tensor(this.#results.take(dtype, sizeOf(shape)), shape, dtype);
  }

  /** A copy of a tensor. */
  copyOf({ data, shape, dtype }: KeptTensor): Tensor {
    const copy = this.#copies.take(dtype, data.length);
    copy.set(data);
    return new Tensor(copy, shape, dtype);
  }

  reuse(copy: TypedArray): void {
    this.#copies.add(dtypeOf(copy), copy, this.#bytes);
  }

  add({ data }: KeptTensor): void {
    this.#count++;
    this.#bytes += data.byteLength;
  }

  remove({ data, dtype }: KeptTensor): void {
    this.#count--;
    this.#bytes -= data.byteLength;
    this.#results.add(dtype, data, this.#bytes + data.byteLength);
  }
}

/** The shape and the dtype of a result that is kept. */
type Result = Pick<Tensor, 'shape' | 'dtype'>;

/** An engine on the processor that keeps the outputs of the option `deviceOutputs`, as one with a device does. */
export class KeepingRuntime implements Runtime {
  readonly name: Runtime['name'];
  readonly features: Runtime['features'];
  readonly device: KeptMemory = new KeptMemory();
  readonly #inner: Runtime;

  constructor(inner: Runtime) {
    this.name = inner.name;
    this.features = inner.features;
    this.#inner = inner;
  }

  get threads(): Threads {
    return this.#inner.threads;
  }

  async createSession(model: Uint8Array, { deviceOutputs = [], ...options }: SessionOptions = {}): Promise<Session> {
    const session = await this.#inner.createSession(model, options);
    return new KeepingSession(session, this.device, deviceOutputs, this.features.preallocatedOutputs);
  }

  optimizedModel(model: Uint8Array): Promise<Uint8Array | null> {
    return this.#inner.optimizedModel(model);
  }
}

class KeepingSession implements Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #inner: Session;
  readonly #memory: KeptMemory;
  readonly #kept: ReadonlySet<string>;
  /** Whether the engine writes into buffers that it is given. */
  readonly #fills: boolean;
  /** The results that are kept, once a run has shown their shapes. State has the same in every run. */
  readonly #known = new Map<string, Result>();

  constructor(inner: Session, memory: KeptMemory, kept: readonly string[], fills: boolean) {
    this.inputNames = inner.inputNames;
    this.outputNames = inner.outputNames;
    this.#inner = inner;
    this.#memory = memory;
    this.#kept = new Set(kept);
    this.#fills = fills;
  }

  run(feeds: MixedTensors, targets: Readonly<Record<string, Tensor>> = {}): ReturnType<Session['run']> {
    return this.#inner.run(onHost(feeds), targets);
  }

  async runOnDevice(feeds: MixedTensors): Promise<MixedTensors> {
    const targets: Record<string, Tensor> = {};
    for (const [name, result] of this.#known) targets[name] = this.#memory.take(result);
    const results = await this.#inner.run(onHost(feeds), targets);
    const mixed: Record<string, Tensor | KeptTensor> = {};
    for (const [name, result] of Object.entries(results)) {
      const isKept = this.#kept.has(name);
      if (isKept && this.#fills) this.#known.set(name, result);
      mixed[name] = isKept ? new KeptTensor(this.#memory, result) : result;
    }
    return mixed;
  }

  release(): Promise<void> {
    return this.#inner.release();
  }
}

/** The tensors that are fed, all of which are in the memory of this thread. */
function onHost(feeds: MixedTensors): Readonly<Record<string, Tensor>> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, feed] of Object.entries(feeds)) {
    if (feed instanceof KeptTensor) tensors[name] = new Tensor(feed.data, feed.shape, feed.dtype);
    else if (feed instanceof Tensor) tensors[name] = feed;
    else throw new InternalError('a tensor of another engine was fed.');
  }
  return tensors;
}
