import type { Json } from '../../core/config.ts';
import type { StoredGroup } from '../../formats/arrays/stored.ts';
import type { ReadProgress } from '../../formats/files/files.ts';
import { readHdf5 } from '../../formats/hdf5/hdf5.ts';
import { parseJson } from '../../formats/json/json.ts';

/** Reads a file by the name that another file has for it. */
export type ReadNeighbor = (name: string) => Promise<Uint8Array>;

/** The options of reading a file, in addition to its bytes. */
export interface SourceFileOptions {
  /** Reads a file that this one names; null if they are unknown. @default null */
  readonly readNeighbor?: ReadNeighbor | null;
  /** Called as the bytes of the files that this one names arrive. @default none */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** The files of a folder that Keras has written in place of an archive, by their names. @default null */
  readonly members?: ReadonlyMap<string, Uint8Array> | null;
}

/** A file in memory. Its container is parsed once, even if several formats examine it. */
export class SourceFile {
  /** The subject of error messages: `loadModel m.keras`. */
  readonly who: string;
  readonly bytes: Uint8Array;
  /** Reads a file that this one names; null if they are unknown. */
  readonly readNeighbor: ReadNeighbor | null;
  /** Whether it is a folder, whose files are the members of its archive. */
  readonly isFolder: boolean;
  readonly #onProgress: ((progress: ReadProgress) => void) | undefined;
  #hdf5: Promise<StoredGroup> | null = null;
  #zip: Promise<ReadonlyMap<string, Uint8Array>> | null = null;
  #json: { readonly value: Json | undefined } | null = null;

  constructor(
    who: string,
    bytes: Uint8Array,
    { readNeighbor = null, onProgress, members = null }: SourceFileOptions = {},
  ) {
    this.who = who;
    this.bytes = bytes;
    this.readNeighbor = readNeighbor;
    this.#onProgress = onProgress;
    this.isFolder = members !== null;
    if (members !== null) this.#zip = Promise.resolve(members);
  }

  /** The groups and arrays of an HDF5 file. @throws ValueError if it is damaged. */
  hdf5(): Promise<StoredGroup> {
    return (this.#hdf5 ??= readHdf5(this.bytes, this.who));
  }

  /** The members of a zip archive or the files of a folder. @throws ValueError if it is damaged. */
  zip(): Promise<ReadonlyMap<string, Uint8Array>> {
    return (this.#zip ??= readMembers(this.bytes, this.who));
  }

  /** The value of a JSON file; undefined if it is not JSON. */
  get json(): Json | undefined {
    return (this.#json ??= { value: this.#parse() }).value;
  }

  #parse(): Json | undefined {
    try {
      return parseJson(new TextDecoder().decode(this.bytes), this.who);
    } catch {
      return undefined;
    }
  }

  /** Whether the file begins with these bytes. */
  startsWith(magic: readonly number[]): boolean {
    return magic.every((byte, i) => this.bytes[i] === byte);
  }

  /**
   * Returns a function that reports bytes of the files that this one names, as they arrive.
   * @param total the sizes of all of them; null if they are unknown
   */
  progressOf(total: number | null): (bytes: number) => void {
    let loaded = this.bytes.length;
    const whole = total === null ? null : loaded + total;
    return (bytes) => {
      loaded += bytes;
      this.#onProgress?.({ loaded, total: whole });
    };
  }
}

/** The reader is imported on the first call, so programs that read no files do not load it. */
async function readMembers(bytes: Uint8Array, who: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const { readZip } = await import('../../formats/zip/zip.ts');
  return readZip(bytes, who);
}
