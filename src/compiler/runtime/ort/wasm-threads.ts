import type { Threads } from '../runtime.ts';
import { chosenThreads } from '../settings.ts';

/** The part of a page's or a worker's global scope on which threads depend. */
export interface ThreadScope {
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

/** More threads than these rarely help one operator; the engine's own maximum. */
const MAX_DEFAULT = 4;

/**
 * The threads of the wasm engine, which are workers that share memory.
 *
 * @param hasFiles whether the address of the script that runs in the threads is known
 */
export function planThreads(hasFiles: boolean, scope: ThreadScope = globalThis): Threads {
  const chosen = chosenThreads();
  if (chosen === 1) return { count: 1, reason: 'setThreads(1)' };
  if (scope.crossOriginIsolated !== true) {
    const reason =
      scope.crossOriginIsolated === false
        ? 'the page is not cross-origin isolated: its server must send the headers COOP and COEP'
        : 'the wasm engine has threads only in browsers';
    return { count: 1, reason };
  }
  if (!hasFiles) {
    return {
      count: 1,
      reason: 'the bundler did not write the files of the engine: say where they are with setEngineFiles',
    };
  }
  if (chosen !== undefined) return { count: chosen, reason: `setThreads(${chosen})` };
  const cores = scope.navigator?.hardwareConcurrency ?? 1;
  return {
    count: Math.min(MAX_DEFAULT, Math.ceil(cores / 2)),
    reason: `half of the ${cores} cores, at most ${MAX_DEFAULT}`,
  };
}

/** The time in which threads must start, in milliseconds, once the engine's file has arrived. */
const START_LIMIT = 15_000;

/** Resolves with the reason when threads should have started: after the time limit, which begins when a file has arrived. */
export function startLimit(
  url: string,
  limit: number = START_LIMIT,
): { readonly over: Promise<string>; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let observer: PerformanceObserver | undefined;
  const cancel = (): void => {
    observer?.disconnect();
    clearTimeout(timer);
  };
  const over = new Promise<string>((resolve) => {
    // A slow network is not a failure of threads.
    observer = new PerformanceObserver((list) => {
      if (timer !== undefined || !list.getEntries().some(({ name }) => name === url)) return;
      timer = setTimeout(() => {
        resolve(`its threads did not start within ${limit / 1000} seconds`);
      }, limit);
    });
    observer.observe({ type: 'resource', buffered: true });
  });
  return { over, cancel };
}
