import { readFileSync } from 'node:fs';

export type GoldenDType =
  'float64' | 'float32' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint32' | 'uint16' | 'uint8' | 'bool';

export type GoldenData =
  Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint32Array | Uint16Array | Uint8Array;

/** The typed array that holds each dtype's numbers; 64-bit integers become float64, and must be exact there. */
const arrayTypes: Readonly<Record<GoldenDType, new (bytes: ArrayBuffer) => GoldenData | BigInt64Array>> = {
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

export interface Golden<Case> {
  /** Which script made the file, with which versions of what. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
}

/**
 * Reads test/golden/<name>.json, which test/golden/make/<name>.py wrote; every array in it is decoded. `Case` is what
 * the caller knows of the cases; nothing checks it.
 */
export function loadGolden<Case = Readonly<Record<string, GoldenValue>>>(name: string): Golden<Case> {
  const text = readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8');
  return parseGolden<Case>(text, name);
}

export function parseGolden<Case = Readonly<Record<string, GoldenValue>>>(text: string, name: string): Golden<Case> {
  try {
    return JSON.parse(text, decodeArray) as Golden<Case>;
  } catch (cause) {
    throw new Error(`Golden file ${name}: ${String(cause)}`, { cause });
  }
}

function decodeArray(_key: string, value: unknown): unknown {
  if (!isEncodedArray(value)) return value;
  const { shape, dtype, data } = value;
  if (!Object.hasOwn(arrayTypes, dtype)) throw new Error(`cannot decode an array of ${dtype}`);
  const ArrayType = arrayTypes[dtype as GoldenDType];
  // Copied, since the bytes of a Buffer may start anywhere. Both the file and every machine we know are little-endian.
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  const numbers = new ArrayType(bytes.buffer);
  const size = shape.reduce((product, n) => product * n, 1);
  if (numbers.length !== size) {
    throw new Error(`an array of shape [${shape.join(', ')}] holds ${numbers.length} numbers, not ${size}`);
  }
  return { shape, dtype, data: numbers instanceof BigInt64Array ? exactNumbers(numbers) : numbers };
}

function isEncodedArray(value: unknown): value is { shape: number[]; dtype: string; data: string } {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return false;
  const { shape, dtype, data } = value as Record<string, unknown>;
  return Array.isArray(shape) && typeof dtype === 'string' && typeof data === 'string';
}

function exactNumbers(integers: BigInt64Array): Float64Array {
  return Float64Array.from(integers, (integer) => {
    const number = Number(integer);
    if (!Number.isSafeInteger(number)) throw new Error(`${integer.toString()} is not exact in float64`);
    return number;
  });
}
