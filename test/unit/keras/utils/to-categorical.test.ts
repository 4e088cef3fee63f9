import { utils } from 'evenkeel';
import { describe, expect, test } from 'vitest';

describe('toCategorical', () => {
  test('toCategorical removes a last axis of size 1, as Keras does, but never the only one', () => {
    expect(utils.toCategorical([[2], [0]]).shape).toEqual([2, 3]);
    expect(utils.toCategorical([[1, 0]]).shape).toEqual([1, 2, 2]);
    expect(utils.toCategorical([0]).shape).toEqual([1, 1]);
    expect(utils.toCategorical(new Int32Array([1]), 4).toArray()).toEqual([[0, 1, 0, 0]]);
  });

  test.each([
    [
      () => utils.toCategorical([0, 3], 3),
      '[utils.toCategorical] labels must be integers from 0 to 2. Received: label 3. Number the classes from 0, and pass numClasses.',
    ],
    [() => utils.toCategorical([-1]), '[utils.toCategorical] labels must be integers from 0 to 0. Received: label -1.'],
    [
      () => utils.toCategorical([0.5], 2),
      '[utils.toCategorical] labels must be integers from 0 to 1. Received: label 0.5.',
    ],
    [
      () => utils.toCategorical([1], 0),
      '[utils.toCategorical] numClasses must be an integer ≥ 1. Received: numClasses=0.',
    ],
  ])('toCategorical refuses what is no label (%#)', (run, message) => {
    expect(run).toThrow(message);
  });
});
