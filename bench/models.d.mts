import type { Model } from 'evenkeel';
import type { Workload } from './workloads.mjs';

/** A new network, built and compiled. */
export function makeModel(workload: Workload): Model;
