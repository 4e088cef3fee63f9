import type { DeviceTensor } from '../../../core/device-tensor.ts';
import type { DType, TypedArray } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import type { KnownShape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { DeviceMemory } from '../runtime.ts';
import { type HeldTensor, bufferOf, copyToSend, received } from './calls.ts';
import type { Requests } from './requests.ts';

/** A tensor that stays with the worker. */
export class WorkerTensor implements DeviceTensor {
  readonly shape: KnownShape;
  readonly dtype: DType;
  readonly device: WorkerMemory;
  readonly copy: Tensor | null;
  readonly #sent: HeldTensor;
  #isDisposed = false;

  constructor(device: WorkerMemory, sent: HeldTensor) {
    this.shape = sent.shape;
    this.dtype = sent.dtype;
    this.device = device;
    this.copy = sent.copy === null ? null : new Tensor(sent.copy, sent.shape, sent.dtype);
    this.#sent = { ...sent, copy: null };
  }

  /** The tensor as a message contains it. */
  get sent(): HeldTensor {
    if (this.#isDisposed) throw new InternalError('a tensor on the device was used after it was disposed of.');
    return this.#sent;
  }

  read(): Promise<Tensor> {
    return this.device.download(this);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.device.free(this, this.#sent.held);
  }
}

/** The tensors that stay with a worker, or on its device. Those that are garbage here are freed there. */
export class WorkerMemory implements DeviceMemory {
  readonly copiesResults: boolean;
  readonly #requests: Requests;
  readonly #garbage: FinalizationRegistry<number> = new FinalizationRegistry((held) => {
    this.#free(held);
  });
  /** The tensors to be freed with the next message. */
  #freed: number[] = [];
  /** The arrays that are returned with the next message. */
  #returned: TypedArray[] = [];
  /** The memory of copies that came from the worker. */
  readonly #sentHere = new WeakSet<ArrayBufferLike>();
  #count = 0;
  #isLost = false;

  constructor(requests: Requests, copiesResults: boolean) {
    this.#requests = requests;
    this.copiesResults = copiesResults;
  }

  get tensorCount(): number {
    return this.#count;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Records that the device, or the worker, is lost. */
  lose(): void {
    this.#isLost = true;
  }

  /** Takes over a tensor that the worker holds. */
  adopt(sent: HeldTensor): WorkerTensor {
    const made = new WorkerTensor(this, sent);
    if (sent.copy !== null) this.#sentHere.add(sent.copy.buffer);
    this.#count++;
    this.#garbage.register(made, sent.held, made);
    return made;
  }

  async upload(tensor: Tensor): Promise<DeviceTensor> {
    const sent = copyToSend(tensor);
    return this.adopt(await this.#requests.call('upload', sent, [bufferOf(sent.data)]));
  }

  /** Copies a tensor to the host. */
  async download({ sent: { held } }: WorkerTensor): Promise<Tensor> {
    return received(await this.#requests.call('read', { held }));
  }

  /** Frees a tensor after the runs that have been started. */
  free(tensor: WorkerTensor, held: number): void {
    this.#garbage.unregister(tensor);
    this.#free(held);
  }

  reuse(copy: TypedArray): void {
    // A view of a larger array, or memory that belongs to another engine, cannot move.
    if (copy.byteLength !== copy.buffer.byteLength || !this.#sentHere.delete(copy.buffer)) return;
    this.#schedule();
    this.#returned.push(copy);
  }

  #free(held: number): void {
    this.#count--;
    this.#schedule();
    this.#freed.push(held);
  }

  /** Sends what is freed and returned, after the code that runs now. */
  #schedule(): void {
    if (this.#freed.length + this.#returned.length > 0) return;
    queueMicrotask(() => {
      const [held, copies] = [this.#freed, this.#returned];
      [this.#freed, this.#returned] = [[], []];
      // A worker that has ended holds nothing.
      this.#requests.call('dispose', { held, copies }, copies.map(bufferOf)).catch(() => undefined);
    });
  }
}
