import type { Tensor as OrtTensor } from 'onnxruntime-common';
import type { DeviceTensor } from '../../../core/device-tensor.ts';
import { type DType, isDType } from '../../../core/dtype.ts';
import { InternalError, NotImplementedError } from '../../../core/errors.ts';
import type { KnownShape } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { DeviceMemory } from '../runtime.ts';
import { engineError } from './common/api.ts';
import type { Copies } from './copies.ts';

/** The parts of an engine that its device memory needs. */
export interface DeviceHost {
  readonly toEngine: (tensor: Tensor) => OrtTensor;
  readonly fromEngine: (name: string, tensor: OrtTensor) => Tensor;
  /** Runs a task of the engine when the engine is free. */
  readonly schedule: <T>(work: () => Promise<T>) => Promise<T>;
  /** Copies between host and device, by sessions that return their input. */
  readonly copies: (dtype: DType) => Promise<Copies>;
}

/** A tensor of the engine whose elements are on the device. */
export class OrtDeviceTensor implements DeviceTensor {
  readonly shape: KnownShape;
  readonly dtype: DType;
  readonly device: OrtDeviceMemory;
  readonly copy = null;
  /** The engine's object; null after it has been disposed of. */
  #inner: OrtTensor | null;

  constructor(device: OrtDeviceMemory, name: string, inner: OrtTensor) {
    if (!isDType(inner.type)) {
      throw new NotImplementedError(`[runtime] output ${JSON.stringify(name)} has an unsupported type: ${inner.type}.`);
    }
    this.shape = inner.dims;
    this.dtype = inner.type;
    this.device = device;
    this.#inner = inner;
  }

  /** The engine's object. */
  get inner(): OrtTensor {
    if (this.#inner === null) throw new InternalError('a tensor on the device was used after it was disposed of.');
    return this.#inner;
  }

  read(): Promise<Tensor> {
    return this.device.download(this);
  }

  dispose(): void {
    if (this.#inner === null) return;
    this.device.free(this, this.#inner);
    this.#inner = null;
  }
}

/** The tensors of one engine in the memory of its device. Those that are garbage are freed as well. */
export class OrtDeviceMemory implements DeviceMemory {
  readonly copiesResults = false;
  readonly #host: DeviceHost;
  readonly #garbage: FinalizationRegistry<OrtTensor> = new FinalizationRegistry((inner) => {
    this.#free(inner);
  });
  /** The functions that end the tasks that run. */
  readonly #working = new Set<(error: Error) => void>();
  #count = 0;
  #lost: string | null = null;

  constructor(host: DeviceHost) {
    this.#host = host;
  }

  /** The number of tensors. */
  get tensorCount(): number {
    return this.#count;
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** The reason for which the device was lost; null if it is there. */
  get lostBecause(): string | null {
    return this.#lost;
  }

  /** Records that the device is lost, and ends all work on it. */
  lose(reason: string): void {
    this.#lost ??= reason;
    for (const end of this.#working) end(new Error(this.#lost));
    this.#working.clear();
  }

  /** Runs a task on the device. It fails when the device is lost: browsers may never end it then. */
  async work<T>(task: () => Promise<T>): Promise<T> {
    if (this.#lost !== null) throw engineError(new Error(this.#lost), this);
    let end: ((error: Error) => void) | undefined;
    const lost = new Promise<never>((_, reject) => {
      end = reject;
      this.#working.add(reject);
    });
    try {
      return await Promise.race([task(), lost]);
    } catch (cause) {
      throw engineError(cause, this);
    } finally {
      if (end !== undefined) this.#working.delete(end);
    }
  }

  /** Takes over an output of the engine. */
  adopt(name: string, inner: OrtTensor): OrtDeviceTensor {
    const made = new OrtDeviceTensor(this, name, inner);
    this.#count++;
    this.#garbage.register(made, inner, made);
    return made;
  }

  async upload(tensor: Tensor): Promise<DeviceTensor> {
    return this.work(async () => {
      const { toDevice } = await this.#host.copies(tensor.dtype);
      return this.adopt('y', await toDevice(this.#host.toEngine(tensor)));
    });
  }

  /** Copies a tensor to the host. */
  async download({ inner, dtype }: OrtDeviceTensor): Promise<Tensor> {
    return this.work(async () => {
      const { toHost } = await this.#host.copies(dtype);
      return this.#host.fromEngine('y', await toHost(inner));
    });
  }

  /** Frees a tensor after the runs that have been started. */
  free(tensor: OrtDeviceTensor, inner: OrtTensor): void {
    this.#garbage.unregister(tensor);
    this.#free(inner);
  }

  #free(inner: OrtTensor): void {
    this.#count--;
    const work = (): Promise<void> => {
      inner.dispose();
      return Promise.resolve();
    };
    // There is nothing to free on a device that is lost.
    void this.#host.schedule(work).catch(() => undefined);
  }
}
