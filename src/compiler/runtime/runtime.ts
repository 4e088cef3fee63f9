import type { Tensor } from '../../core/tensor.ts';

/** Which engine runs: `node` is native, `wasm` runs everywhere, `auto` is native where it can be loaded. */
export type Engine = 'auto' | 'node' | 'wasm';

export interface SessionOptions {
  /** How many threads share the work of one operator. @default what `setThreads` set, else one for each core */
  readonly threads?: number;
  /** How far the engine may rewrite the model. @default 'all' */
  readonly optimize?: 'all' | 'extended' | 'basic' | 'disabled';
  /** Writes the time of each node to a JSON file whose name starts with this, when the session is released. Node only. */
  readonly profile?: string;
}

/** A model that the engine has loaded and can run. It holds the engine's memory until it is released. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the model once.
   *
   * `targets` may name buffers for outputs. Where the engine can write into them (`features.preallocatedOutputs`), the
   * result holds the very tensor that was given; elsewhere a new one. A buffer may not be a feed of the same run.
   * In Node a feed costs about 2 µs and an output 4, whatever its size; a node of the model costs a tenth of that.
   *
   * @throws ValueError if a feed is missing, or a feed or target has a name that the model lacks.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    targets?: Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, Tensor>>>;
  /** Gives the engine's memory back. The session cannot run afterwards; a second call does nothing. */
  release(): Promise<void>;
}

/** An engine: ONNX models in, sessions out. */
export interface Runtime {
  readonly name: 'node' | 'wasm';
  readonly features: {
    /** Whether `run` writes into the targets that it is given. */
    readonly preallocatedOutputs: boolean;
  };
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  /**
   * The model as the engine rewrites it for this machine, or `null` where the engine does not tell. It may hold the
   * engine's private operators, so it is for reading: it shows which of them exist here.
   */
  optimizedModel(model: Uint8Array): Promise<Uint8Array | null>;
}
