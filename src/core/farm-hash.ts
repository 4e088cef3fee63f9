/**
 * FarmHash's 64-bit fingerprint of bytes, which is the same everywhere: the hash of TensorFlow's `to_hash_bucket_fast` and of
 * crossed features. Constants and steps are those of Google's farmhashna.
 *
 * @see https://github.com/google/farmhash
 */

const MASK = 0xffffffffffffffffn;
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const wrap = (x: bigint): bigint => x & MASK;
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);
const rotate = (x: bigint, bits: bigint): bigint => wrap((x >> bits) | (x << (64n - bits)));

/** Two words as one. */
function hash16(u: bigint, v: bigint, factor: bigint): bigint {
  const a = shiftMix(wrap((u ^ v) * factor));
  const b = shiftMix(wrap((v ^ a) * factor));
  return wrap(b * factor);
}

/** 32 bytes from a place, and two words, as two words. */
function hash32Weak(view: DataView, at: number, a: bigint, b: bigint): readonly [bigint, bigint] {
  const word = (i: number): bigint => view.getBigUint64(at + 8 * i, true);
  const first = wrap(a + word(0));
  const second = rotate(wrap(b + first + word(3)), 21n);
  const all = wrap(first + word(1) + word(2));
  return [wrap(all + word(3)), wrap(second + rotate(all, 44n) + first)];
}

function upTo16(view: DataView, length: number): bigint {
  const factor = wrap(K2 + BigInt(length) * 2n);
  if (length >= 8) {
    const a = wrap(view.getBigUint64(0, true) + K2);
    const b = view.getBigUint64(length - 8, true);
    return hash16(wrap(rotate(b, 37n) * factor + a), wrap((rotate(a, 25n) + b) * factor), factor);
  }
  if (length >= 4) {
    const a = BigInt(view.getUint32(0, true));
    return hash16(BigInt(length) + (a << 3n), BigInt(view.getUint32(length - 4, true)), factor);
  }
  if (length === 0) return K2;
  const y = BigInt(view.getUint8(0)) + (BigInt(view.getUint8(length >> 1)) << 8n);
  const z = BigInt(length) + (BigInt(view.getUint8(length - 1)) << 2n);
  return wrap(shiftMix(wrap(y * K2) ^ wrap(z * K0)) * K2);
}

function upTo64(view: DataView, length: number): bigint {
  const factor = wrap(K2 + BigInt(length) * 2n);
  const word = (at: number): bigint => view.getBigUint64(at, true);
  if (length <= 32) {
    const [a, b] = [wrap(word(0) * K1), word(8)];
    const [c, d] = [wrap(word(length - 8) * factor), wrap(word(length - 16) * K2)];
    const u = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d);
    return hash16(u, wrap(a + rotate(wrap(b + K2), 18n) + c), factor);
  }
  const [a, b] = [wrap(word(0) * K2), word(8)];
  const [c, d] = [wrap(word(length - 8) * factor), wrap(word(length - 16) * K2)];
  const y = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d);
  const z = hash16(y, wrap(a + rotate(wrap(b + K2), 18n) + c), factor);
  const [e, f] = [wrap(word(16) * factor), word(24)];
  const [g, h] = [wrap((y + word(length - 32)) * factor), wrap((z + word(length - 24)) * factor)];
  const u = wrap(rotate(wrap(e + f), 43n) + rotate(g, 30n) + h);
  return hash16(u, wrap(e + rotate(wrap(f + a), 18n) + g), factor);
}

/** The fingerprint of bytes, in [0, 2⁶⁴). */
export function fingerprint64(bytes: Uint8Array): bigint {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  if (length <= 16) return upTo16(view, length);
  if (length <= 64) return upTo64(view, length);
  const word = (at: number): bigint => view.getBigUint64(at, true);
  let x = 81n;
  let y = wrap(81n * K1 + 113n);
  let z = wrap(shiftMix(wrap(y * K2 + 113n)) * K2);
  let v: readonly [bigint, bigint] = [0n, 0n];
  let w: readonly [bigint, bigint] = [0n, 0n];
  x = wrap(x * K2 + word(0));
  const last = ((length - 1) >> 6) << 6;
  const tail = last + ((length - 1) & 63) - 63;
  for (let at = 0; at < last; at += 64) {
    x = wrap(rotate(wrap(x + y + v[0] + word(at + 8)), 37n) * K1);
    y = wrap(rotate(wrap(y + v[1] + word(at + 48)), 42n) * K1);
    x ^= w[1];
    y = wrap(y + v[0] + word(at + 40));
    z = wrap(rotate(wrap(z + w[0]), 33n) * K1);
    v = hash32Weak(view, at, wrap(v[1] * K1), wrap(x + w[0]));
    w = hash32Weak(view, at + 32, wrap(z + w[1]), wrap(y + word(at + 16)));
    [x, z] = [z, x];
  }
  const factor = wrap(K1 + ((z & 0xffn) << 1n));
  w = [wrap(w[0] + BigInt((length - 1) & 63)), w[1]];
  v = [wrap(v[0] + w[0]), v[1]];
  w = [wrap(w[0] + v[0]), w[1]];
  x = wrap(rotate(wrap(x + y + v[0] + word(tail + 8)), 37n) * factor);
  y = wrap(rotate(wrap(y + v[1] + word(tail + 48)), 42n) * factor);
  x ^= wrap(w[1] * 9n);
  y = wrap(y + v[0] * 9n + word(tail + 40));
  z = wrap(rotate(wrap(z + w[0]), 33n) * factor);
  v = hash32Weak(view, tail, wrap(v[1] * factor), wrap(x + w[0]));
  w = hash32Weak(view, tail + 32, wrap(z + w[1]), wrap(y + word(tail + 16)));
  [x, z] = [z, x];
  const first = wrap(hash16(v[0], w[0], factor) + shiftMix(y) * K0 + z);
  return hash16(first, wrap(hash16(v[1], w[1], factor) + x), factor);
}

const MURMUR = 0xc6a4a7935bd1e995n;

/** Two fingerprints as one, by TensorFlow's `FingerprintCat64`. */
export function joinFingerprints(a: bigint, b: bigint): bigint {
  const mixed = a ^ MURMUR ^ wrap(shiftMix(wrap(b * MURMUR)) * MURMUR);
  return shiftMix(wrap(shiftMix(wrap(mixed * MURMUR)) * MURMUR));
}
