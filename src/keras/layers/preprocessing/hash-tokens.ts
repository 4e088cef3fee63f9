import { fingerprint64 } from '../../../core/farm-hash.ts';
import { sipHash } from '../../../core/sip-hash.ts';
import { type Token, bytesOf } from './token-data.ts';

/** The bucket of a token, as TensorFlow's: by FarmHash, or by SipHash with a key. */
export function hashBucket(token: Token, buckets: number, salt: readonly [number, number] | null): number {
  const bytes = bytesOf(token);
  const hash = salt === null ? fingerprint64(bytes) : sipHash(bytes, [BigInt(salt[0]), BigInt(salt[1])]);
  return Number(hash % BigInt(buckets));
}
