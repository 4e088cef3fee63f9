import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker, isMainThread } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-common';
import { checkChoice } from '../../../core/checks.ts';
import { importKoffi } from '../../../core/koffi-node.ts';
import { ENGINES, type Engine, type Runtime, type SessionOptions, type Threads } from '../runtime.ts';
import { type WorkerChoice, chosenThreads } from '../settings.ts';
import { openInWorker } from '../worker/open.ts';
import type { Ort } from './common/api.ts';
import { openCApi } from './c-api/runtime-node.ts';
import { importWithoutOrigin } from './opaque-origin.ts';
import { openWeb } from './open-web.ts';
import { OrtRuntime } from './ort-runtime.ts';
import { openWebGpu } from './webgpu.ts';

/** The loaders of the engines; tests replace them. */
export interface Loaders {
  readonly native: () => Promise<Ort>;
  readonly wasm: () => Promise<Runtime>;
  /** The package that calls the native engine's library. */
  readonly koffi: () => Promise<typeof import('koffi')>;
}

const openWasm = (): Promise<Runtime> =>
  openWeb('wasm', {
    wasm: () => importWithoutOrigin(() => import('onnxruntime-web/wasm')),
    webgpu: () => importWithoutOrigin(() => import('onnxruntime-web/webgpu')),
  });

const installed: Loaders = {
  native: () => import('onnxruntime-node'),
  wasm: openWasm,
  koffi: importKoffi,
};

/** The version of the engine, that of package.json. */
const ORT_VERSION = '1.30.0';

/**
 * Threads spin while they wait for work, before they sleep. The engine's long default is not faster than 0.2 ms and occupies the
 * cores; without spinning, small networks take 50 % longer.
 */
const SPINNING = { 'session.intra_op.allow_spinning': '1', 'session.intra_op.spin_duration_us': '200' };

/** Whether the fallback has been reported: once per process. */
let warned = false;

/**
 * Opens onnxruntime-node. If it cannot be loaded, `auto` falls back to the wasm engine of onnxruntime-web and warns once.
 *
 * @throws Error if the native engine was chosen by name and cannot be loaded.
 */
export async function openRuntime(choice: Engine, loaders: Loaders = installed): Promise<Runtime> {
  const engine = choice === 'auto' ? checkChoice('runtime', 'EVENKEEL_ENGINE', readEngine(), ENGINES) : choice;
  if (engine === 'wasm') return loaders.wasm();
  // Both packages are read at the same time.
  const koffi = engine !== 'webgpu' && usesKoffi() ? loaders.koffi().catch(() => null) : null;
  let native: Ort;
  try {
    native = await loaders.native();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause);
    if (engine !== 'auto') throw new Error(`[runtime] onnxruntime-node cannot be loaded: ${reason}`, { cause });
    warnOnce(reason);
    return loaders.wasm();
  }
  if (engine === 'webgpu') return openWebGpu(native);
  const packaged = nativeRuntime(native);
  const found = await koffi;
  return (found && openCApi(packaged, ORT_VERSION, SPINNING, found)) ?? packaged;
}

/**
 * Whether the native engine is called through koffi: in Node alone, where it is tested, and not in worker threads, which can end
 * while their sessions are in memory.
 */
function usesKoffi(): boolean {
  const { versions, env } = process;
  const isNode = ['bun', 'deno', 'electron'].every((name) => versions[name] === undefined);
  return isNode && isMainThread && env['EVENKEEL_KOFFI'] !== 'off';
}

/** Opens an engine in a worker, which is started here unless a function does. */
export async function openWorker(
  choice: Engine,
  start: Exclude<WorkerChoice, false>,
  onEnd: () => void,
): Promise<Runtime> {
  return openInWorker(start === true ? startWorker() : start(), choice, [], onEnd);
}

function startWorker(): Worker {
  return new Worker(new URL('./engine-worker-node.js', import.meta.url), { name: 'evenkeel' });
}

/** The environment variable; an empty one is as good as none. */
function readEngine(): string {
  const given = process.env['EVENKEEL_ENGINE'] ?? '';
  return given === '' ? 'auto' : given;
}

function warnOnce(reason: string): void {
  if (warned) return;
  warned = true;
  // eslint-disable-next-line no-console -- the user must know about the slower engine
  console.warn(
    `[evenkeel] onnxruntime-node cannot be loaded, using the slower wasm engine: ${reason} (To install the native engine: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@${ORT_VERSION}. To use the wasm engine without this warning: EVENKEEL_ENGINE=wasm.)`,
  );
}

function nativeRuntime(ort: Ort): Runtime {
  return new OrtRuntime({
    name: 'node',
    ort,
    threads: nativeThreads,
    preallocatedOutputs: true,
    // The engine works on the calling thread, so that each call ends before another begins.
    schedule: (work) => work(),
    sessionOptions,
    readOptimized,
  });
}

function nativeThreads(): Threads {
  const chosen = chosenThreads();
  return chosen === undefined
    ? { count: availableParallelism(), reason: 'one for each core' }
    : { count: chosen, reason: `setThreads(${chosen})` };
}

function sessionOptions({ threads, profile }: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads ?? nativeThreads().count,
    interOpNumThreads: 1,
    extra: SPINNING,
    ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
  };
}

async function readOptimized(
  make: (extra: InferenceSession.SessionOptions) => Promise<void>,
): Promise<Uint8Array | null> {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-'));
  try {
    const file = join(folder, 'optimized.onnx');
    await make({ optimizedModelFilePath: file });
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
