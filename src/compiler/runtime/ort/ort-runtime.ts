import type { InferenceSession } from 'onnxruntime-common';
import type { Runtime, Session, SessionOptions, Threads } from '../runtime.ts';
import { type Ort, engineError } from './api.ts';
import { OrtSession, type SessionHost } from './session.ts';
import { TensorCache } from './tensors.ts';

/** The differences between the engines. */
export interface OrtEngine {
  readonly name: Runtime['name'];
  readonly ort: Ort;
  readonly threads: () => Threads;
  readonly preallocatedOutputs: boolean;
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

  constructor(engine: OrtEngine) {
    this.name = engine.name;
    this.features = { preallocatedOutputs: engine.preallocatedOutputs };
    this.#engine = engine;
    this.#host = {
      tensors: new TensorCache(engine.ort),
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

  async #create(model: Uint8Array, options: SessionOptions, extra: InferenceSession.SessionOptions): Promise<Session> {
    const { ort, schedule, sessionOptions } = this.#engine;
    const all: InferenceSession.SessionOptions = {
      graphOptimizationLevel: options.optimize ?? 'all',
      executionMode: 'sequential',
      logSeverityLevel: 4,
      ...sessionOptions(options),
      ...extra,
    };
    try {
      const inner = await schedule(() => ort.InferenceSession.create(model, all));
      return new OrtSession(this.#host, inner, all.enableProfiling === true);
    } catch (cause) {
      throw engineError(cause);
    }
  }
}
