import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import { normalize } from '../../../../src/keras/utils/index.ts';
import { expectClose } from '../../../support/close.ts';

const matrix = [
  [3, 0, 12],
  [4, 5, 0],
];

describe('utils.normalize', () => {
  test.each<[object, readonly number[]]>([
    [{}, [0.24253563, 0, 0.9701425, 0.62469505, 0.78086881, 0]],
    [{ axis: 1 }, [0.24253563, 0, 0.9701425, 0.62469505, 0.78086881, 0]],
    [{ axis: 0 }, [0.6, 0, 1, 0.8, 1, 0]],
    [{ order: 1 }, [0.2, 0, 0.8, 0.44444444, 0.55555556, 0]],
    [{ order: Infinity }, [0.25, 0, 1, 0.8, 1, 0]],
    [{ axis: null }, [0.24153424, 0, 0.96613696, 0.32204565, 0.40255707, 0]],
    [{ axis: null, order: 1 }, [0.25, 0, 1, 0.33333333, 0.41666667, 0]],
    [{ axis: null, order: Infinity }, [0.2, 0, 0.8, 0.26666667, 0.33333333, 0]],
  ])("gives NumPy's numbers with %j", (options, expected) => {
    expectClose(normalize(tensor(matrix, undefined, 'float64'), options).data, expected, { rtol: 1e-7 });
  });

  test('normalize divides a matrix by its maximum singular value with axis: null', () => {
    const y = normalize(
      tensor(
        [
          [3, 4],
          [1, 2],
        ],
        undefined,
        'float64',
      ),
      { axis: null },
    );
    expectClose(
      y.data,
      [3, 4, 1, 2].map((entry) => entry / 5.4649857042190426),
      { rtol: 1e-14 },
    );
  });

  test('normalize divides a vector by its norm with axis: null', () => {
    expectClose(normalize([3, 4], { axis: null }).data, [0.6, 0.8], { rtol: 1e-7 });
  });

  test('normalize does not change vectors of norm 0', () => {
    expect(
      normalize([
        [0, 0],
        [0, 2],
      ]).toArray(),
    ).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(normalize([[0, 0]], { axis: null }).toArray()).toEqual([[0, 0]]);
  });

  test('normalize keeps the shape and floating types, and converts integers to float32', () => {
    expect(normalize(tensor(new Float64Array(6), [1, 2, 3]))).toMatchObject({ shape: [1, 2, 3], dtype: 'float64' });
    expect(normalize(tensor(Int32Array.of(3, 4)))).toMatchObject({ shape: [2], dtype: 'float32' });
  });

  test('normalize does not modify its input', () => {
    const x = tensor([3, 4]);
    normalize(x);
    expect(x.toArray()).toEqual([3, 4]);
  });

  test('every norm is 1 after normalize, for any numbers and order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (row, order) => {
          fc.pre(row.some((entry) => Math.abs(entry) > 1e-3));
          const y = [...normalize(Float64Array.from(row), { order }).data];
          expectClose([y.reduce((sum, entry) => sum + Math.abs(entry) ** order, 0)], [1], { rtol: 1e-9 });
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  test('the maximum singular value of any matrix is found', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 5, maxLength: 25 }),
        (columns, entries) => {
          const rows = Math.floor(entries.length / columns);
          const data = Float64Array.from(entries.slice(0, rows * columns));
          fc.pre(data.some((entry) => Math.abs(entry) > 1e-3));
          const y = normalize(tensor(data, [rows, columns]), { axis: null });
          // Power iteration on the normalized matrix finds 1.
          let v = Array.from({ length: columns }, (_, i) => 1 + i / 7);
          let value = 0;
          for (let step = 0; step < 3000; step++) {
            const u = Array.from({ length: rows }, (_, i) =>
              v.reduce((sum, each, j) => sum + y.data[i * columns + j]! * each, 0),
            );
            const w = v.map((_, j) => u.reduce((sum, each, i) => sum + y.data[i * columns + j]! * each, 0));
            value = Math.hypot(...w) / Math.hypot(...v);
            const length = Math.hypot(...w) || 1;
            v = w.map((each) => each / length);
          }
          expectClose([value], [1], { rtol: 1e-3 });
        },
      ),
      { seed: 2, numRuns: 50 },
    );
  });

  test.each<[unknown, object, string]>([
    [[1], { order: 0.5 }, '[utils.normalize] order must be a number ≥ 1 or Infinity. Received: order=0.5.'],
    [[1], { axis: 1 }, '[utils.normalize] axis must be in [-1, 0] for an input of rank 1. Received: axis=1.'],
    [[1], { ord: 1 }, '[utils.normalize] unknown option "ord". Did you mean "order"?'],
    [
      [[[1]]],
      { axis: null },
      '[utils.normalize] x must be a vector or a matrix with axis: null. Received: an array of rank 3. Pass an axis, or reshape the array.',
    ],
    [
      [[1]],
      { axis: null, order: 3 },
      '[utils.normalize] order must be 1, 2 or Infinity for a matrix with axis: null. Received: order=3. Pass an axis.',
    ],
  ])('refuses %j with %j', (x, options, message) => {
    expect(() => normalize(x as number[], options)).toThrow(message);
  });
});
