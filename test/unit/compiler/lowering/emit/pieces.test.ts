import { describe, expect, test } from 'vitest';
import { choosePieces } from '../../../../../src/compiler/lowering/emit/kernel-gradient/pieces.ts';

describe('the pieces of samples in a kernel gradient', () => {
  test('are whole images if the batch consists of whole blocks and the images are small', () => {
    expect(choosePieces(16, [64, 16, 32, 32])).toMatchObject({ pieces: 1, paddedBatch: 64 });
  });

  test('make whole blocks of a small batch', () => {
    expect(choosePieces(16, [8, 16, 32, 32])).toMatchObject({ pieces: 2, paddedBatch: 8 });
  });

  test('are so small that their part of dy fits the cache', () => {
    const { pieces } = choosePieces(16, [16, 64, 128, 128]);
    expect((128 / pieces) * 128 * 16 * 64 * 4).toBeLessThanOrEqual(1.25 * 2 ** 20);
  });

  test('are completed by padded samples where the rows do not divide', () => {
    expect(choosePieces(16, [10, 16, 5, 5])).toMatchObject({ pieces: 1, paddedBatch: 16 });
  });

  test('share their size with a block of eight samples', () => {
    expect(choosePieces(8, [4, 16, 6, 6])).toMatchObject({ pieces: 2, paddedBatch: 4 });
  });
});
