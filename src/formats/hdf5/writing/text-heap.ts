import { Bytes, type Places } from './bytes.ts';

/** Minimum size of a collection, in bytes. */
const COLLECTION_BYTES = 4096;
/** Maximum number of objects in a collection: indices have 16 bits, and 0 is the free space. */
const MOST_OBJECTS = 60_000;

const encoder = new TextEncoder();

/** Stores variable-length strings in HDF5's global heap. */
export class TextHeap {
  readonly #places: Places;
  #open: { address: number; size: number; bytes: Bytes; count: number } | undefined;

  constructor(places: Places) {
    this.#places = places;
  }

  /** Stores a string, and writes its reference: length, address of the collection, and index in it. */
  add(text: string, into: Bytes): void {
    const bytes = encoder.encode(text);
    if (bytes.byteLength === 0) {
      // As in h5py, an empty string has address 0 and index 0.
      into.uint32(0).word(0).uint32(0);
      return;
    }
    const needed = 16 + Math.ceil(bytes.byteLength / 8) * 8;
    if (
      this.#open !== undefined &&
      (this.#open.bytes.length + needed > this.#open.size || this.#open.count >= MOST_OBJECTS)
    ) {
      this.close();
    }
    if (this.#open === undefined) {
      const size = Math.max(COLLECTION_BYTES, 16 + needed);
      const collection = new Bytes().letters('GCOL').byte(1).zeros(3).word(size);
      this.#open = { address: this.#places.reserve(size), size, bytes: collection, count: 0 };
    }
    const open = this.#open;
    open.count++;
    open.bytes.uint16(open.count).uint16(1).zeros(4).word(bytes.byteLength).bytes(bytes).align();
    into.uint32(bytes.byteLength).word(open.address).uint32(open.count);
  }

  /** Closes the open collection, and marks its free space as object 0. */
  close(): void {
    const open = this.#open;
    if (open === undefined) return;
    const left = open.size - open.bytes.length;
    if (left >= 16)
      open.bytes
        .zeros(8)
        .word(left)
        .zeros(left - 16);
    else open.bytes.zeros(left);
    this.#places.fill(open.address, open.bytes.done());
    this.#open = undefined;
  }
}
