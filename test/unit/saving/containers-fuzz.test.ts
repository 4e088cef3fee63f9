import { describe, expect, it } from 'vitest';
import { readTree } from '../../../src/saving/hdf5/reading/tree.ts';
import { readSafetensors } from '../../../src/saving/safetensors/safetensors.ts';
import { readZip } from '../../../src/saving/zip/zip.ts';
import { containerFile } from '../../support/stored-files.ts';

/** How many damaged copies of each file are read; EVENKEEL_FUZZ asks for more. */
const copies = Number(process.env['EVENKEEL_FUZZ'] ?? 200);

/** Milliseconds that no damaged file may take. */
const longest = 2000;

const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  'types.h5': (bytes) => readTree(bytes, 'fuzz'),
  'chunked.h5': (bytes) => readTree(bytes, 'fuzz'),
  'classic.h5': (bytes) => readTree(bytes, 'fuzz'),
  'latest.h5': (bytes) => readTree(bytes, 'fuzz'),
  'block.h5': (bytes) => readTree(bytes, 'fuzz'),
  'stored.zip': (bytes) => readZip(bytes, 'fuzz'),
  'streamed.zip': (bytes) => readZip(bytes, 'fuzz'),
  'large.zip': (bytes) => readZip(bytes, 'fuzz'),
  'deflated.zip': (bytes) => readZip(bytes, 'fuzz'),
  'tensors.safetensors': (bytes) => readSafetensors(bytes, 'fuzz'),
};

/** Whole numbers below a limit, the same ones for a seed. */
function numbers(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return Math.floor(((x >>> 8) / 2 ** 24) * below);
  };
}

/** A damaged copy: bytes and sizes changed, a part moved, or the end cut off. Half the time near the beginning. */
function damage(good: Uint8Array, next: (below: number) => number): Uint8Array {
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

describe('damaged files', () => {
  it.each(Object.keys(readers))('of %s are read, or refused by one clear error', (name) => {
    const read = readers[name];
    if (read === undefined) throw new Error(`no reader of ${name}`);
    const good = containerFile(name);
    read(good);
    const next = numbers(name.length * 1000 + 1);
    let refused = 0;
    for (let i = 0; i < copies; i++) {
      const bytes = damage(good, next);
      const start = performance.now();
      try {
        read(bytes);
      } catch (error) {
        refused++;
        if (!(error instanceof Error)) throw error;
        if (!['ValueError', 'NotImplementedError'].includes(error.name)) throw error;
        expect(error.message).toMatch(/^\[fuzz\] .*Received: /s);
        expect(error.message.length).toBeLessThan(6000);
      }
      const time = performance.now() - start;
      if (time > longest) throw new Error(`copy ${i} took ${time} ms`);
    }
    expect(refused).toBeGreaterThan(copies / 20);
    expect(process.memoryUsage().rss).toBeLessThan(2 ** 30);
    // What a damaged file did has no effect on the next one.
    expect(read(good)).toEqual(read(containerFile(name)));
  });
});
