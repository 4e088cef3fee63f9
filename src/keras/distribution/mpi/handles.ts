/** An implementation of MPI; those that derive from MPICH count as MPICH. */
export type Implementation = 'Open MPI' | 'MPICH';

/** A binary interface of MPI: that of an implementation, or the standard one of MPI 5, which both have. */
export type MpiKind = Implementation | 'MPI ABI';

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
  /** MPI_THREAD_FUNNELED: calls come from the thread that initialized MPI. */
  readonly threadFunneled: number;
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
  threadFunneled: 1,
};

/**
 * The handles of the standard ABI of MPI 5.0 (chapter 20), which are numbers in the form of addresses. Libraries of its drafts
 * (libmpi_abi of MPICH 4) have another errorsReturn and threadFunneled.
 * @see https://github.com/mpi-forum/mpi-abi-stubs
 */
export const ABI_HANDLES: Handles = {
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
};

/** The handles of Open MPI, from the addresses of its objects. */
export function openMpiHandles(addressOf: (symbol: string) => bigint): Handles {
  const entries = Object.entries(OPEN_MPI_SYMBOLS).map(([name, symbol]) => [name, addressOf(symbol)] as const);
  return {
    type: 'void *',
    values: Object.fromEntries(entries) as Handles['values'],
    inPlace: 1n,
    statusIgnore: 0n,
    threadFunneled: 1,
  };
}

/** The facts that tell the libraries of MPI apart. */
export interface LibraryFacts {
  /** The major version that MPI_Abi_get_version returns: −1 if the handles are not those of the ABI; null without the function. */
  readonly abiVersion: number | null;
  /** Whether a symbol is in the library or in one that it depends on. */
  readonly has: (symbol: string) => boolean;
}

/** The binary interface of a library. */
export function kindOf({ abiVersion, has }: LibraryFacts): MpiKind {
  // First, because Open MPI's library of the ABI depends on one with its objects.
  if (abiVersion !== null && abiVersion > 0) return 'MPI ABI';
  return has(OPEN_MPI_SYMBOLS.world) ? 'Open MPI' : 'MPICH';
}

/** The implementation that a library is of; null if it is neither Open MPI nor derives from MPICH. */
export function implementationOf(kind: MpiKind, version: string): Implementation | null {
  if (kind !== 'MPI ABI') return kind;
  if (/open mpi/i.test(version)) return 'Open MPI';
  return /mpich|intel|mvapich|cray/i.test(version) ? 'MPICH' : null;
}
