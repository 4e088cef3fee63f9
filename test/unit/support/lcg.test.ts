import { expect, test } from 'vitest';
import { lcg } from '../../support/lcg.ts';

// The numbers are those that lcg of test/golden/make/common.py gives.

test('the sequence is that of the Python scripts', () => {
  expect([...lcg([2, 3], 1)]).toEqual([
    -0.52708899974823, -0.26145875453948975, 0.00848400592803955, 0.40976643562316895, -0.898912787437439,
    -0.2609633207321167,
  ]);
  expect([...lcg([3], 0)]).toEqual([-0.5278640985488892, -0.4428662061691284, 0.6390674114227295]);
});

test('a scalar is one number, and a seed may have all 32 bits', () => {
  expect([...lcg([], 4294967295)]).toEqual([-0.5286391973495483]);
});

test('bounds are applied in float64 before the number is rounded to float32', () => {
  expect([...lcg([4], 1234, 0, 0.1)]).toEqual([
    0.0714307650923729, 0.02070130780339241, 0.07495418190956116, 0.034606240689754486,
  ]);
});

test('a long sequence does not drift', () => {
  const values = lcg([1000, 7], 99, -0.3, 0.7);
  expect(values.at(-1)).toBe(0.2477908879518509);
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1373.9687364997299, 9);
});
