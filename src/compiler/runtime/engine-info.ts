import { loadRuntime } from './load.ts';
import type { Runtime } from './runtime.ts';
import { chosenWorker } from './settings.ts';

/** The engine that models run on. */
export interface EngineInfo {
  readonly engine: Runtime['name'];
  /** Whether it runs in a worker. */
  readonly worker: boolean;
  /** The number of threads per operator. */
  readonly threads: number;
  /** The reason for the number of threads. */
  readonly reason: string;
}

/**
 * Loads the chosen engine, and returns which one it is, where it runs, with how many threads, and why.
 *
 * @throws ValueError if the chosen engine does not exist on this platform.
 * @example
 * setThreads(2);
 * const { engine, threads, reason } = await engineInfo();
 * threads;    // 2
 * reason;     // 'setThreads(2)'
 */
export async function engineInfo(): Promise<EngineInfo> {
  const worker = chosenWorker() !== false;
  const { name, threads } = await loadRuntime();
  return { engine: name, worker, threads: threads.count, reason: threads.reason };
}
