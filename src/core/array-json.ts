import { type Config, type Json, isSerializedObject } from './config.ts';
import { type DType, isDType } from './dtype.ts';
import { ValueError, show } from './errors.ts';
import { type Tensor, tensor } from './tensor.ts';

/** An array in Keras's JSON: NumPy's, or a tensor. */
interface ArrayJson {
  readonly class_name: '__numpy__' | '__tensor__';
  readonly config: Config;
}

/** Whether a value is an array in Keras's JSON. */
export function isArrayJson(value: unknown): value is ArrayJson {
  return isSerializedObject(value) && (value.class_name === '__numpy__' || value.class_name === '__tensor__');
}

/** Keras's JSON of an array, with its dtype. */
export function writeArrayJson(array: Tensor): Json {
  const { dtype } = array;
  const nested = (values: Json): Json =>
    Array.isArray(values) ? (values as readonly Json[]).map(nested) : dtype === 'bool' ? values === 1 : values;
  return { class_name: '__numpy__', config: { value: nested(array.toArray()), dtype } };
}

/** The dtypes of NumPy that others stand for. */
const SIMILAR: Readonly<Record<string, DType>> = {
  int8: 'int32',
  int16: 'int32',
  int64: 'int32',
  uint16: 'int32',
  uint32: 'int32',
  uint64: 'int32',
  float16: 'float32',
  bfloat16: 'float32',
};

/** Reads an array in Keras's JSON. @throws ValueError if its dtype has no counterpart */
export function readArrayJson(who: string, { config: { value, dtype } }: ArrayJson): Tensor {
  const name = typeof dtype === 'string' ? dtype : '';
  const held = isDType(dtype) ? dtype : Object.hasOwn(SIMILAR, name) ? SIMILAR[name] : undefined;
  if (held !== undefined) return tensor(value as never, undefined, held);
  throw new ValueError(`[${who}] arrays must have a supported dtype. Received: dtype=${show(dtype)}.`);
}
