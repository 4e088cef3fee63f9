import { readFileSync } from 'node:fs';

export type GoldenDType =
  'float64' | 'float32' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint32' | 'uint16' | 'uint8' | 'bool';

export type GoldenData =
  Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint32Array | Uint16Array | Uint8Array;

interface ArrayType {
  new (bytes: ArrayBuffer): GoldenData | BigInt64Array;
  readonly BYTES_PER_ELEMENT: number;
}

/** The typed array of each dtype; 64-bit integers become float64, and must be exact there. */
const arrayTypes: Readonly<Record<GoldenDType, ArrayType>> = {
  float64: Float64Array,
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

export interface GoldenArray {
  readonly shape: readonly number[];
  readonly dtype: GoldenDType;
  readonly data: GoldenData;
}

export type GoldenValue =
  null | boolean | number | string | GoldenArray | readonly GoldenValue[] | { readonly [key: string]: GoldenValue };

/** A bound that replaces a test's own where Keras computes less precisely; the reason is for readers of the data. */
export interface GoldenTolerance {
  readonly rtol: number;
  readonly atol: number;
  readonly reason: string;
}

/** A number that differs from Keras's on purpose: an element of the array `index` of the field `of`. */
export interface GoldenDeviation {
  readonly of: string;
  readonly index: number;
  readonly element: number;
  readonly value: number;
  readonly reason: string;
}

export interface Golden<Case> {
  /** The script that made the file, the versions of its libraries, and notes. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
}

/** An array as test/golden/README.md describes it: readable values where there are few, base64 of the bytes otherwise. */
interface TaggedArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values?: readonly (number | 'NaN' | 'Infinity' | '-Infinity')[];
  readonly base64?: string;
}

/**
 * Reads test/golden/<name>.json, and decodes the arrays in it. `Case` is the caller's knowledge of the cases; it is not
 * checked.
 */
export function loadGolden<Case = Readonly<Record<string, GoldenValue>>>(name: string): Golden<Case> {
  const json = readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8');
  return parseGolden<Case>(json, name);
}

/** Decodes the JSON of a golden file; `name` is for errors. */
export function parseGolden<Case = Readonly<Record<string, GoldenValue>>>(json: string, name: string): Golden<Case> {
  try {
    return JSON.parse(json, decodeTagged) as Golden<Case>;
  } catch (cause) {
    throw new Error(`Golden file ${name}: ${String(cause)}`, { cause });
  }
}

/** A reviver of JSON: objects whose only key is $array become arrays. */
function decodeTagged(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '$array')) return value;
  const { $array, ...rest } = value as { $array: TaggedArray };
  if (Object.keys(rest).length > 0) throw new Error(`$array must be alone. Received: ${Object.keys(rest).join(', ')}`);
  return decodeArray($array);
}

function decodeArray({ dtype, shape, values, base64 }: TaggedArray): GoldenArray {
  if (!Object.hasOwn(arrayTypes, dtype)) throw new Error(`cannot decode an array of ${dtype}`);
  const known = dtype as GoldenDType;
  const data = base64 === undefined ? fromValues(known, values ?? []) : fromBytes(known, base64);
  const size = shape.reduce((product, n) => product * n, 1);
  if (data.length !== size) {
    throw new Error(`an array of shape [${shape.join(', ')}] holds ${data.length} numbers, not ${size}`);
  }
  return { shape, dtype: known, data };
}

function fromValues(dtype: GoldenDType, values: NonNullable<TaggedArray['values']>): GoldenData {
  const ArrayType = arrayTypes[dtype];
  const data = new ArrayType(new ArrayBuffer(values.length * ArrayType.BYTES_PER_ELEMENT));
  const numbers = values.map(Number);
  if (data instanceof BigInt64Array) return exactNumbers(numbers);
  data.set(numbers);
  return data;
}

function fromBytes(dtype: GoldenDType, base64: string): GoldenData {
  // Copied, since the bytes of a Buffer may start anywhere. Both the file and every machine we know are little-endian.
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  const numbers = new arrayTypes[dtype](bytes.buffer);
  return numbers instanceof BigInt64Array ? exactNumbers(numbers) : numbers;
}

function exactNumbers(integers: Iterable<number | bigint>): Float64Array {
  return Float64Array.from(integers, (integer) => {
    const number = Number(integer);
    if (!Number.isSafeInteger(number)) throw new Error(`${integer.toString()} is not exact in float64`);
    return number;
  });
}

/** The array `index` of the field `of`, with the numbers that are expected here instead of Keras's. */
export function withDeviations(
  array: GoldenArray,
  deviations: readonly GoldenDeviation[],
  of: string,
  index: number,
): GoldenArray {
  const data = array.data.slice();
  for (const deviation of deviations) {
    if (deviation.of === of && deviation.index === index) data[deviation.element] = deviation.value;
  }
  return { ...array, data };
}
