import type { Implementation } from './handles.ts';

/** The program that started the processes, and the number that it says there are. */
export interface Launcher {
  readonly name: string;
  /** The implementation of MPI that it starts; null if it starts several. */
  readonly kind: Implementation | null;
  readonly size: number;
  /** The remedy if a library of MPI does not find the processes that it started. */
  readonly remedy: string;
  /** Whether it tells the processes about each other, in a way that Open MPI requires. */
  readonly connects: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const MPIRUN = 'use the mpirun of this library, or set EVENKEEL_MPI_LIBRARY to the library of this mpirun';
const SRUN =
  'use srun --mpi=pmix for Open MPI, srun --mpi=pmi2 for MPICH, or set EVENKEEL_MPI_LIBRARY to the other library';

/** The launchers by the variables that they set, the most specific first. */
const LAUNCHERS: readonly (Omit<Launcher, 'size' | 'connects'> & { readonly variable: string })[] = [
  { name: 'mpirun of Open MPI', kind: 'Open MPI', variable: 'OMPI_COMM_WORLD_SIZE', remedy: MPIRUN },
  { name: 'mpirun of MPICH', kind: 'MPICH', variable: 'PMI_SIZE', remedy: MPIRUN },
  { name: 'mpirun of MVAPICH', kind: 'MPICH', variable: 'MV2_COMM_WORLD_SIZE', remedy: MPIRUN },
  { name: 'srun', kind: null, variable: 'SLURM_STEP_NUM_TASKS', remedy: SRUN },
];

/** The launcher of this process; null if it was started alone. */
export function findLauncher(environment: Environment): Launcher | null {
  // The plugin of srun --mpi; not set for none.
  const { SLURM_MPI_TYPE: plugin, SLURM_PROCID, PMIX_RANK } = environment;
  for (const { variable, ...launcher } of LAUNCHERS) {
    const size = Number(environment[variable]);
    if (!Number.isInteger(size) || size < 1) continue;
    const { name, kind } = launcher;
    if (kind !== null) {
      // srun --mpi=pmi2 sets the variable of MPICH's mpirun.
      const isSlurm = variable === 'PMI_SIZE' && plugin === 'pmi2';
      return { ...launcher, ...(isSlurm && { name: 'srun --mpi=pmi2', remedy: SRUN }), size, connects: true };
    }
    // A shell in an allocation of Slurm has the variables of its own step, which is not a parallel one.
    if (size === 1 || SLURM_PROCID === undefined) continue;
    const full = plugin === undefined ? name : `${name} --mpi=${plugin}`;
    return { ...launcher, name: full, size, connects: PMIX_RANK !== undefined };
  }
  return null;
}
