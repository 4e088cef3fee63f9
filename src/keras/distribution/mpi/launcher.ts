/** The program that started the processes, and the number that it says there are. */
export interface Launcher {
  readonly name: string;
  readonly kind: 'Open MPI' | 'MPICH' | null;
  readonly size: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The launchers by the variables that they set, the most specific first. */
const LAUNCHERS: readonly (Omit<Launcher, 'size'> & { readonly variable: string })[] = [
  { name: 'mpirun of Open MPI', kind: 'Open MPI', variable: 'OMPI_COMM_WORLD_SIZE' },
  { name: 'mpirun of MPICH', kind: 'MPICH', variable: 'PMI_SIZE' },
  { name: 'mpirun of MVAPICH', kind: 'MPICH', variable: 'MV2_COMM_WORLD_SIZE' },
  { name: 'srun', kind: null, variable: 'SLURM_STEP_NUM_TASKS' },
];

/** The launcher of this process; null if it was started alone. */
export function findLauncher(environment: Environment): Launcher | null {
  for (const { name, kind, variable } of LAUNCHERS) {
    const size = Number(environment[variable]);
    if (!Number.isInteger(size) || size < 1) continue;
    // A shell in an allocation of Slurm has the variables of its own step, which is not a parallel one.
    if (kind === null && (size === 1 || environment['SLURM_PROCID'] === undefined)) continue;
    return { name, kind, size };
  }
  return null;
}
