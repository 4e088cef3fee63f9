import { ValueError } from '../../../core/errors.ts';
import type { Engine, Runtime } from '../runtime.ts';
import { chosenThreads } from '../settings.ts';
import type { Ort } from './api.ts';
import { OrtRuntime } from './ort-runtime.ts';
import { Queue } from './queue.ts';
import { openWebGpu } from './webgpu.ts';

/** One per process, like the wasm module, which creates and runs one session at a time. */
const queue = new Queue();

/** Opens the wasm engine of onnxruntime-web: the only one in a browser. */
export async function openRuntime(choice: Engine): Promise<Runtime> {
  if (choice === 'node')
    throw new ValueError('[runtime] the native engine runs only in Node. Received: engine="node".');
  if (choice === 'webgpu') return openWebGpu(await openWebGpuBuild());
  const ort: Ort = await import('onnxruntime-web/wasm');
  // Threads share memory, which requires a cross-origin isolated page. The property is not defined in Node.
  const isolated = (globalThis as { readonly crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  const threads = isolated ? chosenThreads() : 1;
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  return new OrtRuntime({
    name: 'wasm',
    ort,
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
async function openWebGpuBuild(): Promise<Ort> {
  const ort: Ort = await import('onnxruntime-web/webgpu');
  ort.env.wasm.numThreads = 1;
  return ort;
}
