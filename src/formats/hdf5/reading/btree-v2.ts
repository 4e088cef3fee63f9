import { verify } from './checksum.ts';
import type { Cursor, Source } from './source.ts';

/** A record of a version-2 B-tree; `type` determines the format of `body`. */
export interface TreeRecord {
  readonly type: number;
  readonly body: Cursor;
}

/** The number of bytes needed to store integers up to `limit`. */
export function bytesFor(limit: number): number {
  let bytes = 1;
  for (let rest = Math.floor(limit / 256); rest > 0; rest = Math.floor(rest / 256)) bytes++;
  return bytes;
}

interface Shape {
  readonly type: number;
  readonly nodeSize: number;
  readonly recordSize: number;
  /** The size of the field with a node's record count, in bytes. */
  readonly countSize: number;
  /** The size of the field with a subtree's record count, in bytes, by height. */
  readonly totalSizes: readonly number[];
}

/** Reads all records of a version-2 B-tree, in order. */
export function readBTreeV2(source: Source, address: number, types: readonly number[]): TreeRecord[] {
  const head = source.read(address, 16 + source.offsetSize + 2 + source.lengthSize, 'a tree');
  head.signature('BTHD');
  head.expect('version', head.byte(), [0]);
  const type = head.expect('tree type', head.byte(), types);
  const nodeSize = head.uint32();
  const recordSize = head.uint16();
  const depth = head.uint16();
  head.skip(2);
  const root = head.optionalAddress();
  const count = head.uint16();
  const total = head.length();
  verify(source, address, head.position - address, 'a tree');
  if (recordSize === 0 || nodeSize < 10 + recordSize || depth > 16) throw head.problem(`a tree of depth ${depth}`);
  const mostInLeaf = Math.floor((nodeSize - 10) / recordSize);
  const countSize = bytesFor(mostInLeaf);
  const totals = [mostInLeaf];
  const totalSizes = [0];
  for (let height = 1; height <= depth; height++) {
    const below = totals[height - 1] ?? 0;
    const pointer = source.offsetSize + countSize + (totalSizes[height - 1] ?? 0);
    const most = Math.floor((nodeSize - 10 - pointer) / (recordSize + pointer));
    const sum = (most + 1) * below + most;
    totals.push(sum);
    totalSizes.push(bytesFor(sum));
  }
  const records: TreeRecord[] = [];
  if (root !== undefined) {
    readNode(source, { type, nodeSize, recordSize, countSize, totalSizes }, root, count, depth, records);
  }
  if (records.length !== total) throw head.problem(`${records.length} of ${total} records`);
  return records;
}

function readNode(
  source: Source,
  shape: Shape,
  address: number,
  count: number,
  height: number,
  records: TreeRecord[],
): void {
  const { type, recordSize, countSize } = shape;
  const totalSize = height > 1 ? (shape.totalSizes[height - 1] ?? 0) : 0;
  const pointers = height > 0 ? (count + 1) * (source.offsetSize + countSize + totalSize) : 0;
  const length = 6 + count * recordSize + pointers;
  if (length + 4 > shape.nodeSize) throw source.malformed(`${count} records in a tree's node`);
  verify(source, address, length, 'a tree');
  const cursor = source.read(address, length, 'a tree');
  cursor.signature(height > 0 ? 'BTIN' : 'BTLF');
  cursor.expect('version', cursor.byte(), [0]);
  cursor.expect('tree type', cursor.byte(), [type]);
  const own = Array.from({ length: count }, () => cursor.part(recordSize));
  for (let i = 0; i <= count; i++) {
    if (height > 0) {
      const child = cursor.address();
      const below = cursor.unsigned(countSize);
      cursor.skip(totalSize);
      readNode(source, shape, child, below, height - 1, records);
    }
    const body = own[i];
    if (body !== undefined) records.push({ type, body });
  }
}
