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
  /** Replaces an array by the sum of those of all processes, which is the same in each to the bit. */
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
