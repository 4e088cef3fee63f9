import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadModel } from '../../../src/index.ts';

/** The bytes in a Buffer that begins at an offset of its memory. */
function bufferAt(offset: number, bytes: Uint8Array): Buffer {
  const memory = Buffer.alloc(bytes.length + offset);
  memory.set(bytes, offset);
  return memory.subarray(offset);
}

const offsets = [1, 2, 3, 4, 5, 6, 7];

test.each(['adam.keras', 'adam.h5'])(
  '%s is read from a Buffer at every alignment, which keeps its bytes',
  async (name) => {
    const bytes = new Uint8Array(readFileSync(`test/golden/files/${name}`));
    const expected = (await loadModel(bytes)).getWeights().map(({ data }) => data);
    for (const offset of offsets) {
      const buffer = bufferAt(offset, bytes);
      expect((await loadModel(buffer)).getWeights().map(({ data }) => data)).toEqual(expected);
      expect(buffer.equals(bytes)).toBe(true);
    }
  },
);
