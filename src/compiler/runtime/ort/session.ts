import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { InternalError } from '../../../core/errors.ts';
import { Tensor } from '../../../core/tensor.ts';
import { type MixedTensors, type Session, releasedError } from '../runtime.ts';
import { engineError } from './common/api.ts';
import { OrtDeviceTensor, type OrtDeviceMemory } from './device-memory.ts';
import { checkNames, missingFeedError } from './common/names.ts';
import type { TensorCache } from './tensors.ts';

type Tensors = Readonly<Record<string, Tensor>>;
type Fetches = Record<string, OrtTensor | null>;

/** Errors are thrown; the wasm engine would also print them. */
const SILENT: InferenceSession.RunOptions = { logSeverityLevel: 4 };

/** The part of an engine that its sessions need. */
export interface SessionHost {
  readonly tensors: TensorCache;
  readonly preallocatedOutputs: boolean;
  readonly device: OrtDeviceMemory | null;
  /** Runs a task of the engine when the engine is free. */
  readonly schedule: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A session of onnxruntime-node or onnxruntime-web. */
export class OrtSession implements Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #host: SessionHost;
  readonly #inner: InferenceSession;
  readonly #profiled: boolean;
  readonly #inputSet: ReadonlySet<string>;
  readonly #outputSet: ReadonlySet<string>;
  #released = false;

  constructor(host: SessionHost, inner: InferenceSession, profiled: boolean) {
    this.inputNames = [...inner.inputNames];
    this.outputNames = [...inner.outputNames];
    this.#inputSet = new Set(this.inputNames);
    this.#outputSet = new Set(this.outputNames);
    this.#host = host;
    this.#inner = inner;
    this.#profiled = profiled;
  }

  async run(feeds: MixedTensors, targets: Tensors = {}): Promise<Tensors> {
    if (this.#released) throw releasedError();
    checkNames('target', targets, this.#outputSet);
    const inputs = this.#inputs(feeds);
    const fetches = this.#host.preallocatedOutputs ? this.#fetches(targets) : null;
    const outputs = await this.#work(() =>
      fetches === null ? this.#inner.run(inputs, SILENT) : this.#inner.run(inputs, fetches, SILENT),
    );
    const results: Record<string, Tensor> = {};
    for (const name of this.outputNames) {
      const output = outputs[name];
      if (output === undefined) continue;
      // The engine returns a new object even if it wrote into the target.
      const written = fetches === null ? undefined : targets[name];
      results[name] = written ?? this.#host.tensors.fromEngine(name, output);
    }
    return results;
  }

  async runOnDevice(feeds: MixedTensors): Promise<MixedTensors> {
    const { device, tensors } = this.#host;
    if (device === null) throw new InternalError('a session of an engine without a device was run on one.');
    if (this.#released) throw releasedError();
    const inputs = this.#inputs(feeds);
    const outputs = await this.#work(() => this.#inner.run(inputs, SILENT));
    return Object.fromEntries(
      this.outputNames.flatMap((name) => {
        const output = outputs[name];
        if (output === undefined) return [];
        const isOnDevice = output.location === 'gpu-buffer';
        return [[name, isOnDevice ? device.adopt(name, output) : tensors.fromEngine(name, output)]];
      }),
    );
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#work(async () => {
      if (this.#profiled) this.#inner.endProfiling();
      await this.#inner.release();
    });
  }

  #inputs(feeds: MixedTensors): Record<string, OrtTensor> {
    checkNames('feed', feeds, this.#inputSet);
    const inputs: Record<string, OrtTensor> = {};
    for (const name of this.inputNames) {
      const feed = feeds[name];
      if (feed === undefined) throw missingFeedError(name, feeds);
      inputs[name] = this.#toEngine(feed);
    }
    return inputs;
  }

  #toEngine(feed: MixedTensors[string]): OrtTensor {
    if (feed instanceof Tensor) return this.#host.tensors.toEngine(feed);
    if (feed instanceof OrtDeviceTensor) return feed.inner;
    throw new InternalError('a tensor of another engine was fed.');
  }

  /** The buffer of each output; null if the engine is to allocate it. */
  #fetches(targets: Tensors): Fetches {
    const fetches: Fetches = {};
    for (const name of this.outputNames) {
      const target = targets[name];
      fetches[name] = target === undefined ? null : this.#host.tensors.toEngine(target);
    }
    return fetches;
  }

  async #work<T>(work: () => Promise<T>): Promise<T> {
    const { device, schedule } = this.#host;
    if (device !== null) return device.work(() => schedule(work));
    try {
      return await schedule(work);
    } catch (cause) {
      throw engineError(cause);
    }
  }
}
