export { DataParallel, type DataParallelOptions, distribution, setDistribution } from './data-parallel.ts';
export { initialize, rank, worldSize } from './initialize.ts';
