/** A workload of workloads.json; workloads.mjs documents the fields. */
export interface Workload {
  readonly title: string;
  readonly network: string;
  readonly call: string;
  readonly batch: number;
  readonly row: readonly number[];
  readonly shape: readonly number[];
  readonly classes?: number;
  readonly warmup: number;
  readonly samples: number;
}

export function findWorkload(name: string, quick: boolean): Workload;
