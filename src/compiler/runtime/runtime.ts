import type { Device, DeviceTensor } from '../../core/device-tensor.ts';
import { ValueError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';

/**
 * The engine: `node` is native, `wasm` runs everywhere, `webgpu` runs on the GPU, `auto` is native if it can be loaded, and
 * otherwise `wasm`.
 */
export type Engine = 'auto' | 'node' | 'wasm' | 'webgpu';

/** All engines, for checks. */
export const ENGINES: readonly Engine[] = ['auto', 'node', 'wasm', 'webgpu'];

/** Options of a session. */
export interface SessionOptions {
  /** The number of threads per operator. @default the number set by `setThreads`, else one per core */
  readonly threads?: number;
  /** The level of the engine's own optimizations. @default 'all' */
  readonly optimize?: 'all' | 'extended' | 'basic' | 'disabled';
  /** The prefix of a JSON file for the times of all nodes, written when the session is released. Node only. */
  readonly profile?: string;
  /** The names of the outputs that stay in the memory of the device. @default none */
  readonly deviceOutputs?: readonly string[];
}

/** Tensors of the host and of the device, by name. */
export type MixedTensors = Readonly<Record<string, Tensor | DeviceTensor>>;

/** A model loaded by the engine. It occupies the engine's memory until it is released. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the model once.
   *
   * `targets` are buffers for outputs. If the engine can write into them (`features.preallocatedOutputs`), the result
   * contains the given tensors, otherwise new ones. A buffer must not be a feed of the same run.
   *
   * @throws ValueError if a feed is missing, or the model has no input or output of the name of a feed or target.
   */
  run(feeds: MixedTensors, targets?: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  /** As `run`, where the outputs of the option `deviceOutputs` stay on the device. Only for a runtime with a device. */
  runOnDevice(feeds: MixedTensors): Promise<MixedTensors>;
  /** Frees the engine's memory. The session cannot run afterwards; a second call has no effect. */
  release(): Promise<void>;
}

/** The error of a session that is run after its release. */
export function releasedError(): ValueError {
  return new ValueError('[runtime] a session cannot run after it has been released.');
}

/** A number of threads, with the reason for it. */
export interface Threads {
  readonly count: number;
  readonly reason: string;
}

/** The memory of a device, such as a GPU. */
export interface DeviceMemory extends Device {
  /** Whether results that stay there come with a copy for the host: that costs little if both are in one memory. */
  readonly copiesResults: boolean;
  /** The number of tensors in it that somebody may use. */
  readonly tensorCount: number;
  /** Copies a tensor to the device. To a GPU only float32 and int32. */
  upload(tensor: Tensor): Promise<DeviceTensor>;
}

/** An engine, which creates sessions of ONNX models. */
export interface Runtime {
  readonly name: 'node' | 'wasm' | 'webgpu';
  /** The threads of sessions that are created from now on. */
  readonly threads: Threads;
  readonly features: {
    /** Whether `run` writes into the given targets. */
    readonly preallocatedOutputs: boolean;
  };
  /** The memory of the device; null if the engine works in that of the host. */
  readonly device: DeviceMemory | null;
  /** Loads a model. */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  /**
   * Returns the model as optimized by the engine for this machine; null if the engine does not reveal it. It may contain
   * the engine's private operators, so it is meant for inspection: it shows which of them exist on this machine.
   */
  optimizedModel(model: Uint8Array): Promise<Uint8Array | null>;
}
