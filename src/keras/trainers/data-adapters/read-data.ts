import { type DType, convert, isFloat, isTypedArray } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { isRecord } from '../../../core/config.ts';
import { type FlatTree, flattenTree } from '../../../core/pytree.ts';
import { showShape } from '../../../core/shape.ts';
import { Tensor, type TensorLike, tensor, isTensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';

/** Inputs or targets: one array, or a list or record of several. */
export type DataLike = TensorLike | readonly (Tensor | TensorLike)[] | { readonly [name: string]: TensorLike };

/** One batch of an iterable: inputs, targets, and a weight for each row. */
export type BatchLike =
  | readonly [x: DataLike]
  | readonly [x: DataLike, y: DataLike | null]
  | readonly [x: DataLike, y: DataLike | null, sampleWeight: WeightsLike | null];

/** A sequence of batches. */
export type BatchIterable = Iterable<BatchLike> | AsyncIterable<BatchLike>;

/** The type in which floating-point data is fed to a model. */
export type FloatType = 'float32' | 'float64';

/**
 * Reads data as tensors. Nested arrays get the model's floating-point type at once, so that no digit is lost.
 * @throws TypeError if the value is not data.
 */
export function readData(who: string, argument: string, value: unknown, float: FloatType): FlatTree<Tensor> {
  return flattenTree(readTree(who, argument, value, float), isTensor);
}

function readTree(who: string, argument: string, value: unknown, float: FloatType): Tree<Tensor> {
  if (isTensor(value) || isTypedArray(value) || typeof value === 'number')
    return readArray(who, argument, value, float);
  if (Array.isArray(value)) {
    const several = value.some((entry) => isTensor(entry) || isTypedArray(entry));
    if (!several) return readArray(who, argument, value as TensorLike, float);
    return value.map((entry: unknown, i) => readArray(who, `${argument}[${i}]`, entry as TensorLike, float));
  }
  if (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).map(([key, entry]) => {
      return [key, readArray(who, `${argument}.${key}`, entry as TensorLike, float)] as const;
    });
    return Object.fromEntries(entries);
  }
  throw new TypeError(
    `[${who}] ${argument} must be a tensor, nested arrays of numbers, or a list or record of these. Received: ${show(value)}.`,
  );
}

function readArray(who: string, argument: string, value: TensorLike, float: FloatType): Tensor {
  let made: Tensor;
  if (isTensor(value) || isTypedArray(value)) {
    made = tensor(value);
  } else if (typeof value === 'number' || Array.isArray(value)) {
    const nested = fromNested(who, argument, value);
    made = nested.dtype === 'bool' ? nested : tensor(value, undefined, float);
  } else {
    throw new TypeError(`[${who}] ${argument} must be a tensor or nested arrays of numbers. Received: ${show(value)}.`);
  }
  if (made.rank === 0) {
    throw new ValueError(`[${who}] ${argument} must have an axis for the rows. Received: a single number.`);
  }
  return made;
}

function fromNested(who: string, argument: string, value: TensorLike): Tensor {
  try {
    return tensor(value);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(`[${who}] ${argument}: ${error.message.replace(/^\[tensor\] /, '')}`, { cause: error });
  }
}

/**
 * Weights of the rows: one array for all outputs, or one for each output in the structure of the targets; `null` for an
 * output whose rows count alike.
 */
export type WeightsLike =
  TensorLike | readonly (TensorLike | null)[] | { readonly [output: string]: TensorLike | null };

/** Reads a weight for each row, or for each step of each row. An output whose weights are `null` gets ones. */
export function readWeights(who: string, value: unknown, rows: number, float: FloatType): FlatTree<Tensor> | null {
  if (value === null || value === undefined) return null;
  const hasNull = (Array.isArray(value) || isRecord(value)) && Object.values(value).includes(null);
  if (!hasNull) return readData(who, 'sampleWeight', value, float);
  // Next to a null, a nested array holds the weights of one output.
  const read = (entry: unknown, place: string): Tree<Tensor> =>
    entry === null ? tensor(new Float32Array(rows).fill(1)) : readTree(who, `sampleWeight${place}`, entry, float);
  const tree = Array.isArray(value)
    ? value.map((entry: unknown, i) => read(entry, `[${i}]`))
    : Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, read(entry, `.${name}`)]));
  return flattenTree(tree, isTensor);
}

/** Whether data is an iterable of batches. */
export function isBatchIterable(value: unknown): value is BatchIterable {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (isTypedArray(value) || isTensor(value)) return false;
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
