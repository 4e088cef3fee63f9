/** An implementation of MPI, by the form of its handles. */
export type MpiKind = 'Open MPI' | 'MPICH' | 'MPI ABI';

/** The names of the handles that are used here. */
type HandleName = 'world' | 'errorsReturn' | 'sum' | 'float' | 'double' | 'int' | 'byte';

/** The constants of an implementation of MPI. */
export interface Handles {
  /** The C type of handles. */
  readonly type: 'void *' | 'int';
  readonly values: Readonly<Record<HandleName, number | bigint>>;
  /** MPI_IN_PLACE: an address. */
  readonly inPlace: bigint;
  /** MPI_STATUS_IGNORE: an address. */
  readonly statusIgnore: bigint;
}

/** The names of the objects of Open MPI, whose addresses are its handles. */
export const OPEN_MPI_SYMBOLS: Readonly<Record<HandleName, string>> = {
  world: 'ompi_mpi_comm_world',
  errorsReturn: 'ompi_mpi_errors_return',
  sum: 'ompi_mpi_op_sum',
  float: 'ompi_mpi_float',
  double: 'ompi_mpi_double',
  int: 'ompi_mpi_int',
  byte: 'ompi_mpi_byte',
};

/** The handles of MPICH and of what derives from it (Intel MPI, MVAPICH, Cray MPICH): the common ABI of 2013. */
export const MPICH_HANDLES: Handles = {
  type: 'int',
  values: {
    world: 0x44000000,
    errorsReturn: 0x54000001,
    sum: 0x58000003,
    float: 0x4c00040a,
    double: 0x4c00080b,
    int: 0x4c000405,
    byte: 0x4c00010d,
  },
  inPlace: 0xffffffffffffffffn,
  statusIgnore: 1n,
};

/** The handles of the standard ABI of MPI 5. */
export const ABI_HANDLES: Handles = {
  type: 'void *',
  values: {
    world: 0x101n,
    errorsReturn: 0x142n,
    sum: 0x21n,
    float: 0x210n,
    double: 0x214n,
    int: 0x209n,
    byte: 0x247n,
  },
  inPlace: 1n,
  statusIgnore: 0n,
};

/** The handles of Open MPI, from the addresses of its objects. */
export function openMpiHandles(addressOf: (symbol: string) => bigint): Handles {
  const entries = Object.entries(OPEN_MPI_SYMBOLS).map(([name, symbol]) => [name, addressOf(symbol)] as const);
  return {
    type: 'void *',
    values: Object.fromEntries(entries) as Handles['values'],
    inPlace: 1n,
    statusIgnore: 0n,
  };
}
