import { expect, test } from 'vitest';
import { Input, Sequential, layers } from '../../../../src/index.ts';
import type { StoredArray } from '../../../../src/formats/arrays/stored.ts';
import { writeHdf5 } from '../../../../src/formats/hdf5/hdf5.ts';
import { GroupBuilder } from '../../../../src/keras/saving/groups.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';

const stored = (dtype: 'int8' | 'float32', shape: readonly number[], values: readonly number[]): StoredArray =>
  dtype === 'int8'
    ? { kind: 'array', dtype, shape, data: Int8Array.from(values) }
    : { kind: 'array', dtype, shape, data: Float32Array.from(values) };

async function weightsFile(arrays: readonly StoredArray[]): Promise<Uint8Array> {
  const builder = new GroupBuilder();
  builder.group('layers/dense/vars');
  for (const [i, array] of arrays.entries()) builder.add(`layers/dense/vars/${i}`, array);
  return writeHdf5(builder.build(), 'test');
}

const dense = (): Sequential => new Sequential([Input({ shape: [3] }), new layers.Dense(2, { name: 'dense' })]);

test('a kernel of 4 bits that Keras 3.11 packed by columns is dequantized', async () => {
  const model = dense();
  const byte = (low: number, high: number): number => (low & 15) | (high << 4);
  const kernel = stored('int8', [2, 2], [byte(1, -2), byte(-8, 7), byte(3, 0), byte(-1, 0)]);
  await model.loadWeights(await weightsFile([kernel, stored('float32', [2], [5, 6]), stored('float32', [2], [2, 4])]));
  expect(expectWarning('(int4)')).toContain('"dense"');
  expect(model.getWeights().map(({ data }) => [...data])).toEqual([
    [0.5, -2, -1, 1.75, 1.5, -0.25],
    [5, 6],
  ]);
});

test('weights of 8 bits in an arrangement that Keras does not have are refused as those of a quantized layer', async () => {
  const kernel = stored('int8', [5, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const vectors = [stored('float32', [2], [5, 6]), stored('float32', [2], [2, 4])];
  await expect(dense().loadWeights(await weightsFile([kernel, ...vectors]))).rejects.toThrow(
    'layers/dense/vars of the layer "dense" must contain 2 variables. Received: 3 variables of a quantized layer, in an unknown arrangement.',
  );
});
