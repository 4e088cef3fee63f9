import { MAX_EXPANSION, inflateExactly } from '../../deflate/inflate.ts';
import { adler32, fletcher32 } from './checksum.ts';
import type { Cursor, Source } from './source.ts';

type FilterName = 'deflate' | 'shuffle' | 'fletcher32';

const FILTERS: ReadonlyMap<number, FilterName> = new Map<number, FilterName>([
  [1, 'deflate'],
  [2, 'shuffle'],
  [3, 'fletcher32'],
]);

/** Reads the filter pipeline of a dataset, in the order of writing. */
export function readFilters(cursor: Cursor, path: string): FilterName[] {
  const version = cursor.expect('filter version', cursor.byte(), [1, 2]);
  const count = cursor.byte();
  if (count > 32) throw cursor.problem(`${count} filters`);
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.uint16();
    const nameLength = version === 1 || id >= 256 ? cursor.uint16() : 0;
    cursor.skip(2);
    const values = cursor.uint16();
    cursor.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    cursor.skip(values * 4 + (version === 1 && values % 2 === 1 ? 4 : 0));
    const filter = FILTERS.get(id);
    if (filter === undefined) {
      throw cursor.source.unsupported(`filter ${id} at ${path}, other than deflate, shuffle and fletcher32`);
    }
    return filter;
  });
}

/** Undoes the filters of a chunk, which must decode to `length` bytes. Each bit of `mask` marks a skipped filter. */
export function undoFilters(
  source: Source,
  stored: Uint8Array,
  filters: readonly FilterName[],
  mask: number,
  length: number,
  elementSize: number,
): Uint8Array {
  // A checksum that was appended before deflate is part of the inflated bytes; one appended after it is removed first.
  const applied = filters.filter((_, i) => ((mask >>> i) & 1) === 0);
  let bytes = stored;
  for (let i = applied.length - 1; i >= 0; i--) {
    const filter = applied[i];
    if (filter === 'fletcher32') {
      bytes = checkFletcher(source, bytes);
    } else if (filter === 'deflate') {
      const sums = applied.slice(0, i).filter((earlier) => earlier === 'fletcher32').length;
      bytes = inflate(source, bytes, length + 4 * sums);
    } else {
      bytes = unshuffle(bytes, elementSize);
    }
  }
  if (bytes.byteLength !== length) throw source.malformed(`a chunk of ${bytes.byteLength} bytes instead of ${length}`);
  return bytes;
}

function checkFletcher(source: Source, bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength < 4) throw source.malformed('a chunk without its checksum');
  const end = bytes.byteLength - 4;
  const content = bytes.subarray(0, end);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0, true);
  if (fletcher32(content) !== stored) throw source.malformed('a wrong checksum of a chunk');
  return content;
}

/** Inflates a zlib stream: a header of two bytes, the deflate stream, and a checksum of four bytes. */
function inflate(source: Source, bytes: Uint8Array, length: number): Uint8Array {
  const [first = 0, second = 0] = bytes;
  const isZlib = bytes.byteLength > 6 && (first & 15) === 8 && (first * 256 + second) % 31 === 0 && (second & 32) === 0;
  if (!isZlib || length > MAX_EXPANSION * bytes.byteLength) throw source.malformed('a chunk that cannot be inflated');
  const end = bytes.byteLength - 4;
  const inflated = inflateExactly(bytes.subarray(2, end), length);
  if (inflated === undefined) throw source.malformed('a chunk that cannot be inflated');
  const sum = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0, false);
  if (adler32(inflated) !== sum) throw source.malformed('a wrong checksum of a chunk');
  return inflated;
}

/** Undoes shuffling, which stores the first bytes of all elements, then the second bytes, and so on, then any remainder. */
function unshuffle(bytes: Uint8Array, elementSize: number): Uint8Array {
  const count = Math.floor(bytes.byteLength / elementSize);
  if (elementSize === 1 || count < 2) return bytes;
  const out = new Uint8Array(bytes);
  for (let part = 0; part < elementSize; part++) {
    const from = part * count;
    for (let i = 0; i < count; i++) out[i * elementSize + part] = bytes[from + i] ?? 0;
  }
  return out;
}
