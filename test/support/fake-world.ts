import { AsyncLocalStorage } from 'node:async_hooks';
import { type Communicator, type Summable, alone, setWorld } from '../../src/core/world.ts';

/** A message that waits for all processes. */
interface Round {
  readonly arrived: unknown[];
  readonly done: Promise<readonly unknown[]>;
  finish(all: readonly unknown[]): void;
}

/** The messages of a process. */
export interface Traffic {
  /** The number of elements of each sum. */
  readonly sums: number[];
}

/** Makes the processes of a world that is inside of this one: each is a promise. */
export function fakeWorld(size: number): readonly (Communicator & Traffic)[] {
  const rounds: Round[] = [];
  const roundAt = (i: number): Round => {
    const found = rounds[i];
    if (found !== undefined) return found;
    let finish: Round['finish'] = () => undefined;
    const done = new Promise<readonly unknown[]>((resolve) => {
      finish = resolve;
    });
    rounds[i] = { arrived: [], done, finish };
    return rounds[i];
  };
  return Array.from({ length: size }, (_, rank) => {
    let next = 0;
    const sums: number[] = [];
    const exchange = async <T>(kind: string, own: T): Promise<readonly T[]> => {
      const round = roundAt(next++);
      round.arrived[rank] = { kind, own };
      if (Object.keys(round.arrived).length === size) round.finish(round.arrived);
      const all = (await round.done) as { kind: string; own: T }[];
      if (all.some((each) => each.kind !== kind)) {
        throw new Error(`the processes do not agree: ${all.map((each) => each.kind).join(', ')}`);
      }
      return all.map((each) => each.own);
    };
    return {
      rank,
      size,
      sums,
      allReduce: async (values: Summable) => {
        sums.push(values.length);
        const all = await exchange(`${values.constructor.name} ${values.length}`, values.slice());
        values.fill(0);
        for (const each of all) for (const [i, element] of each.entries()) values[i] = (values[i] ?? 0) + element;
      },
      broadcast: async (bytes: Uint8Array, root: number) => {
        const all = await exchange(`broadcast of ${bytes.length}`, bytes.slice());
        bytes.set(all[root] ?? bytes);
      },
      allGather: (bytes: Uint8Array) => exchange('gather', bytes.slice()),
    };
  });
}

const storage = new AsyncLocalStorage<Communicator>();

/** Runs a function in each process of a world inside of this one, and returns their results. */
export async function inWorld<T>(
  size: number,
  run: (rank: number, communicator: Communicator & Traffic) => Promise<T>,
): Promise<readonly T[]> {
  setWorld(() => storage.getStore() ?? alone);
  try {
    return await Promise.all(
      fakeWorld(size).map((communicator) => storage.run(communicator, () => run(communicator.rank, communicator))),
    );
  } finally {
    setWorld(alone);
  }
}
