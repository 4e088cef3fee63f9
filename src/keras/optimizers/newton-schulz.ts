import type { Value } from '../../compiler/ir/value.ts';
import { add, divide, multiply, sqrt, square, matmul, transpose, sum } from '../ops/index.ts';

/** The coefficients of the iteration. */
export interface Quintic {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/**
 * Moves the singular values of a matrix towards 1 by the Newton–Schulz iteration, and keeps its singular vectors.
 *
 *     X ← M / (‖M‖ + 10⁻⁷)
 *     X ← a X + (b A + c A²) X with A = X Xᵀ        once per step
 *
 * The size of A is the shorter side of M.
 */
export function orthogonalized(matrix: Value, steps: number, { a, b, c }: Quintic): Value {
  const [rows = 0, columns = 0] = matrix.knownShape;
  const isTall = rows > columns;
  const wide = isTall ? transpose(matrix) : matrix;
  let x = divide(wide, add(sqrt(sum(square(wide))), 1e-7));
  for (let step = 0; step < steps; step++) {
    const gram = matmul(x, transpose(x));
    const mixed = add(multiply(gram, b), matmul(multiply(gram, c), gram));
    x = add(multiply(x, a), matmul(mixed, x));
  }
  return isTall ? transpose(x) : x;
}
