import { type DType, checkDType } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { checkInteger, checkNumber } from '../../core/checks.ts';
import type { KnownShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { constant } from '../../compiler/graph/leaves.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { full } from './movement.ts';
import { castTo } from './operand.ts';

/** Numbers that a rule gives, in a type. */
function numbers(length: number, shape: KnownShape, rule: (i: number) => number, dtype: DType): Value {
  return castTo(
    constant(
      new Tensor(
        Float64Array.from({ length }, (_, i) => rule(i)),
        shape,
      ),
    ),
    dtype,
  );
}

/**
 * Zeros.
 * @example
 * await jit((x) => ops.add(x, ops.zeros([2])))([1, 2]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#zeros-function
 */
export const zeros = (shape: KnownShape, dtype: DType = 'float32'): Value => full(shape, 0, dtype);

/**
 * Ones.
 * @example
 * await jit((x) => ops.add(x, ops.ones([2])))([1, 2]);   // [2, 3]
 * @see https://keras.io/api/ops/numpy/#ones-function
 */
export const ones = (shape: KnownShape, dtype: DType = 'float32'): Value => full(shape, 1, dtype);

/**
 * A matrix with ones on the k-th diagonal and zeros elsewhere; square unless M says how many columns it has.
 * @throws TypeError if a size is not an integer ≥ 0.
 * @example
 * await jit((x) => ops.matmul(x, ops.eye(2)))([[1, 2]]);   // [[1, 2]]
 * @see https://keras.io/api/ops/numpy/#eye-function
 */
export function eye(N: number, M: number | null = null, k = 0, dtype: DType = 'float32'): Value {
  const rows = checkInteger('ops.eye', 'N', N, 0);
  const columns = checkInteger('ops.eye', 'M', M ?? N, 0);
  const diagonal = checkInteger('ops.eye', 'k', k, -Infinity);
  const on = (i: number): number => Number((i % columns) - Math.floor(i / columns) === diagonal);
  return numbers(rows * columns, [rows, columns], on, checkDType(dtype, 'ops.eye'));
}

/**
 * start, start + step, … before stop; up to the one number from 0 where it is alone. int32, unless a number has a fraction.
 * @throws ValueError if the step is 0.
 * @example
 * await jit((x) => ops.add(x, ops.arange(3)))([10, 10, 10]);   // [10, 11, 12]
 * @see https://keras.io/api/ops/numpy/#arange-function
 */
export function arange(start: number, stop: number | null = null, step = 1, dtype: DType | null = null): Value {
  const who = 'ops.arange';
  const [from, to] = stop === null ? [0, start] : [start, stop];
  const given = [checkNumber(who, 'start', from), checkNumber(who, 'stop', to), checkNumber(who, 'step', step)];
  if (step === 0) throw new ValueError(`[${who}] step must not be 0. Received: step=0.`);
  const type = checkDType(dtype ?? (given.every(Number.isInteger) ? 'int32' : 'float32'), who);
  const length = Math.max(0, Math.ceil((to - from) / step));
  return numbers(length, [length], (i) => from + i * step, type);
}

/**
 * So many numbers from start to stop, evenly apart; without stop itself where `endpoint` is false.
 * @throws TypeError if `num` is not an integer ≥ 0.
 * @example
 * await jit((x) => ops.add(x, ops.linspace(0, 1, 3)))([0, 0, 0]);   // [0, 0.5, 1]
 * @see https://keras.io/api/ops/numpy/#linspace-function
 */
export function linspace(start: number, stop: number, num = 50, endpoint = true, dtype: DType = 'float32'): Value {
  const who = 'ops.linspace';
  const [from, to] = [checkNumber(who, 'start', start), checkNumber(who, 'stop', stop)];
  const length = checkInteger(who, 'num', num, 0);
  const parts = endpoint ? length - 1 : length;
  const at = (i: number): number => (parts === 0 ? from : from + ((to - from) * i) / parts);
  return numbers(length, [length], at, checkDType(dtype, who));
}
