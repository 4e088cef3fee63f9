import { type Place, nameIn, piecesOf, stored } from './place.ts';
import { readBlob } from './streams.ts';

type Folder = FileSystemDirectoryHandle;

/** Files in the private file system of the page's origin (OPFS): `opfs://folder/name.keras`. Writing creates the folders. */
export const privateFiles: Place = {
  readFile: (who, path, options) =>
    stored(who, path, async () => readBlob(await (await fileAt(who, path, false)).getFile(), options)),
  fileSize: (who, path) => stored(who, path, async () => (await (await fileAt(who, path, false)).getFile()).size),
  writeFileAtomic: (who, path, content, { signal } = {}) =>
    stored(who, path, async () => {
      const file = await fileAt(who, path, true);
      await write(await file.createWritable(), piecesOf(content), signal ?? null);
    }),
  append: (who, path, content) =>
    stored(who, path, async () => {
      const file = await fileAt(who, path, true);
      const writable = await file.createWritable({ keepExistingData: true });
      await writable.seek((await file.getFile()).size);
      await write(writable, piecesOf(content), null);
    }),
  makeFolder: (who, path) =>
    stored(who, path, async () => {
      await folderAt(partsOf(who, path), true);
    }),
  removeEmptyFolder: async (who, path) => {
    const parts = partsOf(who, path);
    try {
      await (await folderAt(parts.slice(0, -1), false)).removeEntry(parts.at(-1) ?? '');
    } catch (error) {
      if (!isNamed(error, 'NotFoundError', 'InvalidModificationError')) throw error;
    }
  },
  exists: async (who, path) => {
    try {
      await fileAt(who, path, false);
      return true;
    } catch (error) {
      if (isNamed(error, 'NotFoundError')) return false;
      if (isNamed(error, 'TypeMismatchError')) return true;
      throw error;
    }
  },
  removeFile: async (who, path) => {
    const parts = partsOf(who, path);
    try {
      await (await folderAt(parts.slice(0, -1), false)).removeEntry(parts.at(-1) ?? '');
    } catch (error) {
      if (!isNamed(error, 'NotFoundError')) throw error;
    }
  },
};

/** Writes everything or nothing: the browser replaces the file when the stream is closed. */
async function write(
  writable: FileSystemWritableFileStream,
  pieces: Iterable<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal | null,
): Promise<void> {
  try {
    for (const piece of pieces) {
      signal?.throwIfAborted();
      await writable.write(piece);
    }
    signal?.throwIfAborted();
  } catch (error) {
    await writable.abort();
    throw error;
  }
  await writable.close();
}

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof DOMException && names.includes(error.name);

const partsOf = (who: string, path: string | URL): readonly string[] => nameIn(who, path).split('/').filter(Boolean);

async function folderAt(parts: readonly string[], create: boolean): Promise<Folder> {
  let folder = await navigator.storage.getDirectory();
  for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
  return folder;
}

async function fileAt(who: string, path: string | URL, create: boolean): Promise<FileSystemFileHandle> {
  const parts = partsOf(who, path);
  return (await folderAt(parts.slice(0, -1), create)).getFileHandle(parts.at(-1) ?? '', { create });
}
