import { isFloat } from '../../../core/dtype.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, type UnaryOp, op } from '../base/op.ts';
import { all } from './reductions.ts';

/** Options of {@link isclose} and {@link allclose}. */
export interface ClosenessOptions {
  /** The relative tolerance. @default 1e-5 */
  rtol?: number;
  /** The absolute tolerance. @default 1e-8 */
  atol?: number;
  /** Whether NaN is close to NaN. @default false */
  equalNan?: boolean;
}

type CloseOp = Symbolic<(x1: Operand, x2: Operand, options?: ClosenessOptions) => Value>;

function areClose(x1: Operand, x2: Operand, { rtol = 1e-5, atol = 1e-8, equalNan = false }: ClosenessOptions): Value {
  const [x, y] = unifyTwo(x1, x2);
  const [a, b] = isFloat(x.dtype) ? [x, y] : [castTo(x, 'float64'), castTo(y, 'float64')];
  const limit = build.add(atol, build.multiply(rtol, build.abs(b)));
  const isWithin = build.lessEqual(build.abs(build.subtract(a, b)), limit);
  // An infinity is close to itself alone.
  const isFinite = build.less(build.abs(b), Infinity);
  const close = build.logicalOr(build.equal(a, b), build.logicalAnd(isWithin, isFinite));
  return equalNan ? build.logicalOr(close, build.logicalAnd(build.isNaN(a), build.isNaN(b))) : close;
}

/**
 * True where |x1 − x2| ≤ atol + rtol · |x2|; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.isclose(a, b))([1, 1, NaN], [1.000001, 1.1, NaN]);   // [1, 0, 0]
 * @see https://keras.io/api/ops/numpy/#isclose-function
 */
export const isclose: CloseOp = op(
  'numpy.Isclose',
  ['x1', 'x2', 'rtol?', 'atol?'],
  { equalNan: false },
  (x1: Operand, x2: Operand, options: ClosenessOptions = {}) => areClose(x1, x2, options),
);

/**
 * True if |x1 − x2| ≤ atol + rtol · |x2| for all elements; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.allclose(a, b))([1, 2], [1, 2.1]);   // 0
 * @see https://keras.io/api/ops/numpy/
 */
export const allclose: CloseOp = op(
  'numpy.AllClose',
  ['x1', 'x2'],
  { rtol: 1e-5, atol: 1e-8, equalNan: false },
  function allclose(x1: Operand, x2: Operand, options: ClosenessOptions = {}): Value {
    return all(areClose(x1, x2, options));
  },
);

function equals(x: Operand, infinity: number): Value {
  return build.equal(toFloat(toValue(x)), infinity);
}

/**
 * True where x is ∞.
 * @example
 * await jit((x) => ops.isposinf(x))([1, Infinity, -Infinity]);   // [0, 1, 0]
 * @see https://keras.io/api/ops/numpy/
 */
export const isposinf: UnaryOp = op('numpy.Isposinf', ['x'], (x: Operand): Value => equals(x, Infinity));

/**
 * True where x is −∞.
 * @example
 * await jit((x) => ops.isneginf(x))([1, Infinity, -Infinity]);   // [0, 0, 1]
 * @see https://keras.io/api/ops/numpy/
 */
export const isneginf: UnaryOp = op('numpy.Isneginf', ['x'], (x: Operand): Value => equals(x, -Infinity));
