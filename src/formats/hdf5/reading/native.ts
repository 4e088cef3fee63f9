import type { Datatype } from './datatype.ts';

/** Converts numbers to little-endian order: the same bytes, or a copy if they are big-endian. */
export function toNative(bytes: Uint8Array, datatype: Datatype): Uint8Array {
  if (datatype.kind !== 'number' || !datatype.swapped || datatype.size === 1) return bytes;
  const { size } = datatype;
  const out = new Uint8Array(bytes);
  for (let start = 0; start + size <= out.byteLength; start += size) out.subarray(start, start + size).reverse();
  return out;
}
