import { NotImplementedError, ValueError } from '../../../core/errors.ts';
import { HDF5_FREE_BYTES, HDF5_MAX_EXPANSION } from '../../../core/limits.ts';

/** Metadata may be walked this many times over, because objects can be shared; a file that needs more is a trap. */
const WALKS = 64;
const FREE_METADATA = 2 ** 23;

/** An HDF5 file in memory: every read is checked against its end, and counted. */
export class Source {
  /** The file from its superblock on: addresses count from there. */
  readonly bytes: Uint8Array;
  /** Who is named in errors. */
  readonly who: string;
  /** How many bytes an address takes. */
  offsetSize = 8;
  /** How many bytes a size takes. */
  lengthSize = 8;
  readonly #view: DataView;
  #walked = 0;
  #expanded = 0;

  constructor(bytes: Uint8Array, who: string) {
    this.bytes = bytes;
    this.who = who;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The metadata from an address on. `what` names the structure in errors. */
  read(address: number, length: number, what: string): Cursor {
    this.#checkRange(address, length, what);
    this.#walked += length + 32;
    if (this.#walked > FREE_METADATA + WALKS * this.bytes.byteLength) {
      throw this.malformed('structures that share each other too often');
    }
    return new Cursor(this, this.#view, address, address + length, what);
  }

  /** The raw bytes of elements: a view. */
  raw(address: number, length: number, what: string): Uint8Array {
    this.#checkRange(address, length, what);
    return this.bytes.subarray(address, address + length);
  }

  /** Counts bytes that are about to be allocated for values. */
  expand(bytes: number, what: string): void {
    this.#expanded += bytes;
    const limit = Math.max(HDF5_FREE_BYTES, HDF5_MAX_EXPANSION * this.bytes.byteLength);
    if (!(this.#expanded <= limit)) {
      throw this.malformed(`${what}, with which all values take more than ${limit} bytes,`);
    }
  }

  /** The error for a file that contradicts the format. */
  malformed(problem: string): ValueError {
    return new ValueError(
      `[${this.who}] the HDF5 file must be whole and well formed. Received: ${problem} in a file of ${this.bytes.byteLength} bytes. Fetch or save it anew.`,
    );
  }

  /** The error for a file that leads out of itself, or in circles. */
  refersElsewhere(problem: string): ValueError {
    return new ValueError(
      `[${this.who}] an HDF5 file must itself hold all that it names. Received: ${problem}. Copy its arrays into a new file.`,
    );
  }

  /** The error for what the format allows and Keras never writes. */
  unsupported(problem: string): NotImplementedError {
    return new NotImplementedError(
      `[${this.who}] the HDF5 file must hold what Keras and h5py write by default. Received: ${problem}. Copy its arrays into a new file.`,
    );
  }

  #checkRange(address: number, length: number, what: string): void {
    if (!(address >= 0 && length >= 0 && address + length <= this.bytes.byteLength)) {
      throw this.malformed(`${what} of ${length} bytes at byte ${address}`);
    }
  }
}

/** Reads one structure of a file from front to back. */
export class Cursor {
  /** The address of the next byte. */
  position: number;
  readonly end: number;
  readonly source: Source;
  readonly #view: DataView;
  readonly #what: string;

  constructor(source: Source, view: DataView, start: number, end: number, what: string) {
    this.source = source;
    this.#view = view;
    this.position = start;
    this.end = end;
    this.#what = what;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.end - this.position;
  }

  /** Steps over bytes. */
  skip(count: number): void {
    this.#take(count);
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** An unsigned number of some bytes; what a number cannot hold exactly cannot be in a file either. */
  unsigned(size: number): number {
    const start = this.#take(size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.#view.getUint8(start + i);
    return value;
  }

  /** A size, as many bytes as the file says. */
  length(): number {
    const value = this.unsigned(this.source.lengthSize);
    if (value > Number.MAX_SAFE_INTEGER) throw this.problem('a size out of all bounds');
    return value;
  }

  /** An address, or undefined for the address that leads nowhere. */
  optionalAddress(): number | undefined {
    const start = this.#take(this.source.offsetSize);
    let value = 0;
    let ones = true;
    for (let i = this.source.offsetSize - 1; i >= 0; i--) {
      const byte = this.#view.getUint8(start + i);
      value = value * 256 + byte;
      ones &&= byte === 255;
    }
    return ones ? undefined : value;
  }

  /** An address that must lead somewhere. */
  address(): number {
    const address = this.optionalAddress();
    if (address === undefined) throw this.problem('no address');
    return address;
  }

  /** A view of the next bytes. */
  bytes(count: number): Uint8Array {
    const start = this.#take(count);
    return this.source.bytes.subarray(start, start + count);
  }

  /** The next bytes as a cursor of their own. */
  part(count: number): Cursor {
    const start = this.#take(count);
    return new Cursor(this.source, this.#view, start, start + count, this.#what);
  }

  /** A text that a zero byte ends. */
  nullTerminatedString(): string {
    const start = this.position;
    while (this.byte() !== 0);
    return this.#decode(this.source.bytes.subarray(start, this.position - 1));
  }

  /** A text of some bytes, up to the first zero. */
  text(count: number): string {
    const bytes = this.bytes(count);
    const zero = bytes.indexOf(0);
    return this.#decode(zero < 0 ? bytes : bytes.subarray(0, zero));
  }

  /** Checks the letters that a structure starts with. */
  signature(letters: string): void {
    const start = this.#take(letters.length);
    for (let i = 0; i < letters.length; i++) {
      if (this.#view.getUint8(start + i) !== letters.charCodeAt(i)) throw this.problem(`no ${letters}`);
    }
  }

  /** Checks that a number of the format is one that is known. */
  expect(name: string, value: number, allowed: readonly number[]): number {
    if (!allowed.includes(value)) throw this.problem(`${name} ${value}`);
    return value;
  }

  /** The error for what stands here. */
  problem(problem: string): ValueError {
    return this.source.malformed(`${problem} in ${this.#what} before byte ${this.position}`);
  }

  #decode(bytes: Uint8Array): string {
    return decodeText(this.source, bytes, this.#what);
  }

  #take(count: number): number {
    const start = this.position;
    if (!(count >= 0 && count <= this.end - start)) throw this.problem(`an end ${count} bytes too early`);
    this.position = start + count;
    return start;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes UTF-8, of which ASCII is a part. */
export function decodeText(source: Source, bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw source.malformed(`a text that is not UTF-8 in ${what}`);
  }
}
