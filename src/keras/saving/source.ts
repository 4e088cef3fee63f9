import { show } from '../../core/errors.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { files } from '#files';

/** Where a file is read from: its path, or its bytes. */
export type FileSource = FilePath | Uint8Array | ArrayBuffer;

/** A file that was read. */
export interface ReadFile {
  /** `loadModel m.keras`: how errors begin. */
  readonly who: string;
  readonly bytes: Uint8Array;
  /** Reads a file that lies beside it. @throws ValueError where there is nothing beside bytes. */
  readonly beside: ((name: string) => Promise<Uint8Array>) | null;
}

/** Reads a file, unless its bytes were given. @throws ValueError if it cannot be read; TypeError if it is neither. */
export async function readSource(who: string, source: FileSource): Promise<ReadFile> {
  if (source instanceof Uint8Array) return { who, bytes: source, beside: null };
  if (source instanceof ArrayBuffer) return { who, bytes: new Uint8Array(source), beside: null };
  const given: unknown = source;
  if (typeof given !== 'string' && !(given instanceof URL)) {
    throw new TypeError(`[${who}] a file must be given by its path or its bytes. Received: ${show(given)}.`);
  }
  const named = `${who} ${String(given)}`;
  return {
    who: named,
    bytes: await files.readFile(who, given),
    beside: (name) => files.readFile(named, `${files.folderOf(who, given)}/${name}`),
  };
}
