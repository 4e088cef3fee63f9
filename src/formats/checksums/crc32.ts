/** Computes the checksum of bytes. */
export type Checksum = (bytes: Uint8Array) => number;

/** CRC-32 as in zip files. */
export const crc32: Checksum = makeCrc32(0xedb88320);

/** CRC-32C (Castagnoli), as in TensorFlow's record files. */
export const crc32c: Checksum = makeCrc32(0x82f63b78);

/** Makes the function of a reversed polynomial, which processes 8 bytes at a time. */
function makeCrc32(polynomial: number): Checksum {
  let made: Uint32Array | null = null;
  return (bytes) => {
    const tables = (made ??= makeTables(polynomial));
    const byte = (i: number): number => bytes[i] ?? 0;
    const table = (number: number, index: number): number => tables[number * 256 + (index & 255)] ?? 0;
    let remainder = -1;
    let i = 0;
    for (; i + 8 <= bytes.length; i += 8) {
      remainder ^= byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24);
      remainder =
        table(7, remainder) ^
        table(6, remainder >>> 8) ^
        table(5, remainder >>> 16) ^
        table(4, remainder >>> 24) ^
        table(3, byte(i + 4)) ^
        table(2, byte(i + 5)) ^
        table(1, byte(i + 6)) ^
        table(0, byte(i + 7));
    }
    for (; i < bytes.length; i++) remainder = (remainder >>> 8) ^ table(0, remainder ^ byte(i));
    return ~remainder >>> 0;
  };
}

/** Slicing-by-8 tables: table k advances the remainder by one byte that is followed by k more bytes. */
function makeTables(polynomial: number): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
    tables[byte] = remainder;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256] ?? 0;
    tables[i] = (before >>> 8) ^ (tables[before & 255] ?? 0);
  }
  return tables;
}
