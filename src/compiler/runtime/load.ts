import type { Engine, Runtime } from './runtime.ts';
import { chosenEngine } from './settings.ts';

const loaded = new Map<Engine, Promise<Runtime>>();

/**
 * The engine that is chosen, loaded the first time it is asked for: describing a model does not load it.
 *
 * @throws ValueError if the engine that was chosen does not exist here.
 */
export function loadRuntime(): Promise<Runtime> {
  const choice = chosenEngine();
  const known = loaded.get(choice);
  if (known !== undefined) return known;
  const loading = open(choice);
  loaded.set(choice, loading);
  // A failure is not kept, so that somebody who mends its cause can try again.
  loading.catch(() => loaded.delete(choice));
  return loading;
}

async function open(choice: Engine): Promise<Runtime> {
  const { openRuntime } = await import('#ort');
  return openRuntime(choice);
}
