import { describe, expect, test } from 'vitest';
import { type KnownType, SizeTemplate, samplesOf } from '../../../../src/compiler/program/size-template.ts';

const types = (...shapes: readonly (readonly number[])[]): readonly KnownType[] =>
  shapes.map((shape) => ({ shape, dtype: 'float32' }));

describe('SizeTemplate', () => {
  test('the axes that differ are free, and those that change together share a size', () => {
    const template = SizeTemplate.of(types([8, 3], [8])).including(types([5, 3], [5]));
    expect(template.free.map(({ places }) => places)).toEqual([
      [
        [0, 0],
        [1, 0],
      ],
    ]);
    expect(template.match(types([7, 3], [7]))).toEqual([7]);
    expect(template.match(types([7, 3], [6]))).toBe(null);
    expect(template.match(types([7, 4], [7]))).toBe(null);
  });

  test('axes that were equal by chance are separated when they differ', () => {
    const equal = SizeTemplate.of(types([8, 8])).including(types([5, 5]));
    expect(equal.free.length).toBe(1);
    const separate = equal.including(types([5, 9]));
    expect(separate.free.map(({ places }) => places)).toEqual([[[0, 0]], [[0, 1]]]);
    expect(separate.match(types([2, 3]))).toEqual([2, 3]);
  });

  test('samples of rows are few, those of other sizes have all remainders, and no two sizes are equal', () => {
    const rows = SizeTemplate.of(types([32, 3])).including(types([7, 3]));
    expect(samplesOf(rows)[0]).toEqual({ samples: [[32], [33], [34]], multiple: 1 });
    const images = SizeTemplate.of(types([2, 32, 32, 3])).including(types([1, 64, 96, 3]));
    const [first, second] = samplesOf(images);
    expect(first?.samples.length).toBe(7);
    expect(second?.multiple).toBe(32);
    for (const sizes of second?.samples ?? []) {
      expect(new Set(sizes).size).toBe(3);
      expect(sizes.slice(1).every((size) => size % 32 === 0)).toBe(true);
    }
    expect(images.isMultiple([1, 64, 96], 32)).toBe(true);
    expect(images.isMultiple([1, 64, 95], 32)).toBe(false);
  });
});
