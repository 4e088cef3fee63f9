import type { TypedArray } from './dtype.ts';

/** A hash of 32 bits of the elements of arrays (FNV-1a, word by word). It finds accidental differences. */
export function contentHash(arrays: Iterable<TypedArray>): number {
  let hash = 0x811c9dc5;
  for (const array of arrays) {
    for (const word of wordsOf(array)) hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
  }
  return hash | 0;
}

function wordsOf(array: TypedArray): Int32Array | Uint8Array {
  const { buffer, byteOffset, byteLength } = array;
  return array instanceof Uint8Array ? array : new Int32Array(buffer, byteOffset, byteLength / 4);
}
