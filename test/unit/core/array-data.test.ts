import { type TensorLike, tensor } from 'evenkeel';
import { describe, expect, test } from 'vitest';

const numbers = (values: TensorLike): [string, readonly number[], number[]] => {
  const { dtype, shape, data } = tensor(values);
  return [dtype, shape, Array.from(data)];
};

/** Stands for the class of newer runtimes, which Node 20 lacks. */
class Half extends Uint16Array {
  static {
    Object.defineProperty(this.prototype, Symbol.toStringTag, { get: () => 'Float16Array' });
  }
}

describe('tensor reads every typed array', () => {
  test.each([
    [Int8Array.of(-1, 2), 'int32', [-1, 2]],
    [Uint8Array.of(1, 255), 'uint8', [1, 255]],
    [Uint8ClampedArray.of(1, 300), 'uint8', [1, 255]],
    [Int16Array.of(-300, 2), 'int32', [-300, 2]],
    [Uint16Array.of(65535, 2), 'int32', [65535, 2]],
    [Int32Array.of(-70000, 2), 'int32', [-70000, 2]],
    [Uint32Array.of(2147483647, 2), 'int32', [2147483647, 2]],
    [Float32Array.of(0.5, 2), 'float32', [0.5, 2]],
    [Float64Array.of(0.1, 2), 'float64', [0.1, 2]],
    [BigInt64Array.of(-2147483648n, 2n), 'int32', [-2147483648, 2]],
    [BigUint64Array.of(7n, 2n), 'int32', [7, 2]],
    [Buffer.from([7, 9]), 'uint8', [7, 9]],
    [Half.of(1, 2) as unknown as TensorLike, 'float32', [1, 2]],
  ])('of type %#', (values, dtype, expected) => {
    expect(numbers(values)).toEqual([dtype, [2], expected]);
  });

  test('and shares its memory where the elements have the form in which tensors hold them', () => {
    for (const values of [Uint8Array.of(1), Uint8ClampedArray.of(1), Buffer.from([1]), Float64Array.of(1)]) {
      expect(tensor(values).data.buffer).toBe(values.buffer);
    }
    const bytes = tensor(Buffer.from([1, 2])).data;
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
  });

  test('with a shape and a dtype', () => {
    expect(tensor(Int8Array.of(1, 2, 3, 4), [2, 2]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor(Uint32Array.of(4294967295), undefined, 'float64').toArray()).toEqual([4294967295]);
  });

  test('but refuses integers that int32 cannot hold', () => {
    expect(() => tensor(Uint32Array.of(1, 2147483648))).toThrow(
      '[tensor] the integers of a Uint32Array must be in [-2147483648, 2147483647], as int32 holds them. Received: 2147483648 at [1]. Convert them with Float64Array.from(…, Number).',
    );
    expect(() => tensor(BigInt64Array.of(-2147483649n))).toThrow('Received: -2147483649 at [0].');
    expect(() => tensor([BigUint64Array.of(3000000000n)])).toThrow('Received: 3000000000 at [0].');
  });

  test('but refuses bytes without a type', () => {
    for (const bytes of [new ArrayBuffer(8), new DataView(new ArrayBuffer(8)), new SharedArrayBuffer(8)]) {
      expect(() => tensor(bytes as never)).toThrow(
        `[tensor] elements must be numbers or booleans. Received: a ${bytes.constructor.name} at the top. Wrap its bytes in a typed array, such as new Float32Array(buffer).`,
      );
    }
  });
});

describe('tensor reads rows that are arrays', () => {
  test('of any type; the dtype is the most general one', () => {
    expect(numbers([Uint8Array.of(1, 2), Uint8Array.of(3, 4)])).toEqual(['uint8', [2, 2], [1, 2, 3, 4]]);
    expect(numbers([Uint8Array.of(1), Int16Array.of(-3)])).toEqual(['int32', [2, 1], [1, -3]]);
    expect(numbers([[Float32Array.of(1, 2)], [Float64Array.of(3, 0.1)]])).toEqual([
      'float64',
      [2, 1, 2],
      [1, 2, 3, 0.1],
    ]);
    expect(numbers([[1, 2], Int8Array.of(3, 4)])).toEqual(['float32', [2, 2], [1, 2, 3, 4]]);
    expect(numbers([tensor([[1, 2]]), [[3, 4]]])).toEqual(['float32', [2, 1, 2], [1, 2, 3, 4]]);
    expect(numbers([tensor([true, false])])).toEqual(['bool', [1, 2], [1, 0]]);
  });

  test('but not of different lengths', () => {
    expect(() => tensor([Float32Array.of(1, 2), Float32Array.of(3)])).toThrow(
      '[tensor] nested arrays must not be ragged: expected a list of 2 at [1]. Received: a Float32Array of shape [1].',
    );
    expect(() => tensor([[1, 2], Float32Array.of(3)])).toThrow(/ragged.* at \[1\]/);
    expect(() => tensor([Float32Array.of(3), 1])).toThrow('expected a list of 1 at [1]. Received: 1.');
    expect(() => tensor([1, Float32Array.of(3)])).toThrow(/ragged.* at \[1\]/);
  });
});

describe('tensor reads images', () => {
  const image = { data: Uint8ClampedArray.from({ length: 24 }, (_, i) => i), width: 3, height: 2 };

  test('of the form of ImageData as [height, width, channels]', () => {
    expect(tensor(image)).toMatchObject({ shape: [2, 3, 4], dtype: 'uint8' });
    expect(tensor([image, image])).toMatchObject({ shape: [2, 2, 3, 4], dtype: 'uint8' });
    const { data, width, height } = image;
    class ImageData {
      readonly data = data;
      readonly width = width;
      readonly height = height;
    }
    expect(tensor(new ImageData()).shape).toEqual([2, 3, 4]);
  });

  test('but not with incomplete pixels', () => {
    expect(() => tensor({ ...image, width: 5 })).toThrow(
      '[tensor] an image must have the same number of channels for each of its 5 × 2 pixels. Received: 24 elements.',
    );
  });
});

test('numbers beyond the range of float32 become infinities in it, as in Keras and NumPy', () => {
  expect([...tensor([1e300, -1e300]).data]).toEqual([Infinity, -Infinity]);
  expect([...tensor(Float64Array.of(1e300, 3.4e38), [2], 'float32').data]).toEqual([Infinity, Math.fround(3.4e38)]);
  expect([...tensor([1e300], [1], 'float64').data]).toEqual([1e300]);
});
