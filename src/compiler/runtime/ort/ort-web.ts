import { NotImplementedError } from '../../../core/errors.ts';
import type { Engine, Runtime } from '../runtime.ts';
import type { WorkerChoice } from '../settings.ts';
import { openInWorker } from '../worker/open.ts';
import { ENGINE_FILES } from './engine-files.ts';
import { openWeb } from './open-web.ts';

/** Opens an engine in this thread, and loads the build that it needs. */
export function openRuntime(choice: Engine): Promise<Runtime> {
  return openWeb(choice, {
    wasm: () => import('onnxruntime-web/wasm'),
    webgpu: () => import('onnxruntime-web/webgpu'),
  });
}

/** Opens an engine in a worker, which is started here unless a function does. */
export async function openWorker(
  choice: Engine,
  start: Exclude<WorkerChoice, false>,
  onEnd: () => void,
): Promise<Runtime> {
  return openInWorker(start === true ? startWorker() : start(), choice, ENGINE_FILES, onEnd);
}

function startWorker(): Worker {
  if (typeof Worker !== 'function') {
    throw new NotImplementedError(
      "[runtime] worker=true requires the class Worker, which does not exist here. Use setEngine('auto'), without a worker.",
    );
  }
  // Bundlers find the script by exactly this form.
  return new Worker(new URL('./engine-worker.js', import.meta.url), { type: 'module', name: 'evenkeel' });
}
