import { ValueError } from '../../../core/errors.ts';
import type { Engine, Runtime, Threads } from '../runtime.ts';
import type { Ort } from './common/api.ts';
import { checkWebAssembly, watchForbiddenWorkers } from './content-policy.ts';
import { engineFiles } from './engine-files.ts';
import { OrtRuntime } from './ort-runtime.ts';
import { Queue } from './common/queue.ts';
import { openWebGpu } from './webgpu.ts';
import { planThreads, startLimit } from './wasm-threads.ts';

/** One per process, like the wasm module, which creates and runs one session at a time. */
const queue = new Queue();

/** The two builds of onnxruntime-web: a page loads the one that it needs. */
export interface WebBuilds {
  readonly wasm: () => Promise<Ort>;
  readonly webgpu: () => Promise<Ort>;
}

/** Opens the wasm engine of onnxruntime-web, the only one in a browser, or its WebGPU provider. */
export async function openWeb(choice: Engine, builds: WebBuilds): Promise<Runtime> {
  if (choice === 'node')
    throw new ValueError('[runtime] the native engine runs only in Node. Received: engine="node".');
  await checkWebAssembly();
  if (choice === 'webgpu') return openWebGpu(await openWebGpuBuild(builds));
  const { ort, threads } = await startEngine(builds);
  return new OrtRuntime({
    name: 'wasm',
    ort,
    threads: () => threads,
    // The engine accepts targets, but returns new tensors.
    preallocatedOutputs: false,
    schedule: (work) => queue.add(work),
    sessionOptions: () => ({ executionProviders: ['wasm'] }),
    // In a browser the engine would open the file in a window.
    readOptimized: () => Promise.resolve(null),
  });
}

/**
 * The build of the engine that can wait for the GPU. That by Asyncify, which runs in every browser with WebGPU; the smaller one by
 * JavaScript Promise Integration does not. It has one thread: all nodes run on the GPU.
 */
async function openWebGpuBuild({ webgpu }: WebBuilds): Promise<Ort> {
  const ort = await webgpu();
  ort.env.wasm.numThreads = 1;
  const files = engineFiles('webgpu');
  if (files !== null) ort.env.wasm.wasmPaths = { wasm: files.wasm };
  return ort;
}

interface Started {
  readonly ort: Ort;
  readonly threads: Threads;
}

/** Starts the engine: with threads if they are possible, and on one thread if they do not start. */
async function startEngine(builds: WebBuilds): Promise<Started> {
  const files = engineFiles('wasm');
  const threads = planThreads(files !== null);
  const ort = await builds.wasm();
  ort.env.wasm.numThreads = threads.count;
  if (threads.count === 1 || files === null) {
    if (files !== null) ort.env.wasm.wasmPaths = { wasm: files.wasm };
    return { ort, threads };
  }
  // From the engine's own script: the chunk of a bundler may run the whole page in every thread.
  ort.env.wasm.wasmPaths = { ...files };
  const failure = await failureOfThreads(ort, files.wasm);
  return failure === null ? { ort, threads } : startOnOneThread(builds, failure);
}

/** Starts the engine's threads. Returns the reason if they do not start. */
async function failureOfThreads(ort: Ort, wasm: string): Promise<string | null> {
  const limit = startLimit(wasm);
  const policy = watchForbiddenWorkers();
  try {
    return await Promise.race([start(ort), limit.over, policy.forbidden]);
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  } finally {
    limit.cancel();
    policy.cancel();
  }
}

/** The beginning of the engine's message if it cannot start. */
const NOT_STARTED = 'no available backend found';

/** Starts the engine by a model without bytes, which it refuses once it runs. */
async function start(ort: Ort): Promise<null> {
  try {
    await ort.InferenceSession.create(new Uint8Array(), { executionProviders: ['wasm'], logSeverityLevel: 4 });
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith(NOT_STARTED)) throw cause;
  }
  return null;
}

/** The engine cannot start twice, so this is its other build, which also runs without a GPU. */
async function startOnOneThread(builds: WebBuilds, failure: string): Promise<Started> {
  // eslint-disable-next-line no-console -- the user must know about the slower engine
  console.warn(`[evenkeel] the wasm engine runs on one thread, which is slower: ${failure}.`);
  return { ort: await openWebGpuBuild(builds), threads: { count: 1, reason: failure } };
}
