import type { StoredType } from '../arrays/stored.ts';

/** Supported dtypes by their names in safetensors. */
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

/** The names in safetensors by dtype. */
export const NAMES: ReadonlyMap<StoredType, string> = new Map([...DTYPES].map(([name, dtype]) => [dtype, name]));

/** The format's maximum header length, in bytes. */
export const LARGEST_HEADER = 100_000_000;

/** The header key of the metadata, which is reserved and cannot name a tensor. */
export const METADATA = '__metadata__';
