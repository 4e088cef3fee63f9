import type { StoredType } from '../arrays/stored.ts';

/** Safetensors' names of the types of elements that arrays have here. */
export const DTYPES: ReadonlyMap<string, StoredType> = new Map<string, StoredType>([
  ['BOOL', 'bool'],
  ['U8', 'uint8'],
  ['I8', 'int8'],
  ['U16', 'uint16'],
  ['I16', 'int16'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['U32', 'uint32'],
  ['I32', 'int32'],
  ['F32', 'float32'],
  ['U64', 'uint64'],
  ['I64', 'int64'],
  ['F64', 'float64'],
]);

/** The same the other way round. */
export const NAMES: ReadonlyMap<StoredType, string> = new Map([...DTYPES].map(([name, dtype]) => [dtype, name]));

/** The format's limit on the header. */
export const LARGEST_HEADER = 100_000_000;

/** The key under which the header keeps texts, not a tensor. */
export const METADATA = '__metadata__';
