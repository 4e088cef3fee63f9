import type { FilePath } from '../../formats/files/files.ts';
import { files } from '#files';

/** The bytes of a file at a path or a file URL, or given bytes. @throws ValueError if the file cannot be read. */
export async function bytesOf(who: string, source: FilePath | Uint8Array | ArrayBuffer): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  return source instanceof ArrayBuffer ? new Uint8Array(source) : files.readFile(who, source);
}
