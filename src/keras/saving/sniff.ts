/** What the first bytes of a file say that it is. */
export type Container = 'zip' | 'hdf5' | 'safetensors' | 'json' | 'unknown';

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const BRACE = 0x7b;

/** Looks at the first bytes; names of files say less. */
export function sniff(bytes: Uint8Array): Container {
  const startsWith = (magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  if (startsWith(ZIP)) return 'zip';
  if (startsWith(HDF5)) return 'hdf5';
  if (bytes[0] === BRACE) return 'json';
  // A safetensors file begins with the length of its header, in eight bytes; the header is JSON.
  if (bytes.length > 8 && bytes[8] === BRACE && bytes[7] === 0 && bytes[6] === 0) return 'safetensors';
  return 'unknown';
}
