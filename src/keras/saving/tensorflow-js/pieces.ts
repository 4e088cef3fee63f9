import { concatenate } from '../../../formats/files/streams.ts';

/** The bytes of consecutive files, which are read from the first to the last, and copied only where files meet. */
export class Pieces {
  readonly #pieces: Uint8Array[];

  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = pieces.filter(({ length }) => length > 0);
  }

  /** The number of bytes that have not been read. */
  get left(): number {
    return this.#pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** Reads bytes, of which there must be as many. */
  take(length: number): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let missing = length; missing > 0;) {
      const first = this.#pieces.shift() ?? new Uint8Array(missing);
      parts.push(first.subarray(0, missing));
      if (first.length > missing) this.#pieces.unshift(first.subarray(missing));
      missing -= Math.min(first.length, missing);
    }
    const [only] = parts;
    return only !== undefined && parts.length === 1 ? only : concatenate(parts, length);
  }

  /** The little-endian integer at an offset from the first byte that has not been read; null beyond the last one. */
  uint32At(offset: number): number | null {
    let value = 0;
    for (let i = 3; i >= 0; i--) {
      const byte = this.#byteAt(offset + i);
      if (byte === null) return null;
      value = value * 256 + byte;
    }
    return value;
  }

  #byteAt(offset: number): number | null {
    let at = offset;
    for (const piece of this.#pieces) {
      if (at < piece.length) return piece[at] ?? null;
      at -= piece.length;
    }
    return null;
  }
}
