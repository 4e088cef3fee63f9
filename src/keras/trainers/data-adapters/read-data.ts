import type { BatchIterable } from '../../../core/data.ts';
import { own } from '../../../core/own.ts';
import { type DType, convert, isFloat } from '../../../core/dtype.ts';
import { isImageData } from '../../../core/array-data.ts';
import { bytesHint } from '../../../core/nested-array.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { isRecord } from '../../../core/config.ts';
import { type FlatTree, flattenTree } from '../../../core/pytree.ts';
import { type Shape, compatible, showShape } from '../../../core/shape.ts';
import { Tensor, type TensorLike, isArrayLike, isTensor, shapeOfData, tensor } from '../../../core/tensor.ts';
import { type Tree, flatten } from '../../../core/tree.ts';
import { type ExpectedData, type ExpectedInput, type FloatType, isExpectedInput } from './expected-data.ts';

/**
 * Reads the inputs of a model. A list is one array, or one array for each input: the inputs that the model expects decide,
 * and where they are unknown a list of tensors is several arrays, a list of typed arrays the rows of one.
 *
 * @throws TypeError if the value is not data.
 */
export function readInputs(
  who: string,
  value: unknown,
  { float, inputs, encoder = null }: ExpectedData,
): FlatTree<Tensor> {
  if (encoder !== null) return flattenTree(encoder(who, value), isTensor);
  return flattenTree(readTree({ who, argument: 'x', float }, value, inputs), isTensor);
}

/** The place of data in a call, for errors, and the type in which it is read. */
interface Place {
  readonly who: string;
  readonly argument: string;
  readonly float: FloatType;
}

const at = (place: Place, path: string): Place => ({ ...place, argument: `${place.argument}${path}` });

function readTree(place: Place, value: unknown, expected: Tree<ExpectedInput> | null): Tree<Tensor> {
  const inputs = expected === null ? null : flatten(expected, isExpectedInput);
  if (isNamedData(value)) {
    const entries = Object.entries(value).map(([key, entry]) => [
      key,
      readTree(at(place, `.${key}`), entry, childOf(expected, key)),
    ]);
    return Object.fromEntries(entries) as Tree<Tensor>;
  }
  // One image is a batch of one.
  if (!Array.isArray(value)) return readArray(place, isImageData(value) ? [value] : value);
  const entries = value as readonly unknown[];
  const hasRecords = entries.some(isNamedData);
  if (hasRecords || (inputs !== null && inputs.length > 1)) {
    const isEach = entries.length === inputs?.length && !entries.some((entry) => typeof entry === 'number');
    if (!isEach && !hasRecords && !entries.some(isArrayLike)) return readArray(place, entries);
    const children = Array.isArray(expected) ? (expected as readonly Tree<ExpectedInput>[]) : (inputs ?? []);
    return entries.map((entry, i) => readTree(at(place, `[${i}]`), entry, children[i] ?? null));
  }
  return readOne(place, entries, inputs?.[0]?.shape ?? null);
}

/** The inputs that a key of a record stands for: an entry of the model's own record, or the input of that name. */
function childOf(expected: Tree<ExpectedInput> | null, key: string): Tree<ExpectedInput> | null {
  if (expected === null) return null;
  if (!isExpectedInput(expected) && isRecord(expected)) return own(expected, key) ?? null;
  return flatten(expected, isExpectedInput).find(({ name }) => name === key) ?? null;
}

/** Reads a list as one array: its entries are rows, or its single entry is the array, as in a list of one input. */
function readOne(place: Place, entries: readonly unknown[], expected: Shape | null): Tree<Tensor> {
  const [first] = entries;
  if (entries.length === 1 && isListOfOne(entries, expected)) return readArray(place, first);
  if (expected === null || !isTensor(first)) {
    // Where the input is unknown, a model of a class may take several.
    if (!entries.some(isTensor)) return readArray(place, entries);
  } else if (compatible(shapeOfData(entries), anyBatch(expected))) return readArray(place, entries);
  return entries.map((entry, i) => readArray(at(place, `[${i}]`), entry));
}

function isListOfOne(entries: readonly unknown[], expected: Shape | null): boolean {
  const [first] = entries;
  if (typeof first === 'number' || typeof first === 'boolean') return false;
  if (expected === null) return isTensor(first);
  const [whole, inner] = [shapeOfData(entries), shapeOfData(first)];
  const wanted = anyBatch(expected);
  if (compatible(whole, wanted)) return false;
  return compatible(inner, wanted) || isTensor(first);
}

const anyBatch = (shape: Shape): Shape => [null, ...shape.slice(1)];

