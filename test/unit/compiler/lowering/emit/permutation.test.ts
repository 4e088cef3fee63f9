import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../../../src/core/shape.ts';
import {
  type Permutation,
  compose,
  formOf,
  matricesIn,
  mergeAxes,
  permutedShape,
  planTranspositions,
} from '../../../../../src/compiler/lowering/emit/permutation.ts';

/** The elements after an exchange of axes, whatever the shape in which they were seen before. */
function move<T>(elements: readonly T[], { shape, perm }: Permutation): readonly T[] {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const read = (axes: readonly number[], offset: number): readonly T[] => {
    const [axis, ...rest] = axes;
    if (axis === undefined) return [elements[offset]!];
    return Array.from({ length: shape[axis]! }, (_, i) => read(rest, offset + i * strides[axis]!)).flat();
  };
  return read(perm, 0);
}

const numbers = (shape: readonly number[]): readonly number[] => [...new Array(sizeOf(shape)).keys()];

/** Exchanges of axes, some of which have one element. */
const permutations: fc.Arbitrary<Permutation> = fc
  .array(fc.constantFrom(1, 2, 3, 4, 16), { minLength: 1, maxLength: 5 })
  .filter((shape) => sizeOf(shape) <= 4096)
  .chain((shape) => {
    const axes = shape.map((_, axis) => axis);
    return fc
      .shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length })
      .map((perm) => ({ shape, perm }));
  });

describe('an exchange of axes', () => {
  test('moves the same elements after its axes are merged', () => {
    fc.assert(
      fc.property(permutations, (whole) => {
        const merged = mergeAxes(whole);
        expect(merged.shape).not.toContain(1);
        expect(move(numbers(whole.shape), merged)).toEqual(move(numbers(whole.shape), whole));
      }),
    );
  });

  test('has merged axes where they stay neighbors, also with an axis of one element between', () => {
    expect(mergeAxes({ shape: [2, 3, 1, 4, 5], perm: [4, 0, 1, 3, 2] })).toEqual({ shape: [24, 5], perm: [1, 0] });
    expect(mergeAxes({ shape: [2, 3], perm: [0, 1] })).toEqual({ shape: [6], perm: [0] });
    expect(mergeAxes({ shape: [1, 1], perm: [1, 0] })).toEqual({ shape: [], perm: [] });
  });

  test.for([0, 8, 16])('is made of the planned steps with blocks of %i', (block) => {
    fc.assert(
      fc.property(permutations, (whole) => {
        const steps = planTranspositions(mergeAxes(whole), block);
        expect(steps.length).toBeLessThanOrEqual(2);
        let elements = numbers(whole.shape);
        for (const step of steps) elements = move(elements, step);
        expect(elements).toEqual(move(numbers(whole.shape), whole));
      }),
    );
  });

  test('is composed with another one that sees its result in another shape', () => {
    fc.assert(
      fc.property(permutations, permutations, fc.boolean(), (first, other, isMerged) => {
        const between = permutedShape(first);
        const seen = isMerged ? [sizeOf(between.slice(0, 2)), ...between.slice(2)] : between;
        const perm = other.perm.length === seen.length ? other.perm : seen.map((_, axis) => seen.length - 1 - axis);
        const second = { shape: seen, perm };
        const composed = compose(first, second)!;
        expect(move(numbers(first.shape), composed)).toEqual(move(move(numbers(first.shape), first), second));
      }),
    );
  });

  test('is composed where shapes have common factors, and not where they have none', () => {
    const blocks = { shape: [8, 4, 3, 3, 16, 16], perm: [1, 5, 0, 4, 2, 3] };
    // [o / b, b, c / b, b, h, w] seen as [o, c, h, w]
    expect(mergeAxes(compose(blocks, { shape: [64, 128, 3, 3], perm: [2, 3, 1, 0] })!)).toEqual({
      shape: [8, 4, 9, 16, 16],
      perm: [2, 0, 3, 1, 4],
    });
    expect(compose({ shape: [4, 6], perm: [1, 0] }, { shape: [4, 6], perm: [1, 0] })).toBeNull();
    expect(compose({ shape: [0, 6], perm: [1, 0] }, { shape: [6, 0], perm: [1, 0] })).toBeNull();
  });
});

describe('the plan of a transposition', () => {
  test('is none where nothing moves', () => {
    expect(planTranspositions(mergeAxes({ shape: [1, 5, 1], perm: [2, 1, 0] }), 16)).toEqual([]);
  });

  test('is one step for a matrix, and where the last axis stays', () => {
    const matrix = { shape: [1152, 128], perm: [1, 0] };
    expect(planTranspositions(matrix, 0)).toEqual([matrix]);
    const rows = { shape: [9, 8, 128], perm: [1, 0, 2] };
    expect(planTranspositions(rows, 0)).toEqual([rows]);
  });

  test('has the transposition of a matrix, and moves rows, for a kernel of convolutions', () => {
    expect(planTranspositions({ shape: [128, 128, 9], perm: [2, 1, 0] }, 0)).toEqual([
      { shape: [128, 1152], perm: [1, 0] },
      { shape: [128, 9, 128], perm: [1, 0, 2] },
    ]);
  });

  test('has a list of blocks where the engine reorders them', () => {
    const swapped = { shape: [9, 8, 16, 8, 16], perm: [1, 3, 0, 4, 2] };
    const [first, ...rest] = planTranspositions(swapped, 16);
    expect(first).toEqual({ shape: [72, 16, 128], perm: [0, 2, 1] });
    expect(formOf(first!, 16)).toBe('ReorderInput');
    expect(rest).toEqual([{ shape: [9, 64, 256], perm: [1, 0, 2] }]);
  });

  test('has the operator of the blocked layout by the rows or the columns of the matrices', () => {
    expect(formOf({ shape: [16, 100], perm: [1, 0] }, 16)).toBe('ReorderInput');
    expect(formOf({ shape: [20, 100, 8], perm: [0, 2, 1] }, 8)).toBe('ReorderOutput');
    expect(formOf({ shape: [16, 100], perm: [1, 0] }, 0)).toBe('Transpose');
    expect(formOf({ shape: [16, 2, 3], perm: [2, 1, 0] }, 16)).toBe('Transpose');
    expect(matricesIn({ shape: [20, 100, 8], perm: [0, 2, 1] })).toEqual({ count: 20, rows: 100, columns: 8 });
  });
});
