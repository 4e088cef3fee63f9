/** The dtypes of arrays in files, under NumPy's names. Those that tensors lack are converted on reading. */
export type StoredType =
  | ('float16' | 'float32' | 'float64' | 'bfloat16')
  | ('int8' | 'int16' | 'int32' | 'int64' | 'uint8' | 'uint16' | 'uint32' | 'uint64')
  | 'bool';

/** The elements of a stored array: 64-bit integers as BigInts, halves as their 16 bits. */
export type StoredElements =
  | (Float32Array | Float64Array | Int8Array | Int16Array | Int32Array)
  | (Uint8Array | Uint16Array | Uint32Array | BigInt64Array | BigUint64Array);

/** An array in a file. */
export interface StoredArray {
  readonly kind: 'array';
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** The elements in row-major order. */
  readonly data: StoredElements;
  /** Attributes by name; Keras marks bfloat16 with one. */
  readonly attributes?: ReadonlyMap<string, StoredAttribute>;
}

/** A string, a list of strings, a number or an array of numbers. */
export type StoredAttribute = string | readonly string[] | number | StoredArray;

/** A group of arrays and groups in a file, as in HDF5. */
export interface StoredGroup {
  readonly kind: 'group';
  readonly attributes: ReadonlyMap<string, StoredAttribute>;
  readonly children: ReadonlyMap<string, StoredGroup | StoredArray>;
}

/** The maximum number of groups inside each other in a file: they are read and written recursively. */
export const DEEPEST = 512;