/** Whether a value is a record of arrays, not one array. */
function isNamedData(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value) || isArrayLike(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function readArray({ who, argument, float }: Place, value: unknown): Tensor {
  const isNested = typeof value === 'number' || Array.isArray(value);
  if (!isNested && !isArrayLike(value)) {
    throw new TypeError(
      `[${who}] ${argument} must be a tensor, nested arrays of numbers, or a list or record of these. Received: ${show(value)}.${bytesHint(value)}`,
    );
  }
  const made = convertArray(who, argument, value as TensorLike, float);
  if (made.rank === 0) {
    throw new ValueError(`[${who}] ${argument} must have an axis for the rows. Received: a single number.`);
  }
  return made;
}

/** Nested arrays of numbers get the model's floating-point type at once, so that no digit is lost. */
function convertArray(who: string, argument: string, value: TensorLike, float: FloatType): Tensor {
  try {
    return tensor(value, undefined, typeof firstLeaf(value) === 'number' ? float : undefined);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(`[${who}] ${argument}: ${error.message.replace(/^\[tensor\] /, '')}`, { cause: error });
  }
}

function firstLeaf(value: unknown): unknown {
  let first = value;
  while (Array.isArray(first)) first = (first as readonly unknown[])[0];
  return first;
}

/** The rows and the shapes of the outputs that targets and weights belong to. */
export interface OutputRows {
  readonly rows: number;
  readonly outputs: readonly Shape[] | null;
}

/**
 * Reads targets or weights: one array, or one for each output in a list or a record. Outputs whose entry is `null` have
 * none: there, the structure has a list without entries.
 *
 * @throws TypeError if the value is not data.
 */
export function readOutputs(
  who: string,
  argument: string,
  value: unknown,
  float: FloatType,
  given: OutputRows,
): FlatTree<Tensor> {
  const place: Place = { who, argument, float };
  const read = (entry: unknown, path: string): Tree<Tensor> => {
    if (entry === null || entry === undefined) return [];
    return isNamedData(entry) || (Array.isArray(entry) && entry.includes(null))
      ? readEach(entry, path)
      : readArray(at(place, path), entry);
  };
  const readEach = (entries: object, path = ''): Tree<Tensor> => {
    if (Array.isArray(entries)) {
      const list = entries as readonly unknown[];
      return list.map((entry, i) => read(entry, `${path}[${i}]`));
    }
    const named = Object.entries(entries).map(([key, entry]) => [key, read(entry, `${path}.${key}`)]);
    return Object.fromEntries(named) as Tree<Tensor>;
  };
  if (isNamedData(value)) return flattenTree(readEach(value), isTensor);
  if (!Array.isArray(value)) return flattenTree(readArray(place, value), isTensor);
  const entries = value as readonly unknown[];
  const form = listForm(entries, given);
  if (form === 'one') return flattenTree(readArray(place, entries), isTensor);
  return flattenTree(form === 'each' ? readEach(entries) : readArray(place, entries[0]), isTensor);
}

/** Whether a list is one array, a list with one array, or an array for each output. */
function listForm(entries: readonly unknown[], { rows, outputs }: OutputRows): 'one' | 'listed' | 'each' {
  if (entries.includes(null)) return 'each';
  const [first] = entries;
  if (typeof first === 'number' || typeof first === 'boolean') return 'one';
  const count = outputs?.length ?? null;
  if (count !== null && count > 1) {
    const isEach =
      entries.length === count || (entries.length !== rows && entries.every((entry) => rowsOf(entry) === rows));
    return isEach ? 'each' : 'one';
  }
  if (entries.length !== rows) {
    if (!entries.every((entry) => rowsOf(entry) === rows)) return entries.some(isTensor) ? 'each' : 'one';
    return entries.length === 1 ? 'listed' : entries.some(isArrayLike) ? 'each' : 'one';
  }
  // As many entries as rows.
  const isSeveral = entries.length > 1 && count === null && entries.some(isTensor);
  if (isSeveral) return 'each';
  const [output] = outputs ?? [];
  const isListed = output !== undefined && isListOfOne(entries, output);
  return entries.length === 1 && rowsOf(first) === 1 && (isListed || (isTensor(first) && first.rank > 1))
    ? 'listed'
    : 'one';
}

const rowsOf = (entry: unknown): number | undefined => shapeOfData(entry)[0];

/** Whether data is an iterable of batches, and not an array. */
export function isBatchIterable(value: unknown): value is BatchIterable {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (ArrayBuffer.isView(value) || isArrayLike(value)) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

/** The number of rows of all arrays. @throws ValueError if the arrays disagree or are empty. */
export function countRows(who: string, arrays: readonly (readonly [name: string, tensor: Tensor])[]): number {
  const [first] = arrays;
  const rows = first?.[1].shape[0] ?? 0;
  if (arrays.some(([, { shape }]) => shape[0] !== rows)) {
    const came = arrays.map(([name, { shape }]) => `${name} of shape ${showShape(shape)}`).join(', ');
    throw new ValueError(`[${who}] all arrays must have the same number of rows. Received: ${came}.`);
  }
  if (rows === 0) {
    const came = first === undefined ? 'no arrays' : `${first[0]} of shape ${showShape(first[1].shape)}`;
    throw new ValueError(`[${who}] the data must have at least one row. Received: ${came}.`);
  }
  return rows;
}

/** The leaves with the names that errors use: `x`, `x[1]`, `y.name`. */
export function named(name: string, data: FlatTree<Tensor> | null): readonly (readonly [string, Tensor])[] {
  if (data === null) return [];
  return data.leaves.map((leaf, i) => [`${name}${data.treedef.paths[i] ?? ''}`, leaf]);
}

/** The type in which data is fed: the model's type for floating-point data, the data's own type for the rest. */
export function feedType(dtype: DType, float: FloatType): DType {
  return isFloat(dtype) ? float : dtype;
}

/** A tensor in the type in which it is fed. */
export function inFeedType(data: Tensor, float: FloatType): Tensor {
  const dtype = feedType(data.dtype, float);
  return dtype === data.dtype ? data : new Tensor(convert(data.data, dtype), data.shape, dtype);
}
