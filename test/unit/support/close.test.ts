import { expect, test } from 'vitest';
import { expectClose } from '../../support/close.ts';

const within = { rtol: 1e-3, atol: 0 };

test('numbers within the tolerance are close', () => {
  expectClose([1, 1000], [1.0009, 1000.9], within);
  expectClose(Float32Array.of(0.1), [0.1], { rtol: 1e-7, atol: 0 });
  expectClose([], [], within);
});

test('the message names the number that is worst off and by how much', () => {
  expect(() => expectClose([1, 10, 103, 4], [1, 10.1, 100, 4], within)).toThrowErrorMatchingInlineSnapshot(
    `[Error: 2 of 4 numbers differ (rtol 0.001, atol 0). Worst at index 2: expected 100, received 103, an error of 30.0 times the tolerance.]`,
  );
});

test('an absolute tolerance adds to the relative one', () => {
  expectClose([0.001], [0], { rtol: 0, atol: 0.001 });
  expect(() => expectClose([0.0011], [0], { rtol: 0, atol: 0.001 })).toThrow('index 0');
});

test('without an absolute tolerance, zeros may be off by the relative one of the root mean square', () => {
  expectClose([0.6e-3, 1], [0, 1], { rtol: 1e-3 });
  expect(() => expectClose([0.8e-3, 1], [0, 1], { rtol: 1e-3 })).toThrow('index 0');
  expect(() => expectClose([1e-30, 0], [0, 0], { rtol: 1e-3 })).toThrow('index 0');
  expect(() => expectClose([5e299], [1e300], { rtol: 1e-3 })).toThrow('index 0');
});

test('the root mean square leaves out what is not finite', () => {
  expect(() => expectClose([Infinity, 1.1], [Infinity, 1], { rtol: 1e-3 })).toThrow('index 1');
  expect(() => expectClose([NaN, 1.1], [NaN, 1], { rtol: 1e-3 })).toThrow('index 1');
});

test('NaN and the infinities are close to themselves', () => {
  expectClose([NaN, Infinity, -Infinity, -0], [NaN, Infinity, -Infinity, 0], within);
});

test.each([
  [NaN, Infinity],
  [Infinity, NaN],
  [Infinity, -Infinity],
  [NaN, 1],
  [1, NaN],
  [1e308, Infinity],
  [Infinity, 1e308],
])('%d is not close to %d, whatever the tolerance', (actual, expected) => {
  expect(() => expectClose([actual], [expected], { rtol: 1, atol: Infinity })).toThrow('index 0');
});

test('arrays of different lengths are not close', () => {
  expect(() => expectClose([1, 2], [1], within)).toThrow('Expected 1 numbers. Received: 2.');
});

test('a tolerance that is not a number is refused', () => {
  expect(() => expectClose([1], [1], { rtol: NaN })).toThrow('Expected tolerances of at least 0');
});
