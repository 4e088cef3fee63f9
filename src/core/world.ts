/** The arrays that are summed over the processes of a world. */
export type Summable = Float32Array | Float64Array | Int32Array;

/**
 * The processes that run one program together, as one of them sees them. All of them must make the same calls in the same order.
 */
export interface Communicator {
  /** The number of this process, from 0. */
  readonly rank: number;
  /** The number of processes. */
  readonly size: number;
  /**
   * Replaces an array by the sum of those of all processes, which is the same in each to the bit. Other sums may begin before it has
   * ended.
   */
  allReduce(values: Summable): Promise<void>;
  /** Replaces bytes by those of one process. */
  broadcast(bytes: Uint8Array, root: number): Promise<void>;
  /** Returns the bytes of each process, of which there may be different numbers. */
  allGather(bytes: Uint8Array): Promise<readonly Uint8Array[]>;
}

const nothing = Promise.resolve();

/** A world of one process. */
export const alone: Communicator = {
  rank: 0,
  size: 1,
  allReduce: () => nothing,
  broadcast: () => nothing,
  allGather: (bytes) => Promise.resolve([bytes]),
};

let current: () => Communicator = () => alone;

/** The world in which programs run. */
export function world(): Communicator {
  return current();
}

/** Sets the world in which programs run, or a function that finds it. */
export function setWorld(communicator: Communicator | (() => Communicator)): void {
  current = typeof communicator === 'function' ? communicator : () => communicator;
}

/** The settings of training on the processes of the world together. */
export interface DataParallelism {
  /** Whether moving statistics that each process computes from its own rows are averaged after an epoch. */
  readonly averageStatistics: boolean;
}

let parallelism: DataParallelism | null = null;

/** The distribution of training over processes; null if each process trains its own model, and in a world of one. */
export function dataParallelism(): DataParallelism | null {
  return world().size === 1 ? null : parallelism;
}

/** Sets how models train on several processes. */
export function setDataParallelism(settings: DataParallelism | null): void {
  parallelism = settings;
}

/** Whether this process writes files and output: the first of the world, or any process that trains for itself. */
export function writesFiles(): boolean {
  return dataParallelism() === null || world().rank === 0;
}

/** The part of `count` things that belongs to a process: `start` to `end`, exclusive, in the order of the processes. */
export function partOf(count: number, { rank, size }: Communicator): readonly [start: number, end: number] {
  return [Math.floor((count * rank) / size), Math.floor((count * (rank + 1)) / size)];
}
