import type { Cursor } from './source.ts';

/** The storage layout of a dataset. */
export type Layout =
  | { readonly kind: 'compact'; readonly bytes: Uint8Array }
  | { readonly kind: 'contiguous'; readonly address: number | undefined; readonly length: number | undefined }
  | Chunked;

/** A chunked layout: blocks of equal shape, optionally filtered. */
export interface Chunked {
  readonly kind: 'chunked';
  /** The shape of a chunk. */
  readonly chunk: readonly number[];
  readonly index: ChunkIndex;
}

/** The index of the chunks. An undefined address means that no chunk has been written. */
export type ChunkIndex =
  | { readonly kind: 'tree' | 'fixed array' | 'newer tree' | 'implicit'; readonly address: number | undefined }
  | {
      readonly kind: 'single';
      readonly address: number | undefined;
      readonly stored: number | undefined;
      readonly mask: number;
    };

/** Reads the storage layout of a dataset. Throws for virtual datasets. */
export function readLayout(cursor: Cursor, path: string): Layout {
  const version = cursor.expect('layout version', cursor.byte(), [1, 2, 3, 4, 5]);
  if (version < 3) return readOldLayout(cursor, path);
  const kind = cursor.byte();
  if (kind === 0) return { kind: 'compact', bytes: cursor.bytes(cursor.uint16()) };
  if (kind === 1) return { kind: 'contiguous', address: cursor.optionalAddress(), length: cursor.length() };
  if (kind === 3) throw cursor.source.refersElsewhere(`a virtual dataset at ${path}`);
  cursor.expect('layout class', kind, [2]);
  if (version > 3) return readNewChunks(cursor, path);
  const rank = cursor.byte() - 1;
  const address = cursor.optionalAddress();
  return { kind: 'chunked', chunk: sizes(cursor, rank, 4), index: { kind: 'tree', address } };
}

function readOldLayout(cursor: Cursor, path: string): Layout {
  const rank = cursor.byte();
  const kind = cursor.expect('layout class', cursor.byte(), [0, 1, 2]);
  cursor.skip(5);
  const address = kind === 0 ? undefined : cursor.optionalAddress();
  if (kind === 2) return { kind: 'chunked', chunk: sizes(cursor, rank - 1, 4), index: { kind: 'tree', address } };
  for (let axis = 0; axis < rank; axis++) cursor.skip(4);
  if (kind === 1) return { kind: 'contiguous', address, length: undefined };
  const length = cursor.uint32();
  if (length > cursor.left) throw cursor.problem(`${length} bytes of elements at ${path}`);
  return { kind: 'compact', bytes: cursor.bytes(length) };
}

const INDEXES = ['', '', 'implicit', 'fixed array', '', 'newer tree'] as const;

function readNewChunks(cursor: Cursor, path: string): Chunked {
  const flags = cursor.byte();
  const rank = cursor.byte() - 1;
  const chunk = sizes(cursor, rank, cursor.byte());
  const kind = cursor.expect('chunk index', cursor.byte(), [1, 2, 3, 4, 5]);
  if (kind === 1) {
    const isFiltered = (flags & 2) !== 0;
    const stored = isFiltered ? cursor.length() : undefined;
    const mask = isFiltered ? cursor.uint32() : 0;
    return { kind: 'chunked', chunk, index: { kind: 'single', address: cursor.optionalAddress(), stored, mask } };
  }
  const name = INDEXES[kind];
  if (name === undefined || name === '') throw cursor.source.unsupported(`chunks in an extensible array at ${path}`);
  // Creation parameters, which the header of the index repeats.
  if (kind === 3) cursor.skip(1);
  if (kind === 5) cursor.skip(6);
  return { kind: 'chunked', chunk, index: { kind: name, address: cursor.optionalAddress() } };
}

/** Reads the shape of a chunk, and skips the element size that follows it. */
function sizes(cursor: Cursor, rank: number, bytes: number): number[] {
  if (rank < 1 || rank > 32 || bytes < 1 || bytes > 8) throw cursor.problem(`chunks of ${rank} axes`);
  const chunk = Array.from({ length: rank }, () => cursor.unsigned(bytes));
  if (chunk.includes(0)) throw cursor.problem('empty chunks');
  cursor.skip(bytes);
  return chunk;
}
