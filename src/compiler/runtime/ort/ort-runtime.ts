import type { InferenceSession } from 'onnxruntime-common';
import type { DType } from '../../../core/dtype.ts';
import type { Runtime, Session, SessionOptions, Threads } from '../runtime.ts';
import { type Ort, engineError } from './common/api.ts';
import { type Copies, type CopyHost, makeCopies } from './copies.ts';
import { OrtDeviceMemory } from './device-memory.ts';
import { OrtSession, type SessionHost } from './session.ts';
import { TensorCache } from './tensors.ts';

/** The differences between the engines. */
export interface OrtEngine {
  readonly name: Runtime['name'];
  readonly ort: Ort;
  readonly threads: () => Threads;
  readonly preallocatedOutputs: boolean;
  /** Whether sessions keep outputs in the memory of a device. */
  readonly hasDevice?: boolean;
  readonly schedule: SessionHost['schedule'];
  /** Converts options to those of the engine. */
  readonly sessionOptions: (options: SessionOptions) => InferenceSession.SessionOptions;
  /** Returns the model that creating a session with further options writes; null if the engine cannot. */
  readonly readOptimized: (
    make: (extra: InferenceSession.SessionOptions) => Promise<void>,
  ) => Promise<Uint8Array | null>;
}

/** A runtime on the interface common to both packages of ONNX Runtime. */
export class OrtRuntime implements Runtime {
  readonly name: Runtime['name'];
  readonly features: Runtime['features'];
  readonly #engine: OrtEngine;
  readonly #host: SessionHost;
  readonly device: OrtDeviceMemory | null;

  constructor(engine: OrtEngine) {
    this.name = engine.name;
    this.features = { preallocatedOutputs: engine.preallocatedOutputs };
    this.#engine = engine;
    const tensors = new TensorCache(engine.ort);
    this.device = engine.hasDevice === true ? this.#makeDevice(tensors) : null;
    this.#host = {
      tensors,
      device: this.device,
      preallocatedOutputs: engine.preallocatedOutputs,
      schedule: engine.schedule,
    };
    // The log level outside of sessions: errors inside them are thrown.
    engine.ort.env.logLevel = 'fatal';
  }

  get threads(): Threads {
    return this.#engine.threads();
  }

  async createSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    return this.#create(model, options, {});
  }

  async optimizedModel(model: Uint8Array): Promise<Uint8Array | null> {
    return this.#engine.readOptimized(async (extra) => {
      const session = await this.#create(model, { threads: 1 }, extra);
      await session.release();
    });
  }

  #makeDevice(tensors: TensorCache): OrtDeviceMemory {
    const { schedule } = this.#engine;
    const copies = new Map<DType, Promise<Copies>>();
    const host: CopyHost = {
      create: (model, extra) => this.#createInner(model, {}, extra),
      run: (session, feeds) => schedule(() => session.run(feeds)),
    };
    return new OrtDeviceMemory({
      toEngine: (tensor) => tensors.toEngine(tensor),
      fromEngine: (name, tensor) => tensors.fromEngine(name, tensor),
      schedule,
      copies: (dtype) => {
        const found = copies.get(dtype) ?? makeCopies(host, dtype);
        copies.set(dtype, found);
        return found;
      },
    });
  }

  async #create(model: Uint8Array, options: SessionOptions, extra: InferenceSession.SessionOptions): Promise<Session> {
    const inner = await this.#createInner(model, options, extra);
    return new OrtSession(this.#host, inner, options.profile !== undefined);
  }

  async #createInner(
    model: Uint8Array,
    options: SessionOptions,
    extra: InferenceSession.SessionOptions,
  ): Promise<InferenceSession> {
    const { ort, schedule, sessionOptions } = this.#engine;
    const all: InferenceSession.SessionOptions = {
      graphOptimizationLevel: options.optimize ?? 'all',
      executionMode: 'sequential',
      logSeverityLevel: 4,
      ...sessionOptions(options),
      ...(options.deviceOutputs !== undefined && {
        preferredOutputLocation: Object.fromEntries(options.deviceOutputs.map((name) => [name, 'gpu-buffer'])),
      }),
      ...extra,
    };
    const create = (): Promise<InferenceSession> => schedule(() => ort.InferenceSession.create(model, all));
    if (this.device !== null) return this.device.work(create);
    try {
      return await create();
    } catch (cause) {
      throw engineError(cause);
    }
  }
}
