import type { Source } from './source.ts';

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/**
 * Jenkins's lookup3 hash, the checksum of HDF5's newer structures.
 *
 * @see https://burtleburtle.net/bob/c/lookup3.c
 */
export function lookup3(bytes: Uint8Array): number {
  let a = (0xdeadbeef + bytes.length) | 0;
  let b = a;
  let c = a;
  const word = (at: number): number =>
    (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    a = (a + word(at)) | 0;
    b = (b + word(at + 4)) | 0;
    c = (c + word(at + 8)) | 0;
    a = ((a - c) ^ rotate(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotate(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 4)) | 0;
    b = (b + a) | 0;
  }
  if (at === bytes.length) return c >>> 0;
  a = (a + word(at)) | 0;
  b = (b + word(at + 4)) | 0;
  c = (c + word(at + 8)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

/** Verifies a structure against the checksum in the four bytes after it. */
export function verify(source: Source, address: number, length: number, what: string): void {
  const stored = source.read(address + length, 4, what).uint32();
  if (lookup3(source.raw(address, length, what)) !== stored) {
    throw source.malformed(`a wrong checksum of ${what} at byte ${address}`);
  }
}

/** Fletcher's checksum over big-endian 16-bit words, as HDF5's filter computes it. */
export function fletcher32(bytes: Uint8Array): number {
  let first = 0;
  let second = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    first = (first + (((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0))) % 65535;
    second = (second + first) % 65535;
  }
  if (bytes.length % 2 === 1) {
    first = (first + ((bytes.at(-1) ?? 0) << 8)) % 65535;
    second = (second + first) % 65535;
  }
  return ((second << 16) | first) >>> 0;
}

/** Adler-32, the checksum at the end of a zlib stream. */
export function adler32(bytes: Uint8Array): number {
  let first = 1;
  let second = 0;
  for (let start = 0; start < bytes.length; start += 3800) {
    // Sums over a block of this size stay below 2³², so one modulo per block suffices.
    const end = Math.min(start + 3800, bytes.length);
    for (let i = start; i < end; i++) {
      first += bytes[i] ?? 0;
      second += first;
    }
    first %= 65521;
    second %= 65521;
  }
  return ((second << 16) | first) >>> 0;
}
