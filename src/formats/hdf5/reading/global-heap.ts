import type { Cursor, Source } from './source.ts';

/** The global heaps with variable-length strings. Each collection is read once. */
export class GlobalHeaps {
  readonly #source: Source;
  readonly #collections = new Map<number, ReadonlyMap<number, Uint8Array>>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** The bytes of the string at a reference: a length, the address of a collection, and an index in it. */
  bytes(reference: Cursor): Uint8Array {
    const length = reference.uint32();
    const address = reference.optionalAddress();
    const index = reference.uint32();
    if (length === 0 || address === undefined || address === 0) return new Uint8Array(0);
    let collection = this.#collections.get(address);
    if (collection === undefined) {
      collection = this.#readCollection(address);
      this.#collections.set(address, collection);
    }
    const object = collection.get(index);
    if (object === undefined || object.byteLength < length) throw reference.problem('a string that is not in its heap');
    return object.subarray(0, length);
  }

  #readCollection(address: number): Map<number, Uint8Array> {
    const source = this.#source;
    const head = source.read(address, 8 + source.lengthSize, 'a global heap');
    head.signature('GCOL');
    head.expect('version', head.byte(), [1]);
    head.skip(3);
    const size = head.length();
    const headLength = 8 + source.lengthSize;
    const body = source.read(address + headLength, size - headLength, 'a global heap');
    const objects = new Map<number, Uint8Array>();
    while (body.left >= 8 + source.lengthSize) {
      const index = body.uint16();
      body.skip(6);
      const length = body.length();
      // Object 0 is the free space.
      if (index === 0) break;
      objects.set(index, body.bytes(length));
      body.skip(Math.min(-length & 7, body.left));
    }
    return objects;
  }
}
