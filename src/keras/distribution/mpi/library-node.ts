import process from 'node:process';
import type { LibraryHandle } from 'koffi';
import { ValueError } from '../../../core/errors.ts';
import { importKoffi } from '../../../core/koffi-node.ts';
import {
  ABI_HANDLES,
  type Handles,
  type Implementation,
  MPICH_HANDLES,
  implementationOf,
  kindOf,
  openMpiHandles,
} from './handles.ts';
import type { Launcher } from './launcher.ts';

type Koffi = typeof import('koffi');

/** The library of MPI that belongs to the launcher of this process. */
export interface MpiLibrary {
  /** The implementation; null if it is not known, as its handles are those of the standard ABI. */
  readonly implementation: Implementation | null;
  readonly handles: Handles;
  /** The name and version, in one line. */
  readonly version: string;
  readonly file: string;
  /** Whether the environment names the library. */
  readonly isNamed: boolean;
  readonly library: LibraryHandle;
}

/** The variable of the environment that names the library of MPI. */
const VARIABLE = 'EVENKEEL_MPI_LIBRARY';

const FILES: Readonly<Record<Implementation, readonly string[]>> = {
  'Open MPI': ['libmpi.so.40', 'libmpi.so', 'libmpi.40.dylib', '/opt/homebrew/lib/libmpi.dylib', 'libmpi.dylib'],
  MPICH: ['libmpich.so.12', 'libmpi.so.12', 'libmpich.so', 'libmpi.so', 'libmpi.12.dylib', 'msmpi.dll'],
};
/** Libraries of the standard ABI; last, as those of drafts of it have the same names. */
const ABI_FILES = [
  'libmpi_abi.so.1',
  'libmpi_abi.so.0',
  'libmpi_abi.so',
  'libmpi_abi.1.dylib',
  '/opt/homebrew/lib/libmpi_abi.dylib',
  'libmpi_abi.dylib',
];

/**
 * UCX, a transport of both libraries, replaces functions of the allocator to see memory that is given back, and the handlers of
 * signals. Node has both for itself: a process crashed in its garbage collection, once in some dozens of runs.
 */
const UCX: Readonly<Record<string, string>> = { UCX_MEM_EVENTS: 'no', UCX_ERROR_SIGNALS: '' };

/** @throws ValueError if there is no library, or it is not that of the launcher. */
export async function loadLibrary(who: string, launcher: Launcher): Promise<MpiLibrary> {
  const koffi = await requireKoffi(who);
  for (const [name, value] of Object.entries(UCX)) process.env[name] ??= value;
  const named = process.env[VARIABLE];
  const isNamed = named !== undefined;
  const files = isNamed ? [named] : filesFor(launcher);
  for (const file of files) {
    const library = open(koffi, file);
    if (library === null) continue;
    const { implementation, handles, version } = identify(library);
    const isOther = launcher.kind !== null && implementation !== null && implementation !== launcher.kind;
    if (isOther && !isNamed) continue;
    if (isOther) {
      throw new ValueError(
        `[${who}] the library of MPI must be that of ${launcher.name}. Received: ${VARIABLE}=${file}, which is ${version}. Set it to the library of ${launcher.kind}.`,
      );
    }
    return { implementation, handles, version, file, library, isNamed };
  }
  throw new ValueError(
    `[${who}] ${launcher.name} started this process, which needs the library of MPI. Received: none of ${files.join(', ')}. Install Open MPI or MPICH, or set ${VARIABLE} to the path of its library.`,
  );
}

async function requireKoffi(who: string): Promise<Koffi> {
  try {
    return await importKoffi();
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

function identify(library: LibraryHandle): Pick<MpiLibrary, 'implementation' | 'handles' | 'version'> {
  const version = versionOf(library);
  const kind = kindOf({ abiVersion: abiVersionOf(library), has: (symbol) => hasSymbol(library, symbol) });
  const implementation = implementationOf(kind, version);
  if (kind === 'MPI ABI') return { implementation, handles: ABI_HANDLES, version };
  if (kind === 'MPICH') return { implementation, handles: MPICH_HANDLES, version };
  return { implementation, handles: openMpiHandles((symbol) => library.symbol(symbol) as bigint), version };
}

function hasSymbol(library: LibraryHandle, name: string): boolean {
  try {
    library.symbol(name);
    return true;
  } catch {
    return false;
  }
}

/** As MPI_Get_library_version, MPI_Abi_get_version may be called before MPI is initialized. */
function abiVersionOf(library: LibraryHandle): number | null {
  if (!hasSymbol(library, 'MPI_Abi_get_version')) return null;
  const getVersion = library.func('MPI_Abi_get_version', 'int', ['void *', 'void *']);
  const [major, minor] = [new Int32Array(1), new Int32Array(1)];
  getVersion(major, minor);
  return major[0] ?? null;
}

function versionOf(library: LibraryHandle): string {
  const getVersion = library.func('MPI_Get_library_version', 'int', ['void *', 'void *']);
  const [bytes, length] = [new Uint8Array(8192), new Int32Array(1)];
  getVersion(bytes, length);
  const text = new TextDecoder().decode(bytes.subarray(0, length[0]));
  return text.split(/[\n,]/)[0]?.replaceAll(/\s+/g, ' ').replace(/\0.*/, '').trim() ?? '';
}
