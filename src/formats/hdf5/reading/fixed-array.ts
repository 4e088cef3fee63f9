import { verify } from './checksum.ts';
import type { Cursor, Source } from './source.ts';

/** The address of a chunk, and its stored size if the chunks are filtered. */
export interface ArrayEntry {
  readonly address: number;
  readonly stored: number | undefined;
  readonly mask: number;
}

/** Reads the fixed-array index of a chunked dataset. Chunks that were never written are omitted. */
export function readFixedArray(source: Source, address: number, isFiltered: boolean): Map<number, ArrayEntry> {
  const head = source.read(address, 8 + source.lengthSize + source.offsetSize, 'an array of chunks');
  head.signature('FAHD');
  head.expect('version', head.byte(), [0]);
  head.expect('content', head.byte(), [isFiltered ? 1 : 0]);
  const entrySize = head.byte();
  const pageBits = head.byte();
  const count = head.length();
  const blockAddress = head.optionalAddress();
  verify(source, address, head.position - address, 'an array of chunks');
  const entries = new Map<number, ArrayEntry>();
  if (blockAddress === undefined) return entries;
  const sizeBytes = isFiltered ? entrySize - source.offsetSize - 4 : 0;
  if (sizeBytes < 0 || (isFiltered && sizeBytes === 0) || sizeBytes > 8)
    throw head.problem(`entries of ${entrySize} bytes`);
  if (!isFiltered && entrySize !== source.offsetSize) throw head.problem(`entries of ${entrySize} bytes`);
  const readEntries = (cursor: Cursor, first: number, number: number): void => {
    for (let i = 0; i < number; i++) {
      const chunk = cursor.optionalAddress();
      const stored = isFiltered ? cursor.unsigned(sizeBytes) : undefined;
      const mask = isFiltered ? cursor.uint32() : 0;
      if (chunk !== undefined) entries.set(first + i, { address: chunk, stored, mask });
    }
  };
  const prefix = 6 + source.offsetSize;
  const page = 2 ** pageBits;
  const block = source.read(blockAddress, prefix, 'an array of chunks');
  block.signature('FADB');
  block.expect('version', block.byte(), [0]);
  if (count <= page) {
    verify(source, blockAddress, prefix + count * entrySize, 'an array of chunks');
    readEntries(source.read(blockAddress + prefix, count * entrySize, 'an array of chunks'), 0, count);
    return entries;
  }
  // Large arrays are divided into pages with a checksum each; a bitmap marks the pages that were written.
  const pages = Math.ceil(count / page);
  const bits = source.raw(blockAddress + prefix, Math.ceil(pages / 8), 'an array of chunks');
  verify(source, blockAddress, prefix + bits.byteLength, 'an array of chunks');
  let at = blockAddress + prefix + bits.byteLength + 4;
  for (let i = 0; i < pages; i++) {
    const number = Math.min(page, count - i * page);
    if ((((bits[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1) {
      verify(source, at, number * entrySize, 'an array of chunks');
      readEntries(source.read(at, number * entrySize, 'an array of chunks'), i * page, number);
    }
    at += number * entrySize + 4;
  }
  return entries;
}
