import { InternalError } from '../../../../core/errors.ts';
import type { Turns } from '../../../../core/event-loop.ts';
import { sizeOf } from '../../../../core/shape.ts';
import { allocate } from '../../../../core/dtype.ts';
import { Tensor } from '../../../../core/tensor.ts';
import { type MixedTensors, type Session, releasedError } from '../../runtime.ts';
import { engineError } from '../common/api.ts';
import { checkNames, missingFeedError } from '../common/names.ts';
import type { Queue } from '../common/queue.ts';
import type { Address, CApi } from './functions-node.ts';
import type { CTensors, OutputType } from './tensors-node.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** The parts of the engine that its sessions share. */
export interface CSessionHost {
  readonly api: CApi;
  readonly tensors: CTensors;
  /** The options of each run. */
  readonly runOptions: Address;
  readonly allocator: Address;
  /** Runs in the order of their calls. */
  readonly queue: Queue;
  /** Between short runs, which occupy the thread and follow each other at once, the event loop has its turns. */
  readonly turns: Turns;
}

/**
 * The time, in milliseconds, from which a run is one on another thread, so that the event loop goes on: the change of threads costs
 * about 0.05.
 */
const LONG = 5;

/** The names of inputs or outputs, and arrays of their addresses and of those of their values for the engine. */
class Slots {
  readonly names: readonly string[];
  readonly set: ReadonlySet<string>;
  readonly addresses: BigUint64Array;
  readonly values: BigUint64Array;
  /** The bytes at the addresses. */
  readonly #bytes: readonly Uint8Array[];

  constructor(api: CApi, names: readonly string[]) {
    this.names = names;
    this.set = new Set(names);
    const encoder = new TextEncoder();
    this.#bytes = names.map((name) => encoder.encode(`${name}\0`));
    this.addresses = BigUint64Array.from(this.#bytes, (bytes) => api.koffi.address(bytes));
    this.values = new BigUint64Array(names.length);
  }
}

/** A session of the native engine that is called through its C interface, so that results are written where they belong. */
export class CSession implements Session {
  readonly #host: CSessionHost;
  readonly #address: Address;
  readonly #inputs: Slots;
  readonly #outputs: Slots;
  /** Of each output, the type; null if it depends on the inputs. */
  readonly #outputTypes: readonly (OutputType | null)[];
  #released = false;
  /** The time that the last run took, in milliseconds. */
  #duration = 0;
  /** The tensors of a run on another thread, whose memory it uses. */
  readonly #held = new Set<Tensors>();

  constructor(host: CSessionHost, address: Address) {
    this.#host = host;
    this.#address = address;
    this.#inputs = new Slots(host.api, this.#namesOf('Input'));
    this.#outputs = new Slots(host.api, this.#namesOf('Output'));
    this.#outputTypes = this.#outputs.names.map((name, i) => this.#outputType(name, i));
  }

  get inputNames(): readonly string[] {
    return this.#inputs.names;
  }

  get outputNames(): readonly string[] {
    return this.#outputs.names;
  }

  async run(feeds: MixedTensors, targets: Tensors = {}): Promise<Tensors> {
    if (this.#released) throw releasedError();
    checkNames('target', targets, this.#outputs.set);
    checkNames('feed', feeds, this.#inputs.set);
    for (const name of this.#inputs.names) {
      const feed = feeds[name];
      if (feed === undefined) throw missingFeedError(name, feeds);
      if (!(feed instanceof Tensor)) throw new InternalError('a tensor of another engine was fed.');
    }
    try {
      return await this.#host.queue.add(() => this.#run(feeds as Tensors, targets));
    } catch (cause) {
      throw engineError(cause);
    }
  }

  async #run(feeds: Tensors, targets: Tensors): Promise<Tensors> {
    const { api, tensors, runOptions, turns } = this.#host;
    const isLong = api.hasThreads && this.#duration >= LONG;
    if (!isLong) await turns.next();
    const { names: inputs, values: inputValues } = this.#inputs;
    for (let i = 0; i < inputs.length; i++) {
      const feed = feeds[inputs[i] ?? ''];
      inputValues[i] = feed === undefined ? 0n : tensors.toEngine(feed);
    }
    const { names: outputs, values: outputValues } = this.#outputs;
    const results: Record<string, Tensor> = Object.create(null) as Record<string, Tensor>;
    for (let i = 0; i < outputs.length; i++) {
      const name = outputs[i] ?? '';
      const target = targets[name] ?? this.#newOutput(i);
      outputValues[i] = target === null ? 0n : tensors.toEngine(target);
      if (target !== null) results[name] = target;
    }
    const args = [
      ...[this.#address, runOptions, this.#inputs.addresses, inputValues, inputs.length],
      ...[this.#outputs.addresses, outputs.length, outputValues],
    ];
    const started = performance.now();
    if (isLong) {
      this.#held.add(feeds).add(results);
      await api.callOnThread('Run', ...args).finally(() => {
        this.#held.clear();
      });
    } else {
      api.call('Run', ...args);
    }
    this.#duration = performance.now() - started;
    for (let i = 0; i < outputs.length; i++) {
      const name = outputs[i] ?? '';
      results[name] ??= tensors.take(name, outputValues[i] ?? 0n);
    }
    return results;
  }

  runOnDevice(feeds: MixedTensors): Promise<MixedTensors> {
    return this.run(feeds);
  }

  release(): Promise<void> {
    if (this.#released) return Promise.resolve();
    this.#released = true;
    const { api, queue } = this.#host;
    return queue.add(() => {
      api.release('ReleaseSession', this.#address);
      return Promise.resolve();
    });
  }

  #newOutput(i: number): Tensor | null {
    const type = this.#outputTypes[i] ?? null;
    return type === null ? null : new Tensor(allocate(type.dtype, sizeOf(type.shape)), type.shape, type.dtype);
  }

  #namesOf(kind: 'Input' | 'Output'): readonly string[] {
    const { api, allocator } = this.#host;
    const count = Number(api.get(`SessionGet${kind}Count`, this.#address));
    return Array.from({ length: count }, (_, i) => {
      const at = api.get(`SessionGet${kind}Name`, this.#address, i, allocator);
      const name = api.text(at);
      api.call('AllocatorFree', allocator, at);
      return name;
    });
  }

  #outputType(name: string, i: number): OutputType | null {
    const { api, tensors } = this.#host;
    const info = api.get('SessionGetOutputTypeInfo', this.#address, i);
    try {
      const type = tensors.typeOf(name, api.get('CastTypeInfoToTensorInfo', info));
      return type.shape.every((size) => size >= 0) ? type : null;
    } finally {
      api.release('ReleaseTypeInfo', info);
    }
  }
}
