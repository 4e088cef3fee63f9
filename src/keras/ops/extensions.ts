import * as build from '../../compiler/builder/index.ts';
import { type Operand, toFloat } from '../../compiler/builder/operand.ts';
import type { Value } from '../../compiler/ir/value.ts';

// Functions without a counterpart in Keras: configs cannot record them.

/**
 * 1 where x > 0, else 0, in the type of x: the derivative of `relu`. Its own gradient is zero.
 * @example
 * await jit((x) => ops.step(x))([-1, 0, 2]);   // [0, 0, 1]
 */
export const step = (x: Operand): Value => build.step(x);

/**
 * The sum of several operands, first to last; they broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b, c) => ops.addAll(a, b, c))([1, 2], [10, 20], 100);   // [111, 122]
 */
export const addAll = (first: Operand, ...rest: readonly Operand[]): Value => build.addAll([first, ...rest]);

/**
 * (x − mean) · scale + offset, the last step of every normalization, in one pass over x.
 *
 * Shapes: the coefficients have the rank of x, with size 1 where they broadcast; the result has the shape of x.
 *
 * @throws ValueError if a coefficient has another rank or does not broadcast.
 * @example
 * await jit((x) => ops.normalizeWith(x, [[2, 4]], [[1, 0.5]], [[0, 10]]))([[1, 2], [3, 6]]);   // [[-1, 9], [1, 11]]
 * @see https://arxiv.org/abs/1502.03167
 */
export const normalizeWith = (x: Operand, mean: Operand, scale: Operand, offset: Operand): Value =>
  build.normalizeWith(toFloat(x), mean, scale, offset);
