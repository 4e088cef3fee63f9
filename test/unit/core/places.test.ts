import { describe, expect, test } from 'vitest';
import { indexOfOffset, showIndex } from '../../../src/core/shape.ts';
import { treePaths } from '../../../src/core/tree.ts';

const isNumber = (value: unknown): value is number => typeof value === 'number';

describe('paths and indices', () => {
  test('treePaths names the items of a tree', () => {
    expect(treePaths(1, isNumber)).toEqual(['']);
    expect(treePaths([1, [2, 3]], isNumber)).toEqual(['[0]', '[1][0]', '[1][1]']);
    expect(treePaths({ a: 1, b: [2] }, isNumber)).toEqual(['.a', '.b[0]']);
  });

  test('indexOfOffset and showIndex name the elements of a tensor', () => {
    expect(indexOfOffset(0, [])).toEqual([]);
    expect(indexOfOffset(5, [6])).toEqual([5]);
    expect(indexOfOffset(17, [2, 3, 4])).toEqual([1, 1, 1]);
    expect([showIndex([]), showIndex([1, 2])]).toEqual(['', ' at [1, 2]']);
  });
});
