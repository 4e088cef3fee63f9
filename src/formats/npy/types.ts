import type { StoredType } from '../arrays/stored.ts';

/** The signature of every file: `\x93NUMPY`. */
export const MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Dtypes by NumPy's letter and size, which follow the byte order in the header. */
export const DTYPES: ReadonlyMap<string, StoredType> = new Map([
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['u8', 'uint64'],
  ['b1', 'bool'],
]);

/** NumPy's codes by dtype. NumPy has no bfloat16. */
export const CODES: ReadonlyMap<StoredType, string> = new Map([...DTYPES].map(([code, dtype]) => [dtype, code]));
