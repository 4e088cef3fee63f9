import type { Engine, Runtime } from './runtime.ts';
import { chosenEngine } from './settings.ts';

/** The runtimes loaded so far; one per engine and process, because an engine can be loaded only once. */
const loaded = new Map<Engine, Promise<Runtime>>();

/**
 * Returns the chosen engine, loading it at the first call: describing a model does not load it.
 *
 * @throws ValueError if the chosen engine does not exist on this platform.
 */
export function loadRuntime(): Promise<Runtime> {
  const choice = chosenEngine();
  const known = loaded.get(choice);
  if (known !== undefined) return known;
  const loading = open(choice);
  loaded.set(choice, loading);
  // A failure is not kept, so that loading can be retried after its cause has been fixed.
  loading.catch(() => loaded.delete(choice));
  return loading;
}

async function open(choice: Engine): Promise<Runtime> {
  const { openRuntime } = await import('#ort');
  return openRuntime(choice);
}
