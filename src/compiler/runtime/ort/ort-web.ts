import { ValueError } from '../../../core/errors.ts';
import type { Engine, Runtime } from '../runtime.ts';
import { chosenThreads } from '../settings.ts';
import type { Ort } from './api.ts';
import { OrtRuntime } from './ort-runtime.ts';
import { Queue } from './queue.ts';

/** One for the process, as the module of wasm is: it makes one session at a time, and runs one at a time. */
const queue = new Queue();

/** Opens onnxruntime-web's wasm engine: the only one in a browser. */
export async function openRuntime(choice: Engine): Promise<Runtime> {
  if (choice === 'node')
    throw new ValueError('[runtime] the native engine runs in Node alone. Received: engine="node".');
  const ort: Ort = await import('onnxruntime-web/wasm');
  // Threads share memory, which a page may do only if it is cross-origin isolated. In Node this is not defined.
  const isolated = (globalThis as { readonly crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  const threads = isolated ? chosenThreads() : 1;
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  return new OrtRuntime({
    name: 'wasm',
    ort,
    // It takes them and returns a new tensor all the same.
    preallocatedOutputs: false,
    schedule: (work) => queue.add(work),
    sessionOptions: () => ({ executionProviders: ['wasm'] }),
    // In a browser it would show the file in a window.
    readOptimized: () => Promise.resolve(null),
  });
}
