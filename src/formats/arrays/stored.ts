/** The types of elements that files hold, under NumPy's names; those that tensors lack are read, and converted. */
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
  /** Row by row. */
  readonly data: StoredElements;
  /** Attributes by name; Keras marks bfloat16 with one. */
  readonly attributes?: ReadonlyMap<string, StoredAttribute>;
}

/** A text, a list of texts, or numbers. */
export type StoredAttribute = string | readonly string[] | number | StoredArray;

/** A folder in a file: HDF5's group. */
export interface StoredGroup {
  readonly kind: 'group';
  readonly attributes: ReadonlyMap<string, StoredAttribute>;
  readonly children: ReadonlyMap<string, StoredGroup | StoredArray>;
}
