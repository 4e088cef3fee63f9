import { checkBoolean, checkInteger, checkOptions } from '../../core/checks.ts';
import { type TypedArray, allocate } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { RandomStream, drawSeed } from '../../core/random.ts';
import { isRecord } from '../../core/config.ts';
import { Tensor, type TensorLike, isArrayLike, tensor } from '../../core/tensor.ts';
import { Dataset } from '../data/dataset.ts';

/** Options of {@link splitDataset}. */
export interface SplitDatasetOptions {
  /** The rows on the left: a fraction in (0, 1), or a number. @default null, those that are not on the right */
  readonly leftSize?: number | null | undefined;
  /** The rows on the right: a fraction in (0, 1), or a number. @default null, those that are not on the left */
  readonly rightSize?: number | null | undefined;
  /** Whether the rows are shuffled first. @default false */
  readonly shuffle?: boolean | undefined;
  /** The seed of the shuffle. @default null, drawn from that of `setRandomSeed` */
  readonly seed?: number | null | undefined;
}

/** Options of {@link shuffle}. */
export interface ShuffleOptions {
  /** The seed. @default null, drawn from that of `setRandomSeed` */
  readonly seed?: number | null | undefined;
}

/** One array, or a list or record of arrays with the same number of rows. */
export type ArraysLike =
  Tensor | TypedArray | readonly number[] | readonly TensorLike[] | { readonly [name: string]: TensorLike };

/** Tensors in the structure of the arrays. */
export type Rows<Data> = Data extends Tensor | TypedArray | readonly number[]
  ? Tensor
  : { -readonly [K in keyof Data]: Tensor };

/**
 * Splits arrays into two parts by rows, for example into training and test data. Several arrays, as in `[x, y]` or
 * `{ x, y }`, have the same number of rows and are split alike. A dataset is read into memory, and split by elements, or by the
 * rows of its batches.
 *
 * @throws ValueError if the arrays differ in rows, or the sizes leave a part without rows or exceed the rows together.
 * @example
 * const x = tensor([[1], [2], [3], [4]]);
 * const y = tensor([1, 2, 3, 4]);
 * const [[trainX, trainY], [testX, testY]] = utils.splitDataset([x, y], { leftSize: 0.75 });
 * trainX;    // [[1], [2], [3]]
 * testY;     // [4]
 * utils.splitDataset(x, { rightSize: 1, shuffle: true, seed: 1 })[0].shape;    // [3, 1]
 * const [left, right] = await utils.splitDataset(data.Dataset.range(5), { leftSize: 3 });
 * await right.toArray();    // [3, 4]
 * @see https://keras.io/api/utils/python_utils/#splitdataset-function
 */
export function splitDataset<T>(
  dataset: Dataset<T>,
  options?: SplitDatasetOptions,
): Promise<[left: Dataset<T>, right: Dataset<T>]>;
export function splitDataset<const Data extends ArraysLike>(
  dataset: Data,
  options?: SplitDatasetOptions,
): [left: Rows<Data>, right: Rows<Data>];
export function splitDataset(
  dataset: ArraysLike | Dataset<unknown>,
  options: SplitDatasetOptions = {},
): [left: unknown, right: unknown] | Promise<[left: Dataset<unknown>, right: Dataset<unknown>]> {
  const who = 'utils.splitDataset';
  checkOptions(who, options, ['leftSize', 'rightSize', 'shuffle', 'seed']);
  const isShuffled = checkBoolean(who, 'shuffle', options.shuffle ?? false);
  if (dataset instanceof Dataset) return splitElements(who, dataset, options);
  const { rows, select } = readArrays(who, dataset);
  const [left, right] = partSizes(who, rows, options);
  const order = orderOf(who, rows, isShuffled, options.seed);
  return [select(order.subarray(0, left)), select(order.subarray(left, left + right))];
}

async function splitElements(
  who: string,
  dataset: Dataset<unknown>,
  options: SplitDatasetOptions,
): Promise<[left: Dataset<unknown>, right: Dataset<unknown>]> {
  const { batchSize } = dataset;
  const elements: readonly unknown[] = await (batchSize === null ? dataset : dataset.unbatch()).toArray();
  const [left, right] = partSizes(who, elements.length, options);
  const order = orderOf(who, elements.length, options.shuffle ?? false, options.seed);
  const part = (places: Int32Array): Dataset<unknown> => {
    const chosen = Dataset.fromIterable(Array.from<number, unknown>(places, (place) => elements[place]));
    return batchSize === null ? chosen : chosen.batch(batchSize);
  };
  return [part(order.subarray(0, left)), part(order.subarray(left, left + right))];
}

