import type { FilePath } from './files.ts';

/** The path of a file in a folder; a URL if that of the folder is one. */
export function pathIn(folder: FilePath, name: string): FilePath {
  const path = `${String(folder).replace(/(?<=.)\/+$/u, '')}/${name}`;
  return folder instanceof URL ? new URL(path) : path;
}
