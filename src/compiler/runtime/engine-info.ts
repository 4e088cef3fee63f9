import { loadRuntime } from './load.ts';
import type { Runtime } from './runtime.ts';

/** The engine that models run on. */
export interface EngineInfo {
  readonly engine: Runtime['name'];
  /** The number of threads per operator. */
  readonly threads: number;
  /** The reason for the number of threads. */
  readonly reason: string;
}

/**
 * Loads the chosen engine, and returns which one it is, with how many threads it runs, and why.
 *
 * @throws ValueError if the chosen engine does not exist on this platform.
 * @example
 * setThreads(2);
 * const { engine, threads, reason } = await engineInfo();
 * threads;    // 2
 * reason;     // 'setThreads(2)'
 */
export async function engineInfo(): Promise<EngineInfo> {
  const { name, threads } = await loadRuntime();
  return { engine: name, threads: threads.count, reason: threads.reason };
}
