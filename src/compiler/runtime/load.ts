import type { Engine, Runtime } from './runtime.ts';
import { type WorkerChoice, chosenEngine, chosenWorker } from './settings.ts';

/** The runtimes loaded so far; one per engine and place, because an engine can be loaded only once. */
const loaded = new Map<WorkerChoice, Map<Engine, Promise<Runtime>>>();

/**
 * Returns the chosen engine, loading it at the first call: describing a model does not load it.
 *
 * @throws ValueError if the chosen engine does not exist on this platform.
 */
export function loadRuntime(): Promise<Runtime> {
  const [choice, worker] = [chosenEngine(), chosenWorker()];
  const runtimes = loaded.get(worker) ?? new Map<Engine, Promise<Runtime>>();
  loaded.set(worker, runtimes);
  const known = runtimes.get(choice);
  if (known !== undefined) return known;
  const forget = (): void => {
    runtimes.delete(choice);
  };
  const loading = open(choice, worker, forget);
  runtimes.set(choice, loading);
  // A failure is not kept, so that loading can be retried after its cause has been fixed.
  loading.catch(forget);
  return loading;
}

async function open(choice: Engine, worker: WorkerChoice, onEnd: () => void): Promise<Runtime> {
  const { openRuntime, openWorker } = await import('#ort');
  return worker === false ? openRuntime(choice) : openWorker(choice, worker, onEnd);
}
