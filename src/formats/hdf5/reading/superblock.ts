import { ValueError } from '../../../core/errors.ts';
import { verify } from './checksum.ts';
import { Source } from './source.ts';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Finds the superblock, which may follow a user block, and returns the file and the address of its root group. */
export function openSource(bytes: Uint8Array, who: string): { source: Source; root: number } {
  const start = findSignature(bytes);
  if (start === undefined) {
    throw new ValueError(
      `[${who}] the file must be an HDF5 file. Received: ${bytes.byteLength} bytes without HDF5's signature.`,
    );
  }
  const source = new Source(start === 0 ? bytes : bytes.subarray(start), who);
  const version = source.read(8, 1, 'the superblock').byte();
  return { source, root: version < 2 ? readOld(source, start) : readNew(source, start) };
}

function findSignature(bytes: Uint8Array): number | undefined {
  for (let at = 0; at + 8 <= bytes.byteLength; at = at === 0 ? 512 : at * 2) {
    if (SIGNATURE.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return undefined;
}

function readOld(source: Source, start: number): number {
  const cursor = source.read(8, Math.min(120, source.bytes.byteLength - 8), 'the superblock');
  const version = cursor.byte();
  cursor.expect('free space version', cursor.byte(), [0]);
  cursor.expect('root entry version', cursor.byte(), [0]);
  cursor.skip(1);
  cursor.expect('shared header version', cursor.byte(), [0]);
  source.offsetSize = cursor.expect('a size of addresses of', cursor.byte(), [2, 4, 8]);
  source.lengthSize = cursor.expect('a size of sizes of', cursor.byte(), [2, 4, 8]);
  // B-tree ranks and flags, which only writers need.
  cursor.skip(1 + 2 + 2 + 4 + (version === 1 ? 4 : 0));
  const base = cursor.address();
  cursor.optionalAddress();
  const end = cursor.address();
  cursor.optionalAddress();
  checkEnds(source, start, base, end);
  cursor.skip(source.offsetSize);
  return cursor.address();
}

function readNew(source: Source, start: number): number {
  const cursor = source.read(8, Math.min(44, source.bytes.byteLength - 8), 'the superblock');
  cursor.expect('version', cursor.byte(), [2, 3]);
  source.offsetSize = cursor.expect('a size of addresses of', cursor.byte(), [2, 4, 8]);
  source.lengthSize = cursor.expect('a size of sizes of', cursor.byte(), [2, 4, 8]);
  cursor.skip(1);
  const base = cursor.address();
  cursor.optionalAddress();
  const end = cursor.address();
  const root = cursor.address();
  verify(source, 0, cursor.position, 'the superblock');
  checkEnds(source, start, base, end);
  return root;
}

/** Checks the base address, and detects truncation from the end-of-file address. */
function checkEnds(source: Source, start: number, base: number, end: number): void {
  if (base !== start && base !== 0) throw source.malformed(`a base address of ${base}, the superblock at ${start},`);
  const length = end - base;
  if (length > source.bytes.byteLength) throw source.malformed(`${length} bytes declared`);
}
