import type { FilePath } from '../../formats/files/files.ts';
import { files } from '#files';

/** The lines of a text file, without those at its end that are empty. @throws ValueError if it cannot be read */
export function readLines(who: string, path: FilePath): readonly string[] {
  const lines = new TextDecoder().decode(files.readFileSync(who, path)).split(/\r\n|\r|\n/);
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

export type { FilePath };
