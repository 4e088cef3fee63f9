import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalAxes } from '../../../src/core/axes.ts';
import { promote } from '../../../src/core/dtype.ts';
import { show } from '../../../src/core/errors.ts';
import { snakeCase } from '../../../src/core/names.ts';
import { checkOptions } from '../../../src/core/checks.ts';
import { RandomStream, drawSeed, setRandomSeed } from '../../../src/core/random.ts';
import { broadcastShapes } from '../../../src/core/shape.ts';
import { Tensor, tensor } from '../../../src/core/tensor.ts';

describe('tensor', () => {
  test('accepts nested arrays, typed arrays and numbers', () => {
    expect(tensor([[1, 2], [3, 4]])).toMatchObject({ shape: [2, 2], dtype: 'float32' }); // prettier-ignore
    expect(tensor([true, false])).toMatchObject({ shape: [2], dtype: 'bool' });
    expect(tensor(3).item()).toBe(3);
    expect(tensor([[]]).shape).toEqual([1, 0]);
    const data = new Int32Array(6);
    expect(tensor(data, [2, 3]).data).toBe(data);
    expect(tensor([1.7, -1.7], undefined, 'int32').toArray()).toEqual([1, -1]);
    expect(tensor([0, 2], undefined, 'bool').toArray()).toEqual([0, 1]);
  });

  test('returns the nested arrays from which it was created', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 4 }), (rows, columns) => {
        const nested = Array.from({ length: rows }, (_, i) =>
          Array.from({ length: columns }, (_, j) => i * columns + j),
        );
        expect(tensor(nested).toArray()).toEqual(nested);
      }),
    );
  });

  test.for<[what: string, make: () => unknown, message: string]>([
    [
      'a row that is shorter',
      () => tensor([[1, 2], [3]]),
      '[tensor] nested arrays must not be ragged: expected a list of 2 at [1]. Received: a list of 1.',
    ],
    [
      'a list among numbers',
      () => tensor([1, [2]]),
      '[tensor] nested arrays must not be ragged: expected a number at [1]. Received: a list of 1.',
    ],
    [
      'a number among lists',
      () => tensor([[1], 2]),
      '[tensor] nested arrays must not be ragged: expected a list of 1 at [1]. Received: 2.',
    ],
    [
      'a word',
      () => tensor(['one' as never]),
      '[tensor] elements must be numbers or booleans. Received: "one" at [0].',
    ],
    [
      'a shape of another size',
      () => tensor(new Float32Array(5), [2, 3]),
      '[tensor] shape must have as many elements as the data, 5. Received: shape=[2, 3].',
    ],
    [
      'an unknown size',
      () => tensor([1], [null as never]),
      "[tensor] every size of a tensor's shape must be known. Received: shape=[null].",
    ],
    [
      'an unknown type',
      () => tensor([1], undefined, 'float16' as never),
      '[tensor] dtype must be one of bool, uint8, int32, float32, float64. Received: dtype="float16".',
    ],
    [
      'item of two elements',
      () => tensor([1, 2]).item(),
      '[Tensor] item() requires exactly one element. Received: shape [2].',
    ],
    [
      'a reshape of another size',
      () => tensor([1, 2]).reshape([3]),
      '[Tensor] reshape requires a shape of 2 elements. Received: shape=[3].',
    ],
  ])('refuses %s', ([, make, message]) => {
    expect(make).toThrow(expect.objectContaining({ message }));
  });
});

describe('shapes and axes', () => {
  test('shapes broadcast by the rule of NumPy, and unknown sizes stay unknown', () => {
    expect(broadcastShapes([2, 1], [3])).toEqual([2, 3]);
    expect(broadcastShapes([null, 3], [1, 3])).toEqual([null, 3]);
    expect(broadcastShapes([null], [4])).toEqual([4]);
    expect(broadcastShapes([2], [3])).toBeNull();
  });

  test('axes may be negative and must not repeat', () => {
    expect(canonicalAxes([-1, 0], 3, 'test')).toEqual([2, 0]);
    expect(() => canonicalAxes([0, -3], 3, 'test')).toThrow(
      '[test] axis must not repeat an axis. Received: axis=[0, -3].',
    );
  });

  test('dtypes promote as in Keras', () => {
    expect(promote('int32', 'float32')).toBe('float32');
    expect(promote('bool', 'uint8')).toBe('uint8');
  });
});

describe('random streams', () => {
  test('are equal for equal seeds and differ for others', () => {
    const draw = (seed: number): number[] => {
      const stream = new RandomStream(seed);
      return Array.from({ length: 5 }, () => stream.nextInteger());
    };
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
    expect(draw(2 ** 40)).not.toEqual(draw(2 ** 41));
  });

  test('have the moments of uniform and normal distributions', () => {
    const stream = new RandomStream(1);
    const moments = (next: () => number): [number, number] => {
      const draws = Array.from({ length: 20_000 }, next);
      const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
      return [mean, draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length];
    };
    const [mean, variance] = moments(() => stream.nextUniform());
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.003);
    const [normalMean, normalVariance] = moments(() => stream.nextNormal());
    expect(Math.abs(normalMean)).toBeLessThan(0.03);
    expect(Math.abs(normalVariance - 1)).toBeLessThan(0.05);
  });

  test('permute every number exactly once', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(), (count, seed) => {
        const order = [...new RandomStream(seed).permutation(count)].sort((a, b) => a - b);
        expect(order).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });

  test('setRandomSeed makes subsequent seeds reproducible', () => {
    setRandomSeed(5);
    const first = [drawSeed(), drawSeed()];
    setRandomSeed(5);
    expect([drawSeed(), drawSeed()]).toEqual(first);
    expect(() => {
      setRandomSeed(-1);
    }).toThrow('[setRandomSeed] seed must be an integer ≥ 0. Received: seed=-1.');
  });
});

describe('messages', () => {
  test('an unknown option throws with the closest known one', () => {
    expect(() => {
      checkOptions('Dense', { unit: 3 }, ['units', 'activation']);
    }).toThrow('[Dense] unknown option "unit". Did you mean "units"?');
  });

  test('values are shown as typed in code, on one line', () => {
    expect([1, 'a', [1, NaN], { a: null }, undefined, () => 1, tensor([1])].map(show)).toEqual([
      '1', '"a"', '[1, "NaN"]', '{"a":null}', 'undefined', 'function (anonymous)', 'a Tensor',
    ]); // prettier-ignore
    expect(show('x'.repeat(300)).length).toBeGreaterThan(300);
    expect(show(Array.from({ length: 300 }, () => 1)).length).toBeLessThan(130);
  });

  test('class names have the snake-case forms of Keras', () => {
    expect(['BatchNormalization', 'Conv2D', 'ReLU', 'RMSNormalization', 'MaxPooling2D'].map(snakeCase)).toEqual([
      'batch_normalization', 'conv2d', 're_lu', 'rms_normalization', 'max_pooling2d',
    ]); // prettier-ignore
  });

  test('a tensor prints its shape and dtype', () => {
    expect(String(new Tensor(new Float32Array(2), [2]))).toBe('Tensor(shape=[2], dtype=float32)');
  });
});
