import { describe, expect, test } from 'vitest';
import {
  expandOperand,
  isSameUpper,
  reshapeOperand,
  sliceEnds,
} from '../../../../../src/compiler/lowering/symbolic/shape-operands.ts';

const [batch, length] = [
  [10, 11, 12],
  [21, 20, 25],
];
const fixed = (size: number): number[] => [size, size, size];
const data = batch.map((size, i) => [size, 6, length[i]!]);

describe('reshapeOperand', () => {
  test("names no size: 0 for the operand's own, −1 for one that is left", () => {
    expect(reshapeOperand(data, [batch, fixed(6), length])).toEqual([fixed(0), fixed(6), fixed(0)]);
    expect(reshapeOperand(data, [batch, length.map((size) => 6 * size)])).toEqual([fixed(0), fixed(-1)]);
    expect(reshapeOperand(null, [batch, fixed(2)])).toEqual([fixed(-1), fixed(2)]);
  });

  test('one variable size is inferred; an empty axis keeps all entries', () => {
    expect(reshapeOperand(null, [batch, length])).toEqual([fixed(-1), length]);
    expect(reshapeOperand(data, [batch, fixed(0)])).toEqual([batch, fixed(0)]);
  });
});

describe('expandOperand', () => {
  test("has 1 for the operand's own sizes, counted from the last axis", () => {
    expect(expandOperand(data, [fixed(3), batch, fixed(6), length])).toEqual([fixed(3), fixed(1), fixed(6), fixed(1)]);
    expect(expandOperand(data, [length, batch, fixed(6), length])[0]).toEqual(length);
    expect(expandOperand(null, [batch])).toEqual([batch]);
  });
});

describe('sliceEnds', () => {
  test('ends count from the end of the axis if that is constant', () => {
    const ends = [length.map((size) => size - 2), length, fixed(4), batch];
    expect(sliceEnds(data, [2, 2, 1, 2], ends)).toEqual([fixed(-2), fixed(Number.MAX_SAFE_INTEGER), fixed(4), batch]);
  });
});

describe('isSameUpper', () => {
  const window = { kernel: [3], strides: [2], dilations: [1] };
  const images = [8, 9, 10].map((size) => [1, 3, size]);

  test('padding that follows the size is SAME_UPPER', () => {
    expect(
      isSameUpper(
        images,
        [
          [0, 1, 0],
          [1, 1, 1],
        ],
        window,
      ),
    ).toBe(true);
  });

  test('constant padding, a leading odd zero and dilations are not SAME_UPPER', () => {
    expect(isSameUpper(images, [fixed(1), fixed(1)], window)).toBe(false);
    expect(
      isSameUpper(
        images,
        [
          [1, 1, 1],
          [0, 1, 0],
        ],
        window,
      ),
    ).toBe(false);
    expect(isSameUpper(images, [fixed(2), fixed(2)], { ...window, strides: [1], dilations: [2] })).toBe(false);
    expect(isSameUpper(null, [], window)).toBe(false);
  });
});
