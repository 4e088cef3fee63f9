import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderEntry } from './files.ts';

/** The files and folders in a folder, in no order. Links are what they lead to; those that lead nowhere are omitted. */
export async function readFolder(folder: string): Promise<readonly FolderEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<FolderEntry | null> => {
      const { name } = entry;
      if (!entry.isSymbolicLink()) return { name, isFolder: entry.isDirectory(), isLink: false };
      try {
        return { name, isFolder: (await stat(join(folder, name))).isDirectory(), isLink: true };
      } catch {
        return null;
      }
    }),
  );
  return found.filter((entry) => entry !== null);
}
