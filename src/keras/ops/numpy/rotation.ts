import { canonicalAxes } from '../../../core/axes.ts';
import { checkInteger } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import { type Operand, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, type UnaryOp, op } from '../base/op.ts';
import { flip, swapaxes } from './manipulation.ts';

/** Options of {@link rot90}. */
export interface Rot90Options {
  /** The number of quarter turns. @default 1 */
  k?: number;
  /** The plane: a quarter turn goes from the first axis to the second. @default [0, 1] */
  axes?: readonly [number, number];
}

/**
 * An array turned by k · 90° in the plane of two axes, counterclockwise.
 * @throws ValueError if there are not two different axes, or one is out of range.
 * @example
 * await jit((x) => ops.rot90(x))([[1, 2], [3, 4]]);   // [[2, 4], [1, 3]]
 * @see https://keras.io/api/ops/numpy/#rot90-function
 */
export const rot90: Symbolic<(array: Operand, options?: Rot90Options) => Value> = op(
  'numpy.Rot90',
  ['array'],
  { k: 1, axes: [0, 1] },
  (array: Operand, { k = 1, axes = [0, 1] }: Rot90Options = {}): Value => {
    const who = 'ops.rot90';
    const value = toValue(array);
    if (value.rank < 2) {
      throw new ValueError(`[${who}] array must have at least two axes. Received: shape ${showShape(value.shape)}.`);
    }
    const [from, to, ...more] = canonicalAxes(axes, value.rank, who, 'axes');
    if (from === undefined || to === undefined || more.length > 0) {
      throw new ValueError(`[${who}] axes must be two different axes. Received: axes=${show(axes)}.`);
    }
    const turns = ((checkInteger(who, 'k', k, -Infinity) % 4) + 4) % 4;
    if (turns === 0) return value;
    if (turns === 2) return flip(value, { axis: [from, to] });
    return turns === 1 ? swapaxes(flip(value, { axis: to }), from, to) : flip(swapaxes(value, from, to), { axis: to });
  },
);

function flipAxis(who: string, x: Operand, axis: number): Value {
  const value = toValue(x);
  if (value.rank > axis) return flip(value, { axis });
  throw new ValueError(`[${who}] x must have at least ${axis + 1} axes. Received: shape ${showShape(value.shape)}.`);
}

/**
 * x with its columns, the second axis, in the opposite order.
 * @throws ValueError if x has fewer than two axes.
 * @example
 * await jit((x) => ops.fliplr(x))([[1, 2], [3, 4]]);   // [[2, 1], [4, 3]]
 * @see https://keras.io/api/ops/numpy/
 */
export const fliplr: UnaryOp = op('numpy.Fliplr', ['x'], (x: Operand): Value => flipAxis('ops.fliplr', x, 1));

/**
 * x with its rows, the first axis, in the opposite order.
 * @throws ValueError if x is a scalar.
 * @example
 * await jit((x) => ops.flipud(x))([[1, 2], [3, 4]]);   // [[3, 4], [1, 2]]
 * @see https://keras.io/api/ops/numpy/
 */
export const flipud: UnaryOp = op('numpy.Flipud', ['x'], (x: Operand): Value => flipAxis('ops.flipud', x, 0));
