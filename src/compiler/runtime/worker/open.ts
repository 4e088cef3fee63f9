import type { Engine, Runtime } from '../runtime.ts';
import { type EngineWorker, chosenFiles, chosenThreads } from '../settings.ts';
import { Requests } from './requests.ts';
import { WorkerRuntime } from './worker-runtime.ts';

/** The time in which a worker must answer that it is there, in milliseconds. */
const START_LIMIT = 60_000;

/**
 * Opens an engine in a worker.
 *
 * @param worker a worker whose script is the engine's, or imports it
 * @param fileNames the names of the files that `setEngineFiles` may have moved
 * @param onEnd is called when the worker cannot go on, so that another is started
 * @throws Error if the worker does not run; the errors of opening the engine otherwise.
 */
export async function openInWorker(
  worker: EngineWorker,
  engine: Engine,
  fileNames: readonly string[],
  onEnd: () => void,
): Promise<Runtime> {
  let opened: WorkerRuntime | null = null;
  const requests = new Requests(worker, {
    onEnd: () => {
      opened?.device.lose();
      onEnd();
    },
    onLost: () => {
      opened?.device.lose();
    },
  });
  const limit = setTimeout(() => {
    requests.close("it does not answer: its script must import 'evenkeel/engine-worker'");
  }, START_LIMIT);
  try {
    await requests.call('greet', null);
  } finally {
    clearTimeout(limit);
  }
  const locate = chosenFiles();
  const files = locate === null ? null : Object.fromEntries(fileNames.map((name) => [name, locate(name)]));
  const settings = { threads: chosenThreads() ?? null, files };
  opened = new WorkerRuntime(requests, await requests.call('open', { engine, settings }));
  return opened;
}
