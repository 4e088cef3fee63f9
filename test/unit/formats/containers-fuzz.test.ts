import { describe, expect, test } from 'vitest';
import { readTree } from '../../../src/formats/hdf5/reading/tree.ts';
import { readSafetensors } from '../../../src/formats/safetensors/safetensors.ts';
import { readZip } from '../../../src/formats/zip/zip.ts';
import { damage, numbers } from '../../support/damage.ts';
import { containerFile } from '../../support/stored-files.ts';

/** Damaged copies read of each file; EVENKEEL_FUZZ overrides the number. */
const copies = Number(process.env['EVENKEEL_FUZZ'] ?? 200);

/** Maximum time to read a damaged file, in milliseconds. */
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

describe('damaged files', () => {
  test.each(Object.keys(readers))('damaged copies of %s are read or rejected with one clear error', (name) => {
    const read = readers[name];
    if (read === undefined) throw new Error(`no reader of ${name}`);
    const good = containerFile(name);
    read(good);
    // In KiB, the most so far: other files were tested in this process.
    const before = process.resourceUsage().maxRSS;
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
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(2 ** 19);
    // A damaged file has no effect on later reads.
    expect(read(good)).toEqual(read(containerFile(name)));
  });
});
