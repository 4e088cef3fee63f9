export { DataParallel, type DataParallelOptions, distribution, setDistribution } from './data-parallel.ts';
export { type InitializeOptions, initialize, rank, worldSize } from './initialize.ts';
