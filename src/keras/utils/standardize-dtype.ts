import { type DType, isDType } from '../../core/dtype.ts';
import { DTypePolicy, dtypePolicy } from '../../core/dtype-policy.ts';
import { ValueError, show } from '../../core/errors.ts';

/** JavaScript's and Python's names of types, and the classes of arrays. */
const TYPES: ReadonlyMap<unknown, DType> = new Map<unknown, DType>([
  ['int', 'int32'],
  [Boolean, 'bool'],
  [Number, 'float32'],
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Int32Array, 'int32'],
  [Uint8Array, 'uint8'],
]);

/**
 * The name of a type of elements: of a name (`int` is `int32`), of a class of typed arrays, of `Number` (`float32`) or
 * `Boolean`, or of a policy, whose type is that of the computation here. Null is the type of the policy of new layers.
 *
 * @throws ValueError if tensors have no such type.
 * @example
 * standardizeDtype(null);           // 'float32'
 * standardizeDtype('int');          // 'int32'
 * standardizeDtype(Float64Array);   // 'float64'
 * @see https://keras.io/api/utils/config_utils/#standardize_dtype-function
 */
export function standardizeDtype(dtype: unknown = null): DType {
  const given = dtype ?? dtypePolicy();
  if (given instanceof DTypePolicy) return given.dtype;
  const known = TYPES.get(given) ?? given;
  if (isDType(known)) return known;
  throw new ValueError(
    `[utils.standardizeDtype] dtype must name a type of tensors: bool, uint8, int32, float32 or float64. Received: dtype=${show(dtype)}.`,
  );
}
