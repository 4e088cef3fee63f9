import process from 'node:process';
import type * as Koffi from 'koffi';
import { Turns } from '../../../../core/event-loop.ts';
import type { Runtime, Session, SessionOptions, Threads } from '../../runtime.ts';
import { engineError } from '../common/api.ts';
import { Queue } from '../common/queue.ts';
import { type Address, CApi } from './functions-node.ts';
import { CSession, type CSessionHost } from './session-node.ts';
import { CTensors } from './tensors-node.ts';

/** The names of the library in the package onnxruntime-node, which has loaded it: the loader returns that one. */
const LIBRARIES: Readonly<Partial<Record<NodeJS.Platform, (version: string) => string>>> = {
  linux: () => 'libonnxruntime.so.1',
  darwin: (version) => `@rpath/libonnxruntime.${version}.dylib`,
  win32: () => 'onnxruntime.dll',
};

/** The numbers of GraphOptimizationLevel in onnxruntime_c_api.h. */
const LEVELS: Readonly<Record<NonNullable<SessionOptions['optimize']>, number>> = {
  disabled: 0,
  basic: 1,
  extended: 2,
  all: 99,
};

/** ORT_LOGGING_LEVEL_FATAL: errors are thrown. */
const SILENT = 4;

type Configuration = Readonly<Record<string, string>>;

/**
 * The native engine by its C interface, through koffi: onnxruntime-node copies every result into a new array, whose memory is
 * cleared before and collected afterwards, and needs 50 µs for a call; here, results are written into the arrays of the caller, and
 * a call needs 3 µs. Null if the library is not found, or is another version.
 *
 * @param packaged the runtime of onnxruntime-node, which has the rest
 * @param configuration the entries of the configuration of each session
 */
export function openCApi(
  packaged: Runtime,
  version: string,
  configuration: Configuration,
  koffi: typeof Koffi,
): Runtime | null {
  const file = LIBRARIES[process.platform]?.(version);
  if (file === undefined) return null;
  try {
    return new CRuntime(packaged, new CApi(koffi, file, version), configuration);
  } catch {
    return null;
  }
}

class CRuntime implements Runtime {
  readonly name = 'node';
  readonly features = { preallocatedOutputs: true };
  readonly device = null;
  readonly #packaged: Runtime;
  readonly #configuration: Configuration;
  readonly #environment: Address;
  readonly #host: CSessionHost;

  constructor(packaged: Runtime, api: CApi, configuration: Configuration) {
    this.#packaged = packaged;
    this.#configuration = configuration;
    this.#environment = api.get('CreateEnv', SILENT, 'evenkeel');
    const runOptions = api.get('CreateRunOptions');
    api.call('RunOptionsSetRunLogSeverityLevel', runOptions, SILENT);
    const allocator = api.get('GetAllocatorWithDefaultOptions');
    this.#host = { api, tensors: new CTensors(api), runOptions, allocator, queue: new Queue(), turns: new Turns() };
  }

  get threads(): Threads {
    return this.#packaged.threads;
  }

  async createSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    // A profile is for people: it needs no speed.
    if (options.profile !== undefined) return this.#packaged.createSession(model, options);
    await this.#host.turns.next();
    try {
      return this.#describe(this.#load(model, options));
    } catch (cause) {
      throw engineError(cause);
    }
  }

  /** A session with its names and types; one that has a type which evenkeel does not know is released. */
  #describe(session: Address): CSession {
    try {
      return new CSession(this.#host, session);
    } catch (cause) {
      this.#host.api.release('ReleaseSession', session);
      throw cause;
    }
  }

  optimizedModel(model: Uint8Array): Promise<Uint8Array | null> {
    return this.#packaged.optimizedModel(model);
  }

  #load(model: Uint8Array, { threads = this.threads.count, optimize = 'all' }: SessionOptions): Address {
    const { api } = this.#host;
    const options = api.get('CreateSessionOptions');
    try {
      api.call('SetSessionLogSeverityLevel', options, SILENT);
      api.call('SetSessionGraphOptimizationLevel', options, LEVELS[optimize]);
      api.call('SetIntraOpNumThreads', options, threads);
      api.call('SetInterOpNumThreads', options, 1);
      for (const [key, value] of Object.entries(this.#configuration)) {
        api.call('AddSessionConfigEntry', options, key, value);
      }
      return api.get('CreateSessionFromArray', this.#environment, model, model.byteLength, options);
    } finally {
      api.release('ReleaseSessionOptions', options);
    }
  }
}
