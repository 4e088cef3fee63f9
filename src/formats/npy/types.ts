import type { StoredType } from '../arrays/stored.ts';

/** What every file begins with: `\x93NUMPY`. */
export const MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The types of elements by NumPy's letters and sizes; the order of bytes stands before them. */
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

/** The same the other way round. NumPy has no bfloat16. */
export const CODES: ReadonlyMap<StoredType, string> = new Map([...DTYPES].map(([code, dtype]) => [dtype, code]));
