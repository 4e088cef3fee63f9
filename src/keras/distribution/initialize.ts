import { drawSeed, setRandomSeed } from '../../core/random.ts';
import { setWorld, world } from '../../core/world.ts';

const WHO = 'distribution.initialize';

let joining: Promise<void> | null = null;

/**
 * Joins the world of processes that `mpirun` or `srun` started; a process that was started alone is a world of one. To be called
 * first, by every process. All then draw the same default seeds, so that initializers return the same weights. An uncaught
 * error in one process ends all of them.
 *
 * Open MPI, MPICH and the libraries that derive from them are found by their names, or by `EVENKEEL_MPI_LIBRARY`; the package
 * koffi calls them.
 *
 * @throws ValueError if there is no library of MPI, or it is not that of the launcher.
 * @example
 * await distribution.initialize();
 * [distribution.rank(), distribution.worldSize()];   // [0, 1]
 * @see https://keras.io/api/distribution/distribution_utils/#initialize-function
 */
export function initialize(): Promise<void> {
  joining ??= join();
  return joining;
}

async function join(): Promise<void> {
  // Imported on use: most programs are a world of one, and browsers have no MPI.
  const { joinWorld } = await import('#mpi');
  const communicator = await joinWorld(WHO);
  if (communicator.size === 1) return;
  setWorld(communicator);
  const seed = Float64Array.of(drawSeed());
  await communicator.broadcast(new Uint8Array(seed.buffer), 0);
  setRandomSeed(seed[0] ?? 0);
}

/**
 * The number of this process in the world, from 0.
 * @example
 * distribution.rank();   // 0
 * @see https://keras.io/api/distribution/distribution_utils/
 */
export function rank(): number {
  return world().rank;
}

/**
 * The number of processes in the world.
 * @example
 * distribution.worldSize();   // 1
 * @see https://keras.io/api/distribution/distribution_utils/
 */
export function worldSize(): number {
  return world().size;
}
