import { describe, expect, test } from 'vitest';
import { tensor } from '../../../src/core/tensor.ts';
import { storedToTensor, tensorToStored } from '../../../src/formats/arrays/convert-stored.ts';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from '../../../src/formats/arrays/halves.ts';
import type { StoredArray, StoredElements, StoredType } from '../../../src/formats/arrays/stored.ts';

const stored = (dtype: StoredType, data: StoredElements, shape = [data.length]): StoredArray => ({
  kind: 'array',
  dtype,
  shape,
  data,
});

describe('storedToTensor', () => {
  test('storedToTensor shares the elements of dtypes that tensors support', () => {
    for (const data of [new Float32Array(2), new Float64Array(2), new Int32Array(2), new Uint8Array(2)]) {
      const dtype = {
        Float32Array: 'float32',
        Float64Array: 'float64',
        Int32Array: 'int32',
        Uint8Array: 'uint8',
      } as const;
      const name = dtype[data.constructor.name as keyof typeof dtype];
      const made = storedToTensor(stored(name, data, [2, 1]), undefined, 'test');
      expect([made.dtype, made.shape, made.data === data]).toEqual([name, [2, 1], true]);
    }
  });

  test('storedToTensor converts float16 and bfloat16 to float32, and other integers to int32', () => {
    const read = (dtype: StoredType, data: StoredElements): unknown[] => {
      const made = storedToTensor(stored(dtype, data), undefined, 'test');
      return [made.dtype, made.toArray()];
    };
    expect(read('float16', Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x7e00))).toEqual([
      'float32',
      [1, -2, 2 ** -24, Infinity, NaN],
    ]);
    expect(read('bfloat16', Uint16Array.of(0x3f80, 0xc020))).toEqual(['float32', [1, -2.5]]);
    expect(read('int64', BigInt64Array.of(-(2n ** 31n), 7n))).toEqual(['int32', [-(2 ** 31), 7]]);
    expect(read('uint16', Uint16Array.of(65535))).toEqual(['int32', [65535]]);
    expect(read('bool', Uint8Array.of(0, 1, 5))).toEqual(['bool', [0, 1, 1]]);
  });

  test('storedToTensor converts to the requested dtype', () => {
    const as = (dtype: 'float32' | 'float64' | 'int32', array: StoredArray): unknown =>
      storedToTensor(array, dtype, 'test').toArray();
    expect(as('float32', stored('int64', BigInt64Array.of(2n ** 40n)))).toEqual([2 ** 40]);
    expect(as('float32', stored('float64', Float64Array.of(0.1)))).toEqual([Math.fround(0.1)]);
    expect(as('int32', stored('float32', Float32Array.of(3)))).toEqual([3]);
    expect(as('float64', stored('bool', Uint8Array.of(2)))).toEqual([1]);
  });

  test('storedToTensor rejects values out of range for the dtype and elements that do not match the shape', () => {
    expect(() => storedToTensor(stored('int64', BigInt64Array.of(2n ** 31n)), undefined, 'load')).toThrow(
      '[load] values in files must fit the tensors they are read into. Received: 2147483648 of type int64 for int32.',
    );
    expect(() => storedToTensor(stored('float32', Float32Array.of(0.5)), 'int32', 'load')).toThrow(
      '[load] values in files must fit the tensors they are read into. Received: 0.5 of type float32 for int32.',
    );
    expect(() => storedToTensor(stored('uint8', Uint8Array.of(2)), 'bool', 'load')).toThrow('2 of type uint8 for bool');
    expect(() => storedToTensor(stored('float32', new Float32Array(2), [3]), undefined, 'load')).toThrow(
      "[load] a stored array's elements must fit its shape and type. Received: shape=[3], dtype=float32 and 8 bytes.",
    );
  });
});

describe('tensorToStored', () => {
  test('tensorToStored shares the elements or converts them to another dtype', () => {
    const x = tensor([1, -2.5], undefined, 'float32');
    expect(tensorToStored(x)).toEqual(stored('float32', Float32Array.of(1, -2.5)));
    expect(tensorToStored(x).data).toBe(x.data);
    expect(tensorToStored(x, 'bfloat16').data).toEqual(Uint16Array.of(0x3f80, 0xc020));
    expect(tensorToStored(x, 'float16').data).toEqual(Uint16Array.of(0x3c00, 0xc100));
    expect(tensorToStored(tensor([7], undefined, 'int32'), 'int64').data).toEqual(BigInt64Array.of(7n));
  });

  test('tensorToStored rejects integers out of range, and conversions between floats and integers', () => {
    expect(() => tensorToStored(tensor([-1], undefined, 'int32'), 'uint32', 'save')).toThrow(
      '[save] integers must fit the type they are stored as. Received: -1 as uint32.',
    );
    expect(() => tensorToStored(tensor([1]), 'int64', 'save')).toThrow(
      '[save] a tensor of float32 cannot be stored as int64. Received: dtype=int64.',
    );
  });
});

describe('halves', () => {
  const every16Bits = Array.from({ length: 65536 }, (_, half) => half);

  test('float16 conversion preserves every float16 and rounds other values to nearest, ties to even', () => {
    const changed = every16Bits.filter((half) => {
      const value = fromFloat16(half);
      return !Number.isNaN(value) && toFloat16(value) !== half;
    });
    expect(changed).toEqual([]);
    expect(fromFloat16(toFloat16(1 + 2 ** -11))).toBe(1);
    expect(fromFloat16(toFloat16(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
    expect([65519, 65520, -65520].map((value) => fromFloat16(toFloat16(value)))).toEqual([65504, Infinity, -Infinity]);
    expect(fromFloat16(toFloat16(2 ** -25))).toBe(0);
    expect(fromFloat16(toFloat16(2 ** -25 * 1.01))).toBe(2 ** -24);
    expect(fromFloat16(toFloat16(NaN))).toBeNaN();
  });

  test('bfloat16 conversion preserves every bfloat16 and rounds other values to nearest, ties to even', () => {
    const changed = every16Bits.filter((half) => {
      const value = fromBfloat16(half);
      return !Number.isNaN(value) && toBfloat16(value) !== half;
    });
    expect(changed).toEqual([]);
    expect(fromBfloat16(toBfloat16(1 + 2 ** -8))).toBe(1);
    expect(fromBfloat16(toBfloat16(1 + 3 * 2 ** -8))).toBe(1 + 2 ** -6);
    expect(fromBfloat16(toBfloat16(3.4e38))).toBe(Infinity);
    expect(fromBfloat16(toBfloat16(NaN))).toBeNaN();
  });
});
