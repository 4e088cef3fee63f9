import { type DType, isFloat, promote } from '../../core/dtype.ts';
import type { TensorLike } from '../../core/tensor.ts';
import { constant, initialState } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import { Value } from '../ir/value.ts';
import { Variable } from '../ir/variable.ts';

/** An argument of an operation: a symbolic value, a variable (its state at the start of the program), or numbers. */
export type Operand = Value | Variable | TensorLike;

/** The value of an operand. Numbers become constants, of type float32 unless `dtype` is given. */
export function toValue(operand: Operand, dtype?: DType): Value {
  if (operand instanceof Value) return operand;
  if (operand instanceof Variable) return initialState(operand);
  return constant(operand, dtype);
}

/** The value cast to a type; the same value if it already has that type. */
export function castTo(value: Value, dtype: DType): Value {
  return value.dtype === dtype ? value : createNode('cast', [value], { dtype })[0];
}

/**
 * Operands as values of one type. A plain number adopts the type of the remaining operands if that type can hold it, as in
 * Keras; an integer among booleans makes them int32, and any other number float32.
 */
export function unify(operands: readonly Operand[]): readonly Value[] {
  const values = operands.map((operand) => (typeof operand === 'number' ? operand : toValue(operand)));
  let dtype: DType | null = null;
  for (const value of values) {
    if (typeof value !== 'number') dtype = dtype === null ? value.dtype : promote(dtype, value.dtype);
  }
  const common = values.reduce<DType>(
    (type, value) => (typeof value === 'number' ? promoteNumber(type, value) : type),
    dtype ?? 'float32',
  );
  return values.map((value) => (typeof value === 'number' ? constant(value, common) : castTo(value, common)));
}

/** The type of a value of some type and a plain number together. */
function promoteNumber(dtype: DType, value: number): DType {
  if (isFloat(dtype)) return dtype;
  if (dtype === 'uint8' && Number.isInteger(value) && value >= 0 && value < 2 ** 8) return 'uint8';
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31 ? 'int32' : 'float32';
}

/** Two operands as values of one type. */
export function unifyTwo(a: Operand, b: Operand): readonly [Value, Value] {
  const [x, y] = unify([a, b]);
  return [x ?? toValue(a), y ?? toValue(b)];
}

/** An operand as a value of a floating type; integers and booleans become float32. */
export function toFloat(operand: Operand): Value {
  const value = toValue(operand);
  return isFloat(value.dtype) ? value : castTo(value, 'float32');
}
