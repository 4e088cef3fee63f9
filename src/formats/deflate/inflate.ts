import { inflateSync } from 'fflate';

/**
 * Inflates a raw deflate stream that must give exactly `size` bytes; undefined if it is broken or gives another number.
 *
 * The output has one byte more than that, and never grows: a stream that goes on fills it and is found out.
 */
export function inflateExactly(compressed: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const inflated = inflateSync(compressed, { out: new Uint8Array(size + 1) });
    return inflated.byteLength === size ? inflated : undefined;
  } catch {
    return undefined;
  }
}

/** Deflate gives at most this many bytes for each byte (258 bytes take two bits). */
export const GREATEST_EXPANSION = 1032;
