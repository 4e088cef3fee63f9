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

/**
 * The sum of x over all processes of the world, which `mpirun` started; x itself in a world of one. It is the same in each to the
 * bit. Every process must compute it, so that none waits for another forever. Its gradient is the sum of the gradients of all.
 *
 * Shapes: the result has the shape of x, which must be the same in all processes.
 *
 * @throws NotImplementedError if it is part of a loop or a branch, in a world of several processes.
 * @example
 * await jit((x) => ops.allReduce(ops.square(x)))([1, 2]);   // [1, 4]
 * @see https://www.mpi-forum.org/docs/mpi-4.1/mpi41-report/node136.htm
 */
export const allReduce = (x: Operand): Value => build.allReduce(x);
