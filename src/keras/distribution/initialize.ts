import { checkNumber, checkOptions } from '../../core/checks.ts';
import { ValueError } from '../../core/errors.ts';
import { drawSeed, setRandomSeed } from '../../core/random.ts';
import { setWorld, world } from '../../core/world.ts';

const WHO = 'distribution.initialize';

/** Options of {@link initialize}. */
export interface InitializeOptions {
  /**
   * The longest time, in seconds, that a process waits for the others: the job then ends with an error. It must exceed what one
   * process may do alone, such as writing a file, and finds machines that can no longer be reached. @default 1800
   */
  timeout?: number | undefined;
}

let joining: Promise<void> | null = null;

/**
 * Joins the world of processes that `mpirun` or `srun` started; a process that was started alone is a world of one. To be called
 * first, by every process. All then draw the same default seeds, so that initializers return the same weights. An uncaught
 * error in one process ends all of them.
 *
 * Open MPI, MPICH and the libraries that derive from them are found by their names, or by `EVENKEEL_MPI_LIBRARY`; the package
 * koffi calls them. Later calls return the promise of the first.
 *
 * @throws TypeError if an option does not exist or is not a number.
 * @throws ValueError if the time is not positive, or there is no library of MPI, or it is not that of the launcher.
 * @example
 * await distribution.initialize();
 * [distribution.rank(), distribution.worldSize()];   // [0, 1]
 * @see https://keras.io/api/distribution/distribution_utils/#initialize-function
 */
export function initialize(options: InitializeOptions = {}): Promise<void> {
  checkOptions(WHO, options, ['timeout']);
  const timeout = checkNumber(WHO, 'timeout', options.timeout ?? 1800);
  if (!(timeout > 0)) {
    throw new ValueError(`[${WHO}] timeout must be a positive number of seconds. Received: timeout=${timeout}.`);
  }
  joining ??= join(timeout);
  return joining;
}

async function join(timeout: number): Promise<void> {
  // Imported on use: most programs are a world of one, and browsers have no MPI.
  const { joinWorld } = await import('#mpi');
  const communicator = await joinWorld(WHO, timeout);
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
