import { describe, expect, test } from 'vitest';
import { ABI_HANDLES, MPICH_HANDLES, openMpiHandles } from '../../../../src/keras/distribution/mpi/handles.ts';
import { findLauncher } from '../../../../src/keras/distribution/mpi/launcher.ts';

describe('the launcher of a process', () => {
  test('is none without variables of one', () => {
    expect(findLauncher({ PATH: '/usr/bin' })).toBeNull();
  });

  test.each([
    [{ OMPI_COMM_WORLD_SIZE: '4' }, { name: 'mpirun of Open MPI', kind: 'Open MPI', size: 4 }],
    [
      { PMI_SIZE: '3', PMI_RANK: '0' },
      { name: 'mpirun of MPICH', kind: 'MPICH', size: 3 },
    ],
    [
      { SLURM_STEP_NUM_TASKS: '8', SLURM_PROCID: '2' },
      { name: 'srun', kind: null, size: 8 },
    ],
    // PMIx of Slurm with Open MPI sets the variables of both.
    [
      { SLURM_STEP_NUM_TASKS: '8', SLURM_PROCID: '2', OMPI_COMM_WORLD_SIZE: '8' },
      { kind: 'Open MPI', size: 8 },
    ],
  ])('is found by the variables that it sets: %o', (environment, launcher) => {
    expect(findLauncher(environment)).toMatchObject(launcher);
  });

  test('is not Slurm in the shell of an allocation, which is one process', () => {
    expect(findLauncher({ SLURM_STEP_NUM_TASKS: '1', SLURM_PROCID: '0' })).toBeNull();
    expect(findLauncher({ SLURM_STEP_NUM_TASKS: '8' })).toBeNull();
  });
});

test('the handles of Open MPI are the addresses of its objects, those of MPICH and of the ABI are numbers', () => {
  const handles = openMpiHandles((symbol) => BigInt(symbol.length));
  expect(handles).toMatchObject({ type: 'void *', values: { world: 19n, float: 14n }, inPlace: 1n, statusIgnore: 0n });
  expect(MPICH_HANDLES).toMatchObject({ type: 'int', values: { world: 0x44000000 }, statusIgnore: 1n });
  expect(ABI_HANDLES).toMatchObject({ type: 'void *', values: { world: 0x101n } });
});
