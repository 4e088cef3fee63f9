import type { Workload } from '../../workloads.mjs';

/** Milliseconds of each call, of the first one since the page was opened, and the last loss. */
export interface PageTimes {
  readonly first: number;
  readonly times: readonly number[];
  readonly loss: number | null;
}

export type PageBench = (workload: Workload) => Promise<PageTimes>;

/** Calls until the counts of the workload, or a limit of time for engines that are slow, are reached. */
export async function timeCalls({ warmup, samples }: Workload, call: () => Promise<number | null>): Promise<PageTimes> {
  const LIMIT = 20_000;
  let loss = await call();
  const first = performance.now();
  for (let i = 1; i < warmup && performance.now() - first < LIMIT / 2; i++) await call();
  const times: number[] = [];
  const started = performance.now();
  while (times.length < samples && (times.length < 2 || performance.now() - started < LIMIT)) {
    const before = performance.now();
    loss = await call();
    times.push(performance.now() - before);
  }
  return { first, times, loss };
}
