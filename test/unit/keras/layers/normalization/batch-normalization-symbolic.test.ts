import { describe, expect, test } from 'vitest';
import { Input } from '../../../../../src/keras/layers/core/input-layer.ts';
import { BatchNormalization } from '../../../../../src/keras/layers/normalization/batch-normalization.ts';
import type { BatchNormalizationOptions } from '../../../../../src/keras/layers/normalization/batch-normalization-options.ts';

describe('a symbolic call in training', () => {
  test.each<[string, BatchNormalizationOptions, (number | null)[]]>([
    ['of rows', {}, [4]],
    ['of images of any size', {}, [null, null, 4]],
    ['over several axes', { axis: [1, 3] }, [5, 6, 4]],
    ['with renormalization', { renorm: true }, [4]],
    ['of ghost batches', { virtualBatchSize: 2 }, [4]],
    ['as the fused kernel', { fused: true }, [5, 6, 4]],
    ['without scale and offset', { scale: false, center: false }, [4]],
  ])('a symbolic call in training gives the shape of its input, whose batch nobody knows: %s', (_, options, shape) => {
    const layer = new BatchNormalization(options);
    expect(layer.apply(Input({ shape }), { training: true }).shape).toEqual([null, ...shape]);
    expect(layer.inboundNodes[0]!.training).toBe(true);
  });

  test('a symbolic call in training: heeds a mask', () => {
    const mask = Input({ shape: [5], dtype: 'bool' });
    expect(new BatchNormalization().apply(Input({ shape: [5, 4] }), { training: true, mask }).shape).toEqual([
      null,
      5,
      4,
    ]);
  });
});
