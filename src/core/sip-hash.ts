const MASK = 0xffffffffffffffffn;

const rotate = (x: bigint, bits: bigint): bigint => ((x << bits) | (x >> (64n - bits))) & MASK;

/**
 * SipHash-2-4 of bytes, a hash with a key of 128 bits, which is that of TensorFlow's `to_hash_bucket_strong`.
 *
 * @param key two words; of each the lower 64 bits count
 * @see Aumasson and Bernstein, 2012, SipHash: a fast short-input PRF
 */
export function sipHash(bytes: Uint8Array, [k0, k1]: readonly [bigint, bigint]): bigint {
  const [key0, key1] = [k0 & MASK, k1 & MASK];
  let a = key0 ^ 0x736f6d6570736575n;
  let b = key1 ^ 0x646f72616e646f6dn;
  let c = key0 ^ 0x6c7967656e657261n;
  let d = key1 ^ 0x7465646279746573n;
  const round = (): void => {
    a = (a + b) & MASK;
    b = rotate(b, 13n) ^ a;
    a = rotate(a, 32n);
    c = (c + d) & MASK;
    d = rotate(d, 16n) ^ c;
    a = (a + d) & MASK;
    d = rotate(d, 21n) ^ a;
    c = (c + b) & MASK;
    b = rotate(b, 17n) ^ c;
    c = rotate(c, 32n);
  };
  // The bytes, zeros, and the length in the last byte.
  const padded = new Uint8Array(((bytes.length >> 3) + 1) << 3);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 0xff;
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 8) {
    const word = view.getBigUint64(at, true);
    d ^= word;
    round();
    round();
    a ^= word;
  }
  c ^= 0xffn;
  for (let i = 0; i < 4; i++) round();
  return a ^ b ^ c ^ d;
}
