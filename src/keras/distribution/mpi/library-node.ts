import process from 'node:process';
import type { LibraryHandle } from 'koffi';
import { ValueError } from '../../../core/errors.ts';
import { ABI_HANDLES, type Handles, MPICH_HANDLES, type MpiKind, OPEN_MPI_SYMBOLS, openMpiHandles } from './handles.ts';
import type { Launcher } from './launcher.ts';

type Koffi = typeof import('koffi');

/** The library of MPI that belongs to the launcher of this process. */
export interface MpiLibrary {
  readonly kind: MpiKind;
  readonly handles: Handles;
  /** The name and version, in one line. */
  readonly version: string;
  readonly file: string;
  readonly library: LibraryHandle;
}

/** The variable of the environment that names the library of MPI. */
const VARIABLE = 'EVENKEEL_MPI_LIBRARY';

const FILES: Readonly<Record<'Open MPI' | 'MPICH', readonly string[]>> = {
  'Open MPI': ['libmpi.so.40', 'libmpi.so', 'libmpi.40.dylib', '/opt/homebrew/lib/libmpi.dylib', 'libmpi.dylib'],
  MPICH: ['libmpich.so.12', 'libmpi.so.12', 'libmpich.so', 'libmpi.so', 'libmpi.12.dylib', 'msmpi.dll'],
};
const ABI_FILES = ['libmpi_abi.so.1', 'libmpi_abi.so.0', 'libmpi_abi.so', 'libmpi_abi.dylib'];

/**
 * UCX, a transport of both libraries, replaces functions of the allocator to see memory that is given back, and the handlers of
 * signals. Node has both for itself: a process crashed in its garbage collection, once in some dozens of runs.
 */
const UCX: Readonly<Record<string, string>> = { UCX_MEM_EVENTS: 'no', UCX_ERROR_SIGNALS: '' };

/** @throws ValueError if there is no library, or it is not that of the launcher. */
export async function loadLibrary(who: string, launcher: Launcher): Promise<MpiLibrary> {
  const koffi = await importKoffi(who);
  for (const [name, value] of Object.entries(UCX)) process.env[name] ??= value;
  const named = process.env[VARIABLE];
  const files = named === undefined ? filesFor(launcher) : [named];
  for (const file of files) {
    const library = open(koffi, file);
    if (library === null) continue;
    const { kind, handles, version } = identify(library);
    const isOther = launcher.kind !== null && kind !== 'MPI ABI' && kind !== launcher.kind;
    if (isOther && named === undefined) continue;
    if (isOther) {
      throw new ValueError(
        `[${who}] the library of MPI must be that of ${launcher.name}. Received: ${VARIABLE}=${file}, which is ${version}. Set it to the library of ${launcher.kind}.`,
      );
    }
    return { kind, handles, version, file, library };
  }
  throw new ValueError(
    `[${who}] ${launcher.name} started this process, which needs the library of MPI. Received: none of ${files.join(', ')}. Install Open MPI or MPICH, or set ${VARIABLE} to the path of its library.`,
  );
}

async function importKoffi(who: string): Promise<Koffi> {
  try {
    return await import('koffi');
  } catch (cause) {
    throw new ValueError(
      `[${who}] several processes need the package koffi, which calls MPI. Received: no such package. Run npm install koffi.`,
      { cause },
    );
  }
}

function filesFor({ kind }: Launcher): readonly string[] {
  if (kind !== null) return [...FILES[kind], ...ABI_FILES];
  return [...FILES['Open MPI'], ...FILES.MPICH, ...ABI_FILES];
}

function open(koffi: Koffi, file: string): LibraryHandle | null {
  try {
    // Global, because Open MPI's plugins find its symbols there.
    return koffi.load(file, { global: true });
  } catch {
    return null;
  }
}

function identify(library: LibraryHandle): Pick<MpiLibrary, 'kind' | 'handles' | 'version'> {
  const version = versionOf(library);
  if (hasSymbol(library, OPEN_MPI_SYMBOLS.world)) {
    const handles = openMpiHandles((symbol) => library.symbol(symbol) as bigint);
    return { kind: 'Open MPI', handles, version };
  }
  // MPICH's libraries have the functions of the ABI too, but their own handles, unless they are made for it.
  const isAbi = hasSymbol(library, 'MPI_Abi_get_version') && !/mpich|intel|mvapich|cray/i.test(version);
  return isAbi
    ? { kind: 'MPI ABI', handles: ABI_HANDLES, version }
    : { kind: 'MPICH', handles: MPICH_HANDLES, version };
}

function hasSymbol(library: LibraryHandle, name: string): boolean {
  try {
    library.symbol(name);
    return true;
  } catch {
    return false;
  }
}

/** The only function of MPI that may be called before it is initialized, besides its initialization. */
function versionOf(library: LibraryHandle): string {
  const getVersion = library.func('MPI_Get_library_version', 'int', ['void *', 'void *']);
  const [bytes, length] = [new Uint8Array(8192), new Int32Array(1)];
  getVersion(bytes, length);
  const text = new TextDecoder().decode(bytes.subarray(0, length[0]));
  return text.split(/[\n,]/)[0]?.replaceAll(/\s+/g, ' ').replace(/\0.*/, '').trim() ?? '';
}
