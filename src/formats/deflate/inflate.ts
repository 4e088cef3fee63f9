import { inflateSync } from 'fflate';

/**
 * Inflates a raw deflate stream to exactly `size` bytes. Returns undefined if it is corrupt or has another length.
 *
 * The output buffer has `size + 1` bytes and never grows, so a longer stream is detected without allocating more.
 */
export function inflateExactly(compressed: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const inflated = inflateSync(compressed, { out: new Uint8Array(size + 1) });
    return inflated.byteLength === size ? inflated : undefined;
  } catch {
    return undefined;
  }
}

/** Maximum expansion ratio of deflate: two bits can encode 258 bytes. */
export const MAX_EXPANSION = 1032;
