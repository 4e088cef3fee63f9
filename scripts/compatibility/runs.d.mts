/** A run of tests in an environment. */
export interface Run {
  readonly tests: string;
  readonly system: string;
  readonly runtime: string;
  readonly version: string;
  readonly passed: boolean;
  readonly date: string;
}

export function readRuns(): readonly Run[];
export const systemHere: string;
export const runtimeHere: string;
export function recordRun(run: Pick<Run, 'tests' | 'runtime' | 'version' | 'passed'>): void;
