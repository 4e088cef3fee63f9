import { checkOptions } from '../../core/checks.ts';
import { type DType, checkDType, isFloat } from '../../core/dtype.ts';
import type { Shape } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import * as build from '../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../compiler/builder/operand.ts';
import { type Value, isValue } from '../../compiler/ir/value.ts';
import { Variable } from '../../compiler/ir/variable.ts';
import { type KerasTensor, isKerasTensor } from './base/keras-tensor.ts';
import { REQUIRED, type Symbolic, op } from './base/op.ts';

/** Options of {@link convertToTensor}. */
export interface ConvertToTensorOptions {
  /** The type of the elements. @default null, that of x */
  dtype?: DType | null;
}

/**
 * Numbers, a tensor or a variable as a value of a graph.
 * @throws ValueError if the dtype is unknown.
 * @example
 * await jit((x) => ops.add(x, ops.convertToTensor([1, 2])))([10, 20]);   // [11, 22]
 * @see https://keras.io/api/ops/core/#convert_to_tensor-function
 */
export function convertToTensor(x: Operand, options: ConvertToTensorOptions = {}): Value {
  checkOptions('ops.convertToTensor', options, ['dtype']);
  const { dtype = null } = options;
  return dtype === null ? toValue(x) : castTo(toValue(x), checkDType(dtype, 'ops.convertToTensor'));
}

/**
 * Numbers, or the state of a variable, as a {@link Tensor}: the arrays of this package in the place of NumPy's.
 * @throws TypeError for a value of a graph, which has no elements; `await evaluate(value)` computes them.
 * @example
 * ops.convertToNumpy([1, 2]).shape;   // [2]
 * @see https://keras.io/api/ops/core/#convert_to_numpy-function
 */
export function convertToNumpy(x: TensorLike | Variable): Tensor {
  if (isValue(x)) {
    throw new TypeError(
      '[ops.convertToNumpy] a value of a graph has no elements. Received: a Value. Await evaluate(value).',
    );
  }
  return x instanceof Variable ? x.value : tensor(x);
}

/**
 * Whether something is a tensor: an array of numbers, or a value of a graph.
 * @example
 * ops.isTensor(tensor([1, 2]));   // true
 * ops.isTensor([1, 2]);           // false
 * @see https://keras.io/api/ops/core/#is_tensor-function
 */
export const isTensor = (x: unknown): x is Tensor | Value => x instanceof Tensor || isValue(x);

/**
 * The shape of a tensor; sizes that are not known are null.
 * @example
 * ops.shape([[1, 2, 3]]);   // [1, 3]
 * @see https://keras.io/api/ops/core/#shape-function
 */
export const shape = (x: Operand | KerasTensor): Shape => (isKerasTensor(x) ? x.shape : toValue(x).shape);

/**
 * The type of the elements of a tensor.
 * @example
 * ops.dtype([[1, 2, 3]]);   // 'float32'
 * @see https://keras.io/api/ops/core/#dtype-function
 */
export const dtype = (x: Operand | KerasTensor): DType => (isKerasTensor(x) ? x.dtype : toValue(x).dtype);

/** The smallest and the largest number of the types of whole numbers. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  bool: [0, 1],
  uint8: [0, 255],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** The largest int32 number that a float32 number can be. */
const LARGEST_FLOAT32 = 2 ** 31 - 128;

/**
 * x with elements of another type; numbers beyond its range become the nearest in it.
 * @throws ValueError if the dtype is unknown.
 * @example
 * await jit((x) => ops.saturateCast(x, 'uint8'))([-3, 7.9, 300]);   // [0, 7, 255]
 * @see https://keras.io/api/ops/core/#saturate_cast-function
 */
export const saturateCast: Symbolic<(x: Operand, dtype: DType) => Value> = op(
  'core.SaturateCast',
  ['x'],
  { dtype: REQUIRED },
  function saturateCast(x: Operand, type: DType): Value {
    const value = toValue(x);
    const range = RANGES[checkDType(type, 'ops.saturateCast')];
    if (range === undefined || value.dtype === 'bool') return castTo(value, type);
    const own = RANGES[value.dtype];
    const [low, high] = own === undefined ? range : [Math.max(range[0], own[0]), Math.min(range[1], own[1])];
    const top = value.dtype === 'float32' ? Math.min(high, LARGEST_FLOAT32) : high;
    const clamped = castTo(build.minimum(build.maximum(value, low), top), type);
    if (!isFloat(value.dtype) || top === high) return clamped;
    return build.where(build.lessEqual(high, value), high, clamped);
  },
);

/** A function and its gradient: from the gradient of the result to those of the arguments, null where there is none. */
export type FunctionWithGradient = (
  ...args: readonly Value[]
) => readonly [result: Value, gradient: (upstream: Value) => Value | readonly (Value | null)[]];

/**
 * A function whose gradient is computed by a function of its own, which it returns beside its result.
 * @throws TypeError if the function returns something else.
 * @example
 * const f = ops.customGradient((x) => [ops.square(x), (dy) => ops.multiply(dy, 10)]);
 * (await valueAndGrad((x) => ops.sum(f(x)))([1, 2])).inputGradients;   // [[10, 10]]
 * @see https://keras.io/api/ops/core/#custom_gradient-function
 */
export function customGradient(f: FunctionWithGradient): (...args: readonly Operand[]) => Value {
  return (...args) => {
    const values = args.map((arg) => toValue(arg));
    const made: unknown = f(...values);
    const [result, gradient] = Array.isArray(made) ? (made as readonly unknown[]) : [];
    if (!isValue(result) || typeof gradient !== 'function') {
      throw new TypeError('[ops.customGradient] the function must return its result and a function for the gradient.');
    }
    const [first, ...rest] = values;
    if (first === undefined) return result;
    return build.withGradient('custom', result, [first, ...rest], (upstream) => {
      const found: unknown = (gradient as (upstream: Value) => unknown)(upstream);
      return Array.isArray(found) ? (found as readonly (Value | null)[]) : [found as Value];
    });
  };
}
