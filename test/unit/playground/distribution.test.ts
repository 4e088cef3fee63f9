import { expect, test } from 'vitest';
import { channelMoments, commonRange, histogram } from '../../../playground/src/training/distribution.ts';

test('A histogram of the playground counts each value in its bin, and those beyond the ends in none', () => {
  const values = Float32Array.of(0, 0.1, 0.5, 0.9, 1, -1, NaN, 2);
  expect(histogram(values, [0, 1], 2)).toEqual({ low: 0, high: 1, shares: [2 / 8, 2 / 8] });
});

test('The range of the playground has round ends, contains 0 and 99 % of the values, and ignores outliers and NaN', () => {
  const values = Float32Array.from({ length: 2000 }, (_, i) => 1 + i / 1000);
  values[5] = 1e9;
  values[6] = NaN;
  const [low, high] = commonRange([values, Float32Array.of(-0.31)])!;
  expect(low).toBeCloseTo(-0.5, 6);
  expect(high).toBe(3);
});

test('The range of the playground is null where no value is finite, or all are 0', () => {
  expect(commonRange([Float32Array.of(NaN, Infinity)])).toBeNull();
  expect(commonRange([new Float32Array(3)])).toBeNull();
});

test('The moments of channels are those over all rows', () => {
  const moments = channelMoments(Float32Array.of(1, 10, 3, 10, 5, 10), 2);
  expect(moments[0]!.mean).toBeCloseTo(3, 12);
  expect(moments[0]!.deviation).toBeCloseTo(Math.sqrt(8 / 3), 12);
  expect(moments[1]).toEqual({ mean: 10, deviation: 0 });
});

test('The range of the playground covers channels of different sizes', () => {
  const values = Float32Array.from({ length: 32 * 10_000 }, (_, i) => (i % 32 === 7 ? 10 : 0.1));
  expect(commonRange([values])).toEqual([0, 10]);
});
