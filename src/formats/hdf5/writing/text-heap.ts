import { Bytes, type Places } from './bytes.ts';

/** A collection is at least this large, and is closed when it has passed it. */
const COLLECTION_BYTES = 4096;
/** Indexes have 16 bits, and 0 is the room that is left. */
const MOST_OBJECTS = 60_000;

const encoder = new TextEncoder();

/** Keeps texts of varying length in HDF5's global heap. */
export class TextHeap {
  readonly #places: Places;
  #open: { address: number; size: number; bytes: Bytes; count: number } | undefined;

  constructor(places: Places) {
    this.#places = places;
  }

  /** Stores a text, and writes the reference to it: its length, where its collection is, and its number there. */
  add(text: string, into: Bytes): void {
    const bytes = encoder.encode(text);
    if (bytes.byteLength === 0) {
      // As h5py does it: nowhere, number 0.
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

  /** Ends the last collection; what is left of it is object 0. */
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
