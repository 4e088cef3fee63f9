import type { FilePath } from './files.ts';

/** The path of a file in a folder, where `''` is the current one; a URL if that of the folder is one. */
export function pathIn<Path extends FilePath>(folder: Path, name: string): Path;
export function pathIn(folder: FilePath, name: string): FilePath {
  const base = String(folder).replace(/\/*$/, folder === '' ? '' : '/');
  if (!(folder instanceof URL)) return `${base}${name}`;
  return new URL(`${base}${name.split('/').map(encodeURIComponent).join('/')}`);
}