const orderOf = (who: string, rows: number, isShuffled: boolean, seed: number | null | undefined): Int32Array =>
  isShuffled ? permutation(who, rows, seed) : Int32Array.from({ length: rows }, (_, i) => i);

/**
 * Returns arrays with their rows in a random order, which is the same for all of them.
 *
 * @throws ValueError if the arrays differ in rows.
 * @example
 * const [x, y] = utils.shuffle([tensor([[1], [2], [3]]), tensor([1, 2, 3])], { seed: 7 });
 * x.shape;                                          // [3, 1]
 * x.toArray().every(([entry], i) => entry === y.data[i]);    // true
 */
export function shuffle<const Data extends ArraysLike>(dataset: Data, options: ShuffleOptions = {}): Rows<Data> {
  const who = 'utils.shuffle';
  checkOptions(who, options, ['seed']);
  const { rows, select } = readArrays(who, dataset);
  return select(permutation(who, rows, options.seed));
}

function permutation(who: string, rows: number, seed: number | null | undefined): Int32Array {
  return new RandomStream(
    seed === null || seed === undefined ? drawSeed() : checkInteger(who, 'seed', seed, 0),
  ).permutation(rows);
}

interface Arrays {
  readonly rows: number;
  /** The arrays with some of their rows, in the structure of the data. */
  readonly select: <Data>(order: Int32Array) => Rows<Data>;
}

function readArrays(who: string, dataset: unknown): Arrays {
  const isList = Array.isArray(dataset) && isListOfArrays(who, dataset);
  const isNamed = isRecord(dataset) && !isArrayLike(dataset);
  const entries: readonly (readonly [string, TensorLike])[] =
    isList || isNamed ? Object.entries(dataset as Record<string, TensorLike>) : [['', dataset as TensorLike]];
  const arrays = entries.map(([name, values]) => [name, tensor(values)] as const);
  const counts = arrays.map(([, { shape }]) => shape[0] ?? null);
  const [rows = null] = counts;
  if (rows === null || counts.some((count) => count !== rows)) {
    throw new ValueError(`[${who}] all arrays must have the same number of rows. Received: ${show(counts)}.`);
  }
  return {
    rows,
    select: <Data>(order: Int32Array): Rows<Data> => {
      const made = arrays.map(([name, array]) => [name, takeRows(array, order)] as const);
      if (isNamed) return Object.fromEntries(made) as Rows<Data>;
      return (isList ? made.map(([, array]) => array) : made[0]?.[1]) as Rows<Data>;
    },
  };
}

/**
 * Whether a list contains several arrays, as in Keras, rather than the numbers of one.
 * @throws ValueError for nested arrays alone, which could be either.
 */
function isListOfArrays(who: string, list: readonly unknown[]): boolean {
  if (list.every((entry) => typeof entry === 'number')) return false;
  if (list.some(isArrayLike)) return true;
  throw new ValueError(
    `[${who}] a list must contain tensors or typed arrays. Received: nested arrays, which are either one array or several. Pass tensor(x), [tensor(x), tensor(y)] or { x, y }.`,
  );
}

function takeRows({ data, shape, dtype }: Tensor, order: Int32Array): Tensor {
  const size = data.length / Math.max(shape[0] ?? 1, 1);
  const taken = allocate(dtype, order.length * size);
  for (const [to, from] of order.entries()) taken.set(data.subarray(from * size, (from + 1) * size), to * size);
  return new Tensor(taken, [order.length, ...shape.slice(1)], dtype);
}

/** The numbers of rows of both parts. As in Keras, fractions are rounded, and one size leaves the rest to the other part. */
function partSizes(who: string, rows: number, { leftSize, rightSize }: SplitDatasetOptions): readonly [number, number] {
  const count = (name: string, size: number | null | undefined): number | null => {
    if (size === null || size === undefined) return null;
    if (typeof size === 'number' && size > 0 && size < 1) return roundHalfEven(size * rows);
    return checkInteger(who, name, size, 1);
  };
  const [left, right] = [count('leftSize', leftSize), count('rightSize', rightSize)];
  if (left === null && right === null) {
    throw new ValueError(`[${who}] at least one of leftSize and rightSize must be given. Received: neither.`);
  }
  const sizes = [left ?? rows - (right ?? 0), right ?? rows - (left ?? 0)] as const;
  if (sizes[0] < 1 || sizes[1] < 1 || sizes[0] + sizes[1] > rows) {
    throw new ValueError(
      `[${who}] both parts must have rows, and together at most ${rows}. Received: leftSize=${show(leftSize ?? null)}, rightSize=${show(rightSize ?? null)}.`,
    );
  }
  return sizes;
}

/** Rounds as Python does: halves to the even neighbor. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return value % 1 === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
