import { bytesFor, readBTreeV2 } from './btree-v2.ts';
import { verify } from './checksum.ts';
import type { Cursor, Source } from './source.ts';

/** The location of a heap object. */
interface Place {
  readonly address: number;
  readonly length: number;
}

/** A fractal heap: storage for the links or attributes of an object that has many. */
export class FractalHeap {
  readonly #source: Source;
  readonly #idLength: number;
  readonly #hugeTree: number | undefined;
  readonly #width: number;
  readonly #startSize: number;
  readonly #largestDirect: number;
  readonly #offsetBytes: number;
  readonly #lengthBytes: number;
  readonly #root: number | undefined;
  readonly #rootRows: number;
  #huge: ReadonlyMap<number, Place> | undefined;

  constructor(source: Source, address: number) {
    this.#source = source;
    const { offsetSize, lengthSize } = source;
    const head = source.read(address, 22 + 12 * lengthSize + 3 * offsetSize, 'a heap');
    head.signature('FRHP');
    head.expect('version', head.byte(), [0]);
    this.#idLength = head.uint16();
    if (head.uint16() > 0) throw source.unsupported('links or attributes that are compressed');
    head.skip(1);
    const largestManaged = head.uint32();
    head.skip(lengthSize);
    this.#hugeTree = head.optionalAddress();
    head.skip(lengthSize + offsetSize + 8 * lengthSize);
    this.#width = head.uint16();
    this.#startSize = head.length();
    this.#largestDirect = head.length();
    const bits = head.uint16();
    head.skip(2);
    this.#root = head.optionalAddress();
    this.#rootRows = head.uint16();
    verify(source, address, head.position - address, 'a heap');
    const isPower = (size: number): boolean => size >= 1 && Number.isInteger(Math.log2(size));
    if (!isPower(this.#startSize) || !isPower(this.#largestDirect) || !isPower(this.#width) || bits > 64) {
      throw head.problem('block sizes that are not powers of two');
    }
    this.#offsetBytes = Math.ceil(bits / 8);
    this.#lengthBytes = bytesFor(Math.min(this.#largestDirect, largestManaged));
  }

  /** The heap object with an identifier. */
  object(id: Cursor): Cursor {
    const head = id.byte();
    id.expect('heap identifier version', head >> 6, [0]);
    switch ((head >> 4) & 3) {
      case 0: {
        const offset = id.unsigned(this.#offsetBytes);
        const length = id.unsigned(this.#lengthBytes);
        return this.#source.read(this.#managed(offset, length), length, 'a heap');
      }
      case 1: {
        const { address, length } = this.#hugePlace(id);
        return this.#source.read(address, length, 'a heap');
      }
      case 2: {
        const isLong = this.#idLength - 1 > 16;
        const length = isLong ? ((head & 15) << 8) + id.byte() + 1 : (head & 15) + 1;
        return id.part(length);
      }
    }
    throw id.problem('a heap identifier of unknown kind');
  }

  /** The size of an identifier, in bytes. */
  get identifierLength(): number {
    return this.#idLength;
  }

  #hugePlace(id: Cursor): Place {
    const { offsetSize, lengthSize } = this.#source;
    if (offsetSize + lengthSize <= this.#idLength - 1) return { address: id.address(), length: id.length() };
    this.#huge ??= this.#readHuge();
    const place = this.#huge.get(id.unsigned(Math.min(8, this.#idLength - 1)));
    if (place === undefined) throw id.problem('a heap identifier without an object');
    return place;
  }

  #readHuge(): Map<number, Place> {
    const places = new Map<number, Place>();
    if (this.#hugeTree === undefined) return places;
    for (const { body } of readBTreeV2(this.#source, this.#hugeTree, [1])) {
      const address = body.address();
      const length = body.length();
      places.set(body.length(), { address, length });
    }
    return places;
  }

  /** The block size of a row: the first two rows have the starting size, and each further row doubles it. */
  #blockSize(row: number): number {
    return this.#startSize * 2 ** Math.max(0, row - 1);
  }

  #managed(offset: number, length: number): number {
    if (this.#root === undefined) throw this.#source.malformed('an object in an empty heap');
    if (this.#rootRows === 0) return this.#inBlock(this.#root, 0, this.#startSize, offset, length);
    let block = this.#root;
    let blockStart = 0;
    let rows = this.#rootRows;
    for (;;) {
      const { row, column, start } = this.#find(offset - blockStart, rows);
      const size = this.#blockSize(row);
      const child = this.#child(block, row * this.#width + column);
      blockStart += start;
      if (size <= this.#largestDirect) return this.#inBlock(child, blockStart, size, offset, length);
      block = child;
      const below = Math.log2(size) - Math.log2(this.#startSize * this.#width) + 1;
      // Each level has fewer rows than its parent, so the loop terminates.
      if (below < 1) throw this.#broken();
      rows = below;
    }
  }

  #find(offset: number, rows: number): { row: number; column: number; start: number } {
    let start = 0;
    for (let row = 0; row < rows && row < 64; row++) {
      const size = this.#blockSize(row);
      if (offset < start + size * this.#width) {
        const column = Math.floor((offset - start) / size);
        return { row, column, start: start + column * size };
      }
      start += size * this.#width;
    }
    throw this.#broken();
  }

  #child(block: number, entry: number): number {
    const source = this.#source;
    const head = source.read(block, 5 + source.offsetSize + this.#offsetBytes, 'a heap');
    head.signature('FHIB');
    head.expect('version', head.byte(), [0]);
    const at = block + 5 + source.offsetSize + this.#offsetBytes + entry * source.offsetSize;
    return source.read(at, source.offsetSize, 'a heap').address();
  }

  #inBlock(block: number, blockStart: number, size: number, offset: number, length: number): number {
    const head = this.#source.read(block, 5, 'a heap');
    head.signature('FHDB');
    head.expect('version', head.byte(), [0]);
    const at = offset - blockStart;
    if (at < 0 || at + length > size) throw this.#broken();
    return block + at;
  }

  #broken(): Error {
    return this.#source.malformed('a heap object outside its heap');
  }
}
