import { type Value, ops, tensor } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import * as build from '../../../../src/compiler/builder/index.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { expectClose } from '../../../support/close.ts';
import { checkGradient, evaluateAll } from '../../../support/gradient-check.ts';
import { randomTensors } from '../../../support/random-tensors.ts';

const random = randomTensors(41);

/** Symmetric matrices of a shape. */
function symmetric(shape: readonly number[]): Tensor {
  const [x] = evaluateAll(([value]) => [build.add(value!, transposed(value!))], [random(shape)]);
  return x!;
}

const transposed = (x: Value): Value => ops.swapaxes(x, -1, -2);

const diagonal = (s: Value): Value =>
  ops.multiply(ops.expandDims(s, -1), ops.eye(s.shape.at(-1)!, { dtype: 'float64' }));

describe('eigh', () => {
  test.each([[[1, 1]], [[2, 2]], [[5, 5]], [[8, 8]], [[2, 3, 3]]])('diagonalizes matrices of shape %j', (shape) => {
    const x = symmetric(shape);
    const [values, again, unit] = evaluateAll(
      ([a]) => {
        const [w, v] = ops.eigh(a!) as [Value, Value];
        return [w, ops.matmul(ops.matmul(v, diagonal(w)), transposed(v)), ops.matmul(transposed(v), v)];
      },
      [x],
    );
    expectClose(again!.data, x.data, { rtol: 1e-11 });
    const size = shape.at(-1)!;
    expectClose(
      unit!.data,
      Float64Array.from(unit!.data, (_, i) => Number(i % size === Math.floor(i / size) % size)),
      { rtol: 1e-12 },
    );
    const rows = values!.toArray() as number[] | number[][];
    for (const row of (Array.isArray(rows[0]) ? rows : [rows]) as number[][]) {
      expect(row).toEqual(row.toSorted((a, b) => a - b));
    }
  });

  test('has the gradients of eigenvalues, and of eigenvectors up to their sign', () => {
    const x = random([2, 4, 4]);
    checkGradient('eigenvalues', ([a]) => ops.eigh(a!)[0]!, [x]);
    checkGradient('eigenvectors', ([a]) => ops.square(ops.eigh(a!)[1]!), [x], { rtol: 1e-5 });
  });
});

describe('svd', () => {
  const shapes = [[1, 1], [4, 4], [5, 3], [3, 5], [2, 3, 2], [1, 4]]; // prettier-ignore
  test.each(shapes.flatMap((shape) => [true, false].map((full) => [shape, full] as const)))(
    'factors matrices of shape %j, full: %s',
    (shape, fullMatrices) => {
      const x = random(shape);
      const [m, n] = [shape.at(-2)!, shape.at(-1)!];
      const k = Math.min(m, n);
      const [u, s, vh, again, unit] = evaluateAll(
        ([a]) => {
          const factors = ops.svd(a!, { fullMatrices });
          const [left, right] = [
            ops.getItem(factors[0], ['...', { stop: k }]),
            ops.getItem(factors[2], ['...', { stop: k }, {}]),
          ];
          const product = ops.matmul(ops.matmul(left, diagonal(factors[1])), right);
          return [...factors, product, ops.matmul(transposed(factors[0]), factors[0])];
        },
        [x],
      );
      expect([u!.shape.at(-1), vh!.shape.at(-2)]).toEqual(fullMatrices ? [m, n] : [k, k]);
      expectClose(again!.data, x.data, { rtol: 1e-11 });
      const size = u!.shape.at(-1)!;
      expectClose(
        unit!.data,
        Float64Array.from(unit!.data, (_, i) => Number(i % size === Math.floor(i / size) % size)),
        { rtol: 1e-11 },
      );
      expect(Math.min(...s!.data)).toBeGreaterThanOrEqual(0);
    },
  );

  test('completes U where a matrix has not full rank', () => {
    const [unit, s] = evaluateAll(([a]) => {
      const [u, values] = ops.svd(a!);
      return [ops.matmul(transposed(u), u), values];
    }, [tensor([[1, 2, 3], [2, 4, 6], [1, 0, 1]], undefined, 'float64')]); // prettier-ignore
    expectClose(unit!.data, [1, 0, 0, 0, 1, 0, 0, 0, 1], { rtol: 1e-12 });
    expect(s!.data[2]).toBeLessThan(1e-12);
  });

  test.each([[[3, 3]], [[4, 2]], [[2, 4]]])('has gradients for shape %j, up to signs', (shape) => {
    const x = random(shape);
    const part =
      (i: 0 | 2) =>
      ([a]: readonly Value[]) =>
        ops.square(ops.svd(a!, { fullMatrices: false })[i]);
    checkGradient('u', part(0), [x], { rtol: 1e-5 });
    checkGradient('vh', part(2), [x], { rtol: 1e-5 });
  });

  test('has no gradient of the columns that complete U', () => {
    const x = random([3, 2]);
    expect(() => checkGradient('full u', ([a]) => ops.svd(a!)[0], [x])).toThrow(
      '[autodiff] the columns that complete U or V have no gradient. Use svd with fullMatrices: false.',
    );
  });
});

describe('linear algebra refuses', () => {
  const x = tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore

  test('matrices that are not square', () => {
    expect(() => ops.inv(x)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.inv] the matrices must be square. Received: shape [2, 3].]`,
    );
  });

  test('vectors in the place of matrices', () => {
    expect(() => ops.det([1, 2])).toThrow('[ops.det] x must have at least two axes');
  });

  test('right-hand sides that do not fit', () => {
    expect(() => ops.solve([[1, 0], [0, 1]], [1, 2, 3])).toThrow('[ops.solve] b must have a right-hand side for each matrix'); // prettier-ignore
  });

  test('eigenvalues of general matrices', () => {
    expect(() => ops.eig([[1, 0], [0, 1]])).toThrow('[ops.eig] eigenvalues of general matrices are complex'); // prettier-ignore
  });

  test('orders of norms that do not exist', () => {
    expect(() => ops.norm(x, { ord: 3, axis: [0, 1] })).toThrow('[ops.norm] ord must be a number for one axis');
  });
});

test('the gradients of a Cholesky factor and a solution are those of the matrices', () => {
  const x = random([3, 3]);
  const positive = (a: Value): Value => ops.add(ops.matmul(a, transposed(a)), ops.eye(3, { dtype: 'float64' }));
  checkGradient('cholesky', ([a]) => ops.cholesky(positive(a!)), [x]);
  checkGradient('solve', ([a, b]) => ops.solve(positive(a!), b!), [x, random([3, 2])]);
  checkGradient('logdet', ([a]) => ops.logdet(positive(a!)), [x]);
});
