import { Input, type KerasTensor, Tensor, tensor } from 'evenkeel';
import { NotReplayable, type Recorded, type RecordedArray } from './record-types.ts';

type DType = 'float32' | 'float64' | 'int32' | 'uint8' | 'bool';

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** A dtype that evenkeel does not have. */
export class NoSuchType extends Error {}

/** Whether a dtype of Keras is one of evenkeel's. */
export const isDType = (dtype: unknown): dtype is DType => typeof dtype === 'string' && Object.hasOwn(ARRAYS, dtype);

export function checkType(dtype: string): DType {
  if (isDType(dtype)) return dtype;
  throw new NoSuchType(dtype);
}

export const isRecord = (value: unknown): value is Readonly<Record<string, Recorded>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A string, or the empty one for anything else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const isArray = (value: unknown): value is RecordedArray => isRecord(value) && '$a' in value;

/** The entries of a list or a tuple; null for anything else. */
export function entriesOf(value: Recorded | undefined): readonly Recorded[] | null {
  if (!isRecord(value)) return null;
  const entries = value['$l'] ?? value['$t'];
  return Array.isArray(entries) ? (entries as readonly Recorded[]) : null;
}

export function readArray({ $a: bytes, d, s }: RecordedArray): Tensor {
  const dtype = checkType(d);
  const copy = Uint8Array.from(Buffer.from(bytes, 'base64'));
  return new Tensor(new ARRAYS[dtype](copy.buffer), s, dtype);
}

function numberOf(text: Recorded): number {
  const named: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity };
  return typeof text === 'string' ? (named[text] ?? Number(text)) : NaN;
}

/** A value as a plain argument: numbers, strings, lists, records. */
export function plain(value: Recorded): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  const entries = entriesOf(value);
  if (entries !== null) return entries.map(plain);
  if (isArray(value)) return readArray(value).toArray();
  if ('$f' in value) return numberOf(value['$f'] ?? null);
  if ('$e' in value) return '...';
  if ('$k' in value) throw new NotReplayable('a symbolic tensor as a plain argument');
  if ('$s' in value) {
    const [start, stop, step] = (value['$s'] as readonly Recorded[]).map(plain);
    return { start, stop, step };
  }
  const record = isRecord(value['$d']) ? value['$d'] : isRecord(value['$o']) ? value['$o'] : value;
  return Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, plain(entry)]));
}

/** Python's numbers in lists, as a tensor of the type that Keras on JAX gives it. */
export function listToTensor(value: Recorded): Tensor {
  const values = plain(value);
  const flat = ([values] as unknown[]).flat(Infinity);
  if (!flat.every((entry) => typeof entry === 'number' || typeof entry === 'boolean')) {
    throw new NotReplayable('a list of something other than numbers');
  }
  const text = JSON.stringify(value);
  const isFloat = flat.length === 0 || text.includes('$f') || text.includes('"float32"');
  const isBool = flat.length > 0 && flat.every((entry) => typeof entry === 'boolean');
  return tensor(values as never, undefined, isBool ? 'bool' : isFloat ? 'float32' : 'int32');
}

/** An argument that is a tensor, or null. Numbers remain numbers if `keepsNumbers`. */
export function toTensor(value: Recorded | undefined, keepsNumbers = false): Tensor | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (isArray(value)) return readArray(value);
  const isNumber = typeof value === 'number' || typeof value === 'boolean' || (isRecord(value) && '$f' in value);
  if (isNumber && keepsNumbers) return plain(value) as number | boolean;
  if (isNumber || entriesOf(value) !== null) return listToTensor(value);
  throw new NotReplayable('an argument that is no tensor');
}

/** An argument that must be a tensor, or null. */
export function asTensor(value: Recorded | undefined): Tensor | null {
  const made = toTensor(value);
  return made instanceof Tensor || made === null ? made : tensor(made);
}

export type TensorTree = Tensor | readonly TensorTree[] | { readonly [key: string]: TensorTree };

/** The input of a layer: a tensor, or lists and records of tensors. */
export function toTree(value: Recorded): TensorTree {
  const entries = entriesOf(value);
  const holdsArrays = JSON.stringify(value).includes('"$a"');
  if (entries !== null) return holdsArrays ? entries.map(toTree) : listToTensor(value);
  const record = isRecord(value) ? value['$d'] : null;
  if (isRecord(record)) return Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, toTree(entry)]));
  const made = asTensor(value);
  if (made === null) throw new NotReplayable('no input');
  return made;
}

export type SymbolTree = KerasTensor | readonly SymbolTree[] | { readonly [key: string]: SymbolTree };

/** The symbolic input of a layer. */
export function toSymbols(value: Recorded): SymbolTree {
  const entries = entriesOf(value);
  if (entries !== null) return entries.map(toSymbols);
  if (isRecord(value) && Array.isArray(value['$k'])) {
    const shape = value['$k'] as readonly (number | null)[];
    if (shape.length === 0) throw new NotReplayable('a symbolic scalar');
    return Input({ batchShape: shape, dtype: checkType(textOf(value['d'])) });
  }
  const record = isRecord(value) ? value['$d'] : null;
  if (isRecord(record))
    return Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, toSymbols(entry)]));
  throw new NotReplayable('symbolic and concrete inputs together');
}

/** A config: numbers that are not finite are written in a form of their own. */
export function toConfig(value: Recorded | undefined): Record<string, unknown> {
  const read = (entry: Recorded): unknown => {
    if (Array.isArray(entry)) return entry.map(read);
    if (!isRecord(entry)) return entry;
    if ('$f' in entry) return numberOf(entry['$f'] ?? null);
    return Object.fromEntries(Object.entries(entry).map(([key, inner]) => [key, read(inner)]));
  };
  return read(value ?? {}) as Record<string, unknown>;
}

/** The items of a tree, records by sorted keys as in Python's `tree`. */
export function leavesOf<T>(tree: unknown, isLeaf: (value: unknown) => value is T): readonly T[] {
  if (isLeaf(tree)) return [tree];
  if (typeof tree !== 'object' || tree === null) return [];
  const entries: readonly unknown[] = Array.isArray(tree)
    ? tree
    : Object.entries(tree)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, entry]): unknown => entry);
  return entries.flatMap((entry) => leavesOf(entry, isLeaf));
}

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;
