/** Whole numbers below a limit, the same ones for a seed. */
export function numbers(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return Math.floor(((x >>> 8) / 2 ** 24) * below);
  };
}

/** A damaged copy: bytes and sizes changed, a part moved, or the end cut off. Half the time near the beginning. */
export function damage(good: Uint8Array, next: (below: number) => number): Uint8Array {
  const bytes = good.slice();
  const view = new DataView(bytes.buffer);
  const range = next(2) === 0 ? bytes.length : Math.min(bytes.length, 4096);
  const sizes = [2n ** 64n - 1n, 2n ** 53n, 2n ** 31n, BigInt(next(bytes.length)), 1n << BigInt(next(64))];
  for (let i = next(4); i >= 0; i--) {
    const at = next(range);
    switch (next(6)) {
      case 0:
        bytes[at] = next(256);
        break;
      case 1:
        bytes[at] = next(2) * 255;
        break;
      case 2:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
        break;
      case 3:
        if (at + 8 <= bytes.length) view.setBigUint64(at, sizes[next(sizes.length)] ?? 0n, true);
        break;
      case 4:
        if (at + 4 <= bytes.length) view.setUint32(at, next(2 ** 24) * next(257), true);
        break;
      case 5: {
        const from = next(bytes.length);
        bytes.copyWithin(at, from, from + next(64));
      }
    }
  }
  return next(10) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
}
