import { describe, expect, test } from 'vitest';
import {
  ABI_HANDLES,
  MPICH_HANDLES,
  OPEN_MPI_SYMBOLS,
  implementationOf,
  kindOf,
  openMpiHandles,
} from '../../../../src/keras/distribution/mpi/handles.ts';
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
      { name: 'srun', kind: null, size: 8, connects: false },
    ],
    [
      { SLURM_STEP_NUM_TASKS: '8', SLURM_PROCID: '2', SLURM_MPI_TYPE: 'pmix', PMIX_RANK: '2' },
      { name: 'srun --mpi=pmix', kind: null, size: 8, connects: true },
    ],
    [
      { SLURM_STEP_NUM_TASKS: '8', SLURM_PROCID: '2', SLURM_MPI_TYPE: 'pmi2', PMI_SIZE: '8', PMI_RANK: '2' },
      { name: 'srun --mpi=pmi2', kind: 'MPICH', size: 8, connects: true },
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

describe('the interface of a library', () => {
  const hasObjects = (symbol: string): boolean => symbol === OPEN_MPI_SYMBOLS.world;
  const hasNone = (): boolean => false;

  test.each([
    ['Open MPI 4', null, hasObjects, 'Open MPI'],
    ['Open MPI 6, which has the functions of the ABI', -1, hasObjects, 'Open MPI'],
    ['MPICH 4', null, hasNone, 'MPICH'],
    ['MPICH 5, which has the functions of the ABI', -1, hasNone, 'MPICH'],
    ['libmpi_abi of MPICH 5', 1, hasNone, 'MPI ABI'],
    ['libmpi_abi of Open MPI 6, which depends on a library with its objects', 1, hasObjects, 'MPI ABI'],
  ])('is found for %s', (_, abiVersion, has, kind) => {
    expect(kindOf({ abiVersion, has })).toBe(kind);
  });

  test.each([
    ['Open MPI', 'Open MPI v4.1.4', 'Open MPI'],
    ['MPICH', 'MPI of a vendor', 'MPICH'],
    ['MPI ABI', 'Open MPI v6.0.0', 'Open MPI'],
    ['MPI ABI', 'MPICH Version: 5.0.1', 'MPICH'],
    ['MPI ABI', 'Intel(R) MPI Library 2021.19 for Linux* OS', 'MPICH'],
    ['MPI ABI', 'another MPI', null],
  ] as const)('%s with the version %o is of the implementation %o', (kind, version, implementation) => {
    expect(implementationOf(kind, version)).toBe(implementation);
  });
});

test('the handles of the ABI and its constants are those of the header of MPI 5.0', () => {
  expect(ABI_HANDLES).toEqual({
    type: 'void *',
    values: {
      world: 0x101n,
      errorsReturn: 0x143n,
      sum: 0x21n,
      float: 0x210n,
      double: 0x214n,
      int: 0x209n,
      byte: 0x247n,
    },
    inPlace: 1n,
    statusIgnore: 0n,
    threadFunneled: 1024,
  });
});

test('the handles of Open MPI are the addresses of its objects, those of MPICH are numbers', () => {
  const handles = openMpiHandles((symbol) => BigInt(symbol.length));
  expect(handles).toMatchObject({ type: 'void *', values: { world: 19n, float: 14n }, inPlace: 1n, statusIgnore: 0n });
  expect(MPICH_HANDLES).toMatchObject({ type: 'int', values: { world: 0x44000000 }, statusIgnore: 1n });
});
