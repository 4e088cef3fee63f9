import * as build from '../../compiler/builder/index.ts';
import { type Operand, toFloat } from '../../compiler/builder/operand.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type UnaryOp, op } from './base/op.ts';
import { type ReductionOp, type ReductionOptions, max, sum } from './numpy/reductions.ts';

/**
 * The error function, 2/√π ∫₀ˣ e^(−t²) dt.
 * @example
 * await jit((x) => ops.erf(x))([0, 1]);   // [0, 0.842701]
 * @see https://keras.io/api/ops/core/#erf-function
 */
export const erf: UnaryOp = op('math.Erf', ['x'], build.erf);

/**
 * 1 / √x, element by element.
 * @example
 * await jit((x) => ops.rsqrt(x))([4, 0.25]);   // [0.5, 2]
 * @see https://keras.io/api/ops/core/#rsqrt-function
 */
export const rsqrt: UnaryOp = op('math.Rsqrt', ['x'], (x: Operand): Value => build.reciprocal(build.sqrt(x)));

/**
 * ln Σ eˣ over axes, without overflow.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.logsumexp(x, { axis: -1 }))([[0, 0], [1000, 1000]]);   // [0.693147, 1000.693]
 * @see https://keras.io/api/ops/core/#logsumexp-function
 */
export const logsumexp: ReductionOp = op(
  'math.Logsumexp',
  ['x'],
  { axis: null, keepdims: false },
  (x: Operand, options: ReductionOptions = {}): Value => {
    const value = toFloat(x);
    const maximum = build.stopGradient(max(value, { ...options, keepdims: true }));
    // An infinite maximum would make the differences NaN.
    const shift = build.where(build.less(build.abs(maximum), Infinity), maximum, 0);
    const total = build.log(sum(build.exp(build.subtract(value, shift)), options));
    return build.add(total, build.reshape(shift, total.shape));
  },
);
