import { NotImplementedError, ValueError } from '../../../core/errors.ts';
import { HDF5_FREE_BYTES, HDF5_MAX_EXPANSION } from '../../../core/limits.ts';

/** Metadata bytes read per byte of the file. Objects may be shared and so read repeatedly, but only this often. */
const WALKS = 64;
const FREE_METADATA = 2 ** 23;

/** An HDF5 file in memory. Every read is bounds-checked and counted. */
export class Source {
  /** The file from its superblock on; addresses are relative to it. */
  readonly bytes: Uint8Array;
  /** The function named in errors. */
  readonly who: string;
  /** The size of an address, in bytes. */
  offsetSize = 8;
  /** The size of a length field, in bytes. */
  lengthSize = 8;
  readonly #view: DataView;
  #walked = 0;
  #expanded = 0;

  constructor(bytes: Uint8Array, who: string) {
    this.bytes = bytes;
    this.who = who;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads metadata at an address. `what` names the structure in errors. */
  read(address: number, length: number, what: string): Cursor {
    this.#checkRange(address, length, what);
    this.#walked += length + 32;
    if (this.#walked > FREE_METADATA + WALKS * this.bytes.byteLength) {
      throw this.malformed('structures that share each other too often');
    }
    return new Cursor(this, this.#view, address, address + length, what);
  }

  /** A view of the raw bytes of elements. */
  raw(address: number, length: number, what: string): Uint8Array {
    this.#checkRange(address, length, what);
    return this.bytes.subarray(address, address + length);
  }

  /** Counts bytes before they are allocated for values, and throws if the total exceeds the limit. */
  expand(bytes: number, what: string): void {
    this.#expanded += bytes;
    const limit = Math.max(HDF5_FREE_BYTES, HDF5_MAX_EXPANSION * this.bytes.byteLength);
    if (!(this.#expanded <= limit)) {
      throw this.malformed(`values of more than ${limit} bytes in total, up to ${what},`);
    }
  }

  /** The error for a file that violates the format. */
  malformed(problem: string): ValueError {
    return new ValueError(
      `[${this.who}] the HDF5 file must be whole and well formed. Received: ${problem} in a file of ${this.bytes.byteLength} bytes. Download or save it again.`,
    );
  }

  /** The error for a file that refers to data elsewhere, or to itself in a cycle. */
  refersElsewhere(problem: string): ValueError {
    return new ValueError(
      `[${this.who}] an HDF5 file must contain all the data that it refers to. Received: ${problem}. Copy its arrays into a new file.`,
    );
  }

  /** The error for features of the format that Keras never uses. */
  unsupported(problem: string): NotImplementedError {
    return new NotImplementedError(
      `[${this.who}] the HDF5 file must use only features that Keras and h5py use by default. Received: ${problem}. Copy its arrays into a new file.`,
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

  /** The number of bytes left. */
  get left(): number {
    return this.end - this.position;
  }

  /** Skips bytes. */
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

  /** Reads an unsigned integer of `size` bytes. Values above 2⁵³ are inexact, but no file is that large. */
  unsigned(size: number): number {
    const start = this.#take(size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.#view.getUint8(start + i);
    return value;
  }

  /** Reads a length of `lengthSize` bytes. */
  length(): number {
    const value = this.unsigned(this.source.lengthSize);
    if (value > Number.MAX_SAFE_INTEGER) throw this.problem('a size above 2^53');
    return value;
  }

  /** Reads an address, or undefined for the format's undefined address. */
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

  /** Reads an address that must be defined. */
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

  /** A new cursor over the next bytes. */
  part(count: number): Cursor {
    const start = this.#take(count);
    return new Cursor(this.source, this.#view, start, start + count, this.#what);
  }

  /** Reads a null-terminated string. */
  nullTerminatedString(): string {
    const start = this.position;
    while (this.byte() !== 0);
    return this.#decode(this.source.bytes.subarray(start, this.position - 1));
  }

  /** Reads a string of `count` bytes, up to the first zero byte. */
  text(count: number): string {
    const bytes = this.bytes(count);
    const zero = bytes.indexOf(0);
    return this.#decode(zero < 0 ? bytes : bytes.subarray(0, zero));
  }

  /** Checks the signature at the start of a structure. */
  signature(letters: string): void {
    const start = this.#take(letters.length);
    for (let i = 0; i < letters.length; i++) {
      if (this.#view.getUint8(start + i) !== letters.charCodeAt(i)) throw this.problem(`no ${letters}`);
    }
  }

  /** Checks that a value is one of the allowed values. */
  expect(name: string, value: number, allowed: readonly number[]): number {
    if (!allowed.includes(value)) throw this.problem(`${name} ${value}`);
    return value;
  }

  /** The error for a problem at the current position. */
  problem(problem: string): ValueError {
    return this.source.malformed(`${problem} in ${this.#what} before byte ${this.position}`);
  }

  #decode(bytes: Uint8Array): string {
    return decodeText(this.source, bytes, this.#what);
  }

  #take(count: number): number {
    const start = this.position;
    if (!(count >= 0 && count <= this.end - start)) throw this.problem(`a read of ${count} bytes past the end`);
    this.position = start + count;
    return start;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes UTF-8 or ASCII. */
export function decodeText(source: Source, bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw source.malformed(`a string that is not UTF-8 in ${what}`);
  }
}
