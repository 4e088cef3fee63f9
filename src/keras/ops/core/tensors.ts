import { canonicalAxis } from '../../../core/axes.ts';
import { type DType, checkDType } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, type UnaryOp, op } from '../base/op.ts';

/**
 * x with elements of another type. All numbers but 0 are true as booleans; fractions are truncated to integers.
 * @example
 * await jit((x) => ops.cast(x, 'int32'))([1.7, -1.7]);   // [1, -1]
 * @see https://keras.io/api/ops/core/#cast-function
 */
export const cast: Symbolic<(x: Operand, dtype: DType) => Value> = op(
  'core.Cast',
  ['x'],
  { dtype: REQUIRED },
  (x: Operand, dtype: DType): Value => castTo(toValue(x), checkDType(dtype, 'ops.cast')),
);

/**
 * The block of x that begins at the start indices and has the given shape. A size of −1 extends to the end of its axis.
 *
 * @throws ValueError if a list does not have one entry for each axis, or the block is not within x.
 * @example
 * await jit((x) => ops.slice(x, [0, 1], [2, 2]))([[1, 2, 3], [4, 5, 6]]);   // [[2, 3], [5, 6]]
 * @see https://keras.io/api/ops/core/#slice-function
 */
export const slice: Symbolic<(inputs: Operand, startIndices: Operand, shape: readonly number[]) => Value> = op(
  'core.Slice',
  ['inputs', 'startIndices'],
  { shape: REQUIRED },
  (inputs: Operand, startIndices: Operand, shape: readonly number[]): Value => {
    const value = toValue(inputs);
    if (!isIndices(startIndices)) return sliceAt(value, toValue(startIndices), shape);
    if (startIndices.length !== value.rank || shape.length !== value.rank) {
      throw new ValueError(
        `[ops.slice] startIndices and shape must have an entry for each of the ${value.rank} axes. Received: startIndices=${show(startIndices)}, shape=${show(shape)}.`,
      );
    }
    const ends = shape.map((size, i) => (size === -1 ? Infinity : (startIndices[i] ?? 0) + size));
    if (ends.some((end, i) => end !== Infinity && end > (value.shape[i] ?? Infinity))) {
      throw new ValueError(
        `[ops.slice] the block must be within the input. Received: startIndices=${show(startIndices)}, shape=${show(shape)} for an input of shape ${showShape(value.shape)}.`,
      );
    }
    return build.slice(value, startIndices, ends);
  },
);

const isIndices = (given: Operand): given is readonly number[] =>
  Array.isArray(given) && given.every((entry) => typeof entry === 'number');

/** The block that begins at indices that are known when the program runs; they are restricted to the input. */
function sliceAt(value: Value, starts: Value, shape: readonly number[]): Value {
  if (starts.rank !== 1 || starts.shape[0] !== value.rank || shape.length !== value.rank || shape.includes(-1)) {
    throw new ValueError(
      `[ops.slice] startIndices and shape must have an entry for each of the ${value.rank} axes, without -1 where startIndices are computed. Received: startIndices of shape ${showShape(starts.shape)}, shape=${show(shape)}.`,
    );
  }
  const whole = castTo(starts, 'int32');
  return shape.reduce<Value>((block, size, axis) => {
    const last = Math.max(0, (value.shape[axis] ?? size) - size);
    const start = build.minimum(build.maximum(build.slice(whole, [axis], [axis + 1]), 0), last);
    const places = Int32Array.from({ length: size }, (_, i) => i);
    return build.gather(block, build.add(start, places), axis);
  }, value);
}

/**
 * x, through which no gradient flows.
 * @example
 * const f = valueAndGrad((x) => ops.sum(ops.multiply(x, ops.stopGradient(x))));
 * (await f([2, 3])).inputGradients;   // [[2, 3]]
 * @see https://keras.io/api/ops/core/#stop_gradient-function
 */
export const stopGradient: UnaryOp = op('core.StopGradient', ['variable'], build.stopGradient);

/** Options of {@link unstack}. */
export interface UnstackOptions {
  /** The size of the axis, where it is not known. @default null */
  num?: number | null;
  /** The axis. @default 0 */
  axis?: number;
}

/**
 * The slices of x along an axis, which is removed.
 * @throws ValueError if the axis is out of range or of unknown size, or `num` differs from its size.
 * @example
 * await jit((x) => ops.unstack(x)[1])([[1, 2], [3, 4]]);   // [3, 4]
 * @see https://keras.io/api/ops/core/#unstack-function
 */
export const unstack: Symbolic<(x: Operand, options?: UnstackOptions) => readonly Value[]> = op(
  'core.Unstack',
  ['x'],
  { num: null, axis: 0 },
  (x: Operand, { num = null, axis = 0 }: UnstackOptions = {}): readonly Value[] => {
    const value = toValue(x);
    const at = canonicalAxis(axis, value.rank, 'ops.unstack');
    const size = value.shape[at] ?? num;
    if (size === null || (num !== null && num !== size)) {
      throw new ValueError(
        `[ops.unstack] num must be the size of the axis. Received: num=${show(num)} for axis ${axis} of shape ${showShape(value.shape)}.`,
      );
    }
    const part = (i: number): Value =>
      build.slice(
        value,
        value.shape.map((_, other) => (other === at ? i : 0)),
        value.shape.map((_, other) => (other === at ? i + 1 : Infinity)),
      );
    return Array.from({ length: size }, (_, i) => build.reshape(part(i), value.shape.toSpliced(at, 1)));
  },
);
