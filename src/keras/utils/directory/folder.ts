import { ValueError, show } from '../../../core/errors.ts';
import { isPlainRecord } from '../../../core/config.ts';
import type { FilePath } from '../../../formats/files/files.ts';
import { pathIn } from '../../../formats/files/path-in.ts';
import { readBlob } from '../../../formats/files/streams.ts';
import { files } from '#files';

/** The part of the browser's `FileSystemDirectoryHandle` that reading needs. */
export interface DirectoryHandleLike {
  readonly kind: 'directory';
  readonly name: string;
  /** The files and folders in it. */
  values(): AsyncIterable<DirectoryHandleLike | FileSystemFileHandle>;
}

/**
 * A folder: its path or file URL in Node; in browsers the files of an `<input type="file" webkitdirectory>`, or the handle of
 * `showDirectoryPicker()` or of the origin's private file system.
 */
export type DirectoryLike = FilePath | Iterable<File> | ArrayLike<File> | DirectoryHandleLike;

/** A file of a folder. */
export interface FolderFile {
  readonly path: string;
  readonly read: () => Promise<Uint8Array>;
}

/** A folder that is read on demand. */
export interface Folder {
  readonly path: string;
  readonly entries: () => Promise<FolderEntries>;
}

/** The files and folders of a folder, by name. */
export interface FolderEntries {
  readonly files: ReadonlyMap<string, FolderFile>;
  readonly folders: ReadonlyMap<string, Folder & { readonly isLink: boolean }>;
}

/** Opens what the user gave as a folder. @throws TypeError if it is none. */
export function openFolder(who: string, directory: unknown): Folder {
  if (typeof directory === 'string' || directory instanceof URL) return atPath(who, directory);
  if (isHandle(directory)) return ofHandle(directory, directory.name);
  const list = typeof directory === 'object' && directory !== null ? Array.from(directory as ArrayLike<unknown>) : [];
  if (list.length > 0 && list.every((each) => each instanceof File)) return ofFiles(list);
  throw new TypeError(
    `[${who}] directory must be a path, a list of files that is not empty, or a directory handle. Received: directory=${show(directory)}.`,
  );
}

/** A folder of the file system; `shown` is its path without the escapes of URLs. */
function atPath(who: string, path: FilePath, shown: string = String(path)): Folder {
  return {
    path: shown,
    entries: async () => {
      const found = await files.readFolder(who, path);
      return {
        files: new Map(
          found
            .filter(({ isFolder }) => !isFolder)
            .map(({ name }) => [
              name,
              { path: pathIn(shown, name), read: () => files.readFile(who, pathIn(path, name)) },
            ]),
        ),
        folders: new Map(
          found
            .filter(({ isFolder }) => isFolder)
            .map(({ name, isLink }) => [name, { ...atPath(who, pathIn(path, name), pathIn(shown, name)), isLink }]),
        ),
      };
    },
  };
}

function isHandle(value: unknown): value is DirectoryHandleLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isPlainRecord(value) &&
    'kind' in value &&
    value.kind === 'directory'
  );
}

function ofHandle(handle: DirectoryHandleLike, path: string): Folder {
  return {
    path,
    entries: async () => {
      const found = { files: new Map<string, FolderFile>(), folders: new Map<string, Folder & { isLink: boolean }>() };
      for await (const entry of handle.values()) {
        const inner = `${path}/${entry.name}`;
        if (entry.kind === 'directory') found.folders.set(entry.name, { ...ofHandle(entry, inner), isLink: false });
        else found.files.set(entry.name, { path: inner, read: async () => readBlob(await entry.getFile()) });
      }
      return found;
    },
  };
}

/** The folder that contains files which have paths relative to it, as browsers give them; or one of files without paths. */
function ofFiles(list: readonly File[]): Folder {
  const paths = list.map((file) => file.webkitRelativePath || file.name);
  const [first = ''] = paths;
  const top = first.includes('/') ? first.slice(0, first.indexOf('/')) : '';
  const isShared = top !== '' && paths.every((path) => path.startsWith(`${top}/`));
  const named = list.map((file, i) => {
    const path = paths[i] ?? '';
    return { inner: isShared ? path.slice(top.length + 1) : path, file: { path, read: () => readBlob(file) } };
  });
  return grouped(isShared ? top : '', named);
}

interface NamedFile {
  readonly inner: string;
  readonly file: FolderFile;
}

function grouped(path: string, named: readonly NamedFile[]): Folder {
  const direct = named.filter(({ inner }) => !inner.includes('/'));
  const nested = new Map<string, NamedFile[]>();
  for (const each of named) {
    const end = each.inner.indexOf('/');
    if (end === -1) continue;
    const name = each.inner.slice(0, end);
    nested.set(name, [...(nested.get(name) ?? []), each]);
  }
  const folders = [...nested].map(([name, group]) => {
    const inside = group.map(({ inner, file }) => ({ inner: inner.slice(name.length + 1), file }));
    return [name, { ...grouped(path === '' ? name : `${path}/${name}`, inside), isLink: false }] as const;
  });
  return {
    path,
    entries: () =>
      Promise.resolve({ files: new Map(direct.map(({ inner, file }) => [inner, file])), folders: new Map(folders) }),
  };
}

/** All files in a folder, in the order of Keras: by the path of their folder, and then by name. */
export async function walkFolder(folder: Folder, followLinks: boolean): Promise<readonly FolderFile[]> {
  const found: { readonly path: string; readonly entries: FolderEntries }[] = [];
  const visit = async ({ path, entries: read }: Folder, isTop: boolean): Promise<void> => {
    const entries = await (isTop ? read() : read().catch(unreadable));
    if (entries === null) return;
    found.push({ path, entries });
    for (const inner of entries.folders.values()) if (followLinks || !inner.isLink) await visit(inner, false);
  };
  await visit(folder, true);
  found.sort((a, b) => compareCodePoints(a.path, b.path));
  return found.flatMap(({ entries }) =>
    [...entries.files].sort(([a], [b]) => compareCodePoints(a, b)).map(([, file]) => file),
  );
}

/** As in Python, a folder inside that cannot be read, such as one of too many links, is omitted. */
function unreadable(error: unknown): null {
  if (error instanceof ValueError) return null;
  throw error;
}

/** Compares strings as Python does: by code points, where JavaScript compares UTF-16. */
export function compareCodePoints(a: string, b: string): number {
  const [first, second] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(first.length, second.length); i++) {
    const order = (first[i]?.codePointAt(0) ?? 0) - (second[i]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return first.length - second.length;
}
