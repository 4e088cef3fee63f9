import { readBTreeV2 } from './btree-v2.ts';
import { readFixedArray } from './fixed-array.ts';
import { undoFilters, type readFilters } from './filters.ts';
import type { Chunked } from './layout.ts';
import type { Source } from './source.ts';

/** A chunk stored in the file. */
export interface Chunk {
  readonly address: number;
  /** The size in the file, in bytes. */
  readonly stored: number;
  /** A bit mask of the filters that were skipped for this chunk. */
  readonly mask: number;
  /** The index of the chunk along each axis, in units of chunks. */
  readonly place: readonly number[];
}

/** A dataset with chunked layout. */
export interface ChunkedDataset {
  readonly source: Source;
  readonly path: string;
  readonly shape: readonly number[];
  readonly elementSize: number;
  readonly layout: Chunked;
  readonly filters: ReturnType<typeof readFilters>;
}

/** Lists the chunks of a dataset, and checks that they are distinct and within its bounds. */
export function findChunks(dataset: ChunkedDataset): Chunk[] {
  const { source, path, shape, layout } = dataset;
  if (layout.chunk.length !== shape.length) {
    throw source.malformed(`chunks of ${layout.chunk.length} axes for ${shape.length} at ${path}`);
  }
  const grid = shape.map((size, axis) => Math.ceil(size / (layout.chunk[axis] ?? 1)));
  const chunks = [...listChunks(dataset, grid)];
  const seen = new Set<string>();
  for (const { place } of chunks) {
    const key = place.join();
    if (seen.has(key) || place.some((at, axis) => !(at >= 0 && at < (grid[axis] ?? 0)))) {
      throw source.malformed(`a chunk out of place at ${path}`);
    }
    seen.add(key);
  }
  return chunks;
}

function* listChunks(dataset: ChunkedDataset, grid: readonly number[]): Generator<Chunk> {
  const { source, layout, elementSize, filters } = dataset;
  const { index } = layout;
  if (index.address === undefined) return;
  const whole = layout.chunk.reduce((product, size) => product * size, elementSize);
  switch (index.kind) {
    case 'tree':
      yield* readTree(dataset, index.address);
      return;
    case 'single':
      yield { address: index.address, stored: index.stored ?? whole, mask: index.mask, place: grid.map(() => 0) };
      return;
    case 'implicit': {
      const count = grid.reduce((product, size) => product * size, 1);
      source.raw(index.address, count * whole, 'chunks');
      for (let i = 0; i < count; i++) {
        yield { address: index.address + i * whole, stored: whole, mask: 0, place: placeOf(i, grid) };
      }
      return;
    }
    case 'fixed array': {
      const entries = readFixedArray(source, index.address, filters.length > 0);
      for (const [i, { address, stored, mask }] of entries) {
        yield { address, stored: stored ?? whole, mask, place: placeOf(i, grid) };
      }
      return;
    }
    case 'newer tree':
      for (const { type, body } of readBTreeV2(source, index.address, [10, 11])) {
        const address = body.address();
        const stored = type === 11 ? body.unsigned(body.left - 4 - 8 * grid.length) : whole;
        const mask = type === 11 ? body.uint32() : 0;
        yield { address, stored, mask, place: grid.map(() => body.unsigned(8)) };
      }
  }
}

function placeOf(index: number, grid: readonly number[]): number[] {
  const place = grid.map(() => 0);
  let rest = index;
  for (let axis = grid.length - 1; axis >= 0; axis--) {
    const size = grid[axis] ?? 1;
    place[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  if (rest > 0) place[0] = Infinity;
  return place;
}

/** Lists the chunks in a version-1 B-tree, whose keys are the chunks' offsets. */
function* readTree(dataset: ChunkedDataset, address: number, level?: number): Generator<Chunk> {
  const { source, layout, path } = dataset;
  const head = source.read(address, 8 + 2 * source.offsetSize, 'a tree of chunks');
  head.signature('TREE');
  head.expect('node type', head.byte(), [1]);
  const height = head.byte();
  if (level !== undefined ? height !== level : height > 16) throw head.problem(`a node of height ${height}`);
  const count = head.uint16();
  const keySize = 8 + 8 * (layout.chunk.length + 1);
  const start = address + 8 + 2 * source.offsetSize;
  const body = source.read(start, count * (keySize + source.offsetSize), 'a tree of chunks');
  for (let i = 0; i < count; i++) {
    const stored = body.uint32();
    const mask = body.uint32();
    const place = layout.chunk.map((size) => body.unsigned(8) / size);
    body.skip(8);
    const child = body.address();
    if (height > 0) {
      yield* readTree(dataset, child, height - 1);
    } else {
      if (!place.every(Number.isSafeInteger)) throw source.malformed(`a chunk out of place at ${path}`);
      yield { address: child, stored, mask, place };
    }
  }
}

/** Decodes the chunks and copies them into the bytes of the dataset. */
export function assemble(dataset: ChunkedDataset, chunks: readonly Chunk[], out: Uint8Array): void {
  const { source, layout, filters, elementSize } = dataset;
  const length = layout.chunk.reduce((product, size) => product * size, elementSize);
  for (const chunk of chunks) {
    const stored = source.raw(chunk.address, chunk.stored, 'a chunk');
    const bytes = undoFilters(source, stored, filters, chunk.mask, length, elementSize);
    place(dataset, chunk, bytes, out);
  }
}

/** Copies the part of a chunk that is within the dataset's bounds. */
function place(dataset: ChunkedDataset, chunk: Chunk, bytes: Uint8Array, out: Uint8Array): void {
  const { shape, elementSize, layout } = dataset;
  const rank = shape.length;
  const first = chunk.place.map((at, axis) => at * (layout.chunk[axis] ?? 1));
  const inside = shape.map((size, axis) => Math.min(layout.chunk[axis] ?? 1, size - (first[axis] ?? 0)));
  const row = (inside[rank - 1] ?? 1) * elementSize;
  const copy = (axis: number, from: number, to: number): void => {
    if (axis === rank - 1) {
      const target = (to * (shape[axis] ?? 1) + (first[axis] ?? 0)) * elementSize;
      const start = from * (layout.chunk[axis] ?? 1) * elementSize;
      out.set(bytes.subarray(start, start + row), target);
      return;
    }
    for (let i = 0; i < (inside[axis] ?? 0); i++) {
      copy(axis + 1, from * (layout.chunk[axis] ?? 1) + i, to * (shape[axis] ?? 1) + (first[axis] ?? 0) + i);
    }
  };
  copy(0, 0, 0);
}
