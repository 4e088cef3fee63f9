import { show } from '../../core/errors.ts';
import type { StoredGroup } from '../../formats/arrays/stored.ts';
import type { FilePath, ReadOptions } from '../../formats/files/files.ts';
import { readBlob, readResponse } from '../../formats/files/streams.ts';
import { readHdf5 } from '../../formats/hdf5/hdf5.ts';
import { files } from '#files';

/** The source of a file: its path, its address, its bytes, or an object with its bytes, such as a file that a user chose. */
export type FileSource = FilePath | Uint8Array | ArrayBuffer | Blob | Response;

/** A file in memory. Its container is parsed once, even if several formats examine it. */
export class SourceFile {
  /** The subject of error messages: `loadModel m.keras`. */
  readonly who: string;
  readonly bytes: Uint8Array;
  readonly #readNeighbor: ((name: string) => Promise<Uint8Array>) | null;
  #hdf5: Promise<StoredGroup> | null = null;
  #zip: Promise<ReadonlyMap<string, Uint8Array>> | null = null;

  /** @param readNeighbor reads another file of the same folder; null for a file given by its bytes */
  constructor(who: string, bytes: Uint8Array, readNeighbor: ((name: string) => Promise<Uint8Array>) | null = null) {
    this.who = who;
    this.bytes = bytes;
    this.#readNeighbor = readNeighbor;
  }

  /** Reads another file of the same folder; null for a file given by its bytes. */
  get readNeighbor(): ((name: string) => Promise<Uint8Array>) | null {
    return this.#readNeighbor;
  }

  /** The groups and arrays of an HDF5 file. @throws ValueError if it is damaged. */
  hdf5(): Promise<StoredGroup> {
    return (this.#hdf5 ??= readHdf5(this.bytes, this.who));
  }

  /** The members of a zip archive. @throws ValueError if it is damaged. */
  zip(): Promise<ReadonlyMap<string, Uint8Array>> {
    return (this.#zip ??= readMembers(this.bytes, this.who));
  }

  /** Whether the file begins with these bytes. */
  startsWith(magic: readonly number[]): boolean {
    return magic.every((byte, i) => this.bytes[i] === byte);
  }
}

/** The reader is imported on the first call, so programs that read no files do not load it. */
async function readMembers(bytes: Uint8Array, who: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const { readZip } = await import('../../formats/zip/zip.ts');
  return readZip(bytes, who);
}

/** Reads a file, unless its bytes were passed. @throws ValueError if it cannot be read; TypeError for other sources. */
export async function readSource(who: string, source: FileSource, options: ReadOptions = {}): Promise<SourceFile> {
  if (source instanceof Uint8Array) return new SourceFile(who, source);
  if (source instanceof ArrayBuffer) return new SourceFile(who, new Uint8Array(source));
  if (source instanceof Blob) {
    const name = 'name' in source && typeof source.name === 'string' ? ` ${source.name}` : '';
    return new SourceFile(`${who}${name}`, await readBlob(source, options));
  }
  if (source instanceof Response) {
    const subject = source.url === '' ? who : `${who} ${source.url}`;
    return new SourceFile(subject, await readResponse(subject, source, options));
  }
  const given: unknown = source;
  if (typeof given !== 'string' && !(given instanceof URL)) {
    throw new TypeError(
      `[${who}] a file must be a path, a URL, bytes, a Blob or a Response. Received: ${show(given)}.`,
    );
  }
  const subject = `${who} ${String(given)}`;
  const folder = files.folderOf(who, given);
  return new SourceFile(subject, await files.readFile(who, given, options), (name) =>
    files.readFile(subject, `${folder}/${name}`, { signal: options.signal }),
  );
}
