import { ValueError, show } from '../../../core/errors.ts';
import { type Tensor, type TensorLike, isArrayLike, isTensor, tensor } from '../../../core/tensor.ts';

/** A batch to adapt to: an array, or a list of which the first is one, such as `[x, y]`. */
export type AdaptBatch = TensorLike | readonly [x: Tensor, ...rest: unknown[]];

/** The data of `adapt`: one array, or an iterable of batches, which need not fit into memory together. */
export type AdaptData = TensorLike | Iterable<AdaptBatch> | AsyncIterable<AdaptBatch>;

/** Whether a value is a list with arrays in it, and so not one array: typed arrays are the rows of one. */
const holdsArrays = (value: unknown): value is readonly unknown[] => {
  if (!Array.isArray(value)) return false;
  return value.some(isTensor) || (value.some(isArrayLike) && value.some((entry) => !isArrayLike(entry)));
};

/** The batches that data consists of; one for an array. @throws TypeError if it is neither an array nor an iterable. */
export async function* batchesOf(data: unknown, who: string): AsyncGenerator<Tensor> {
  if (isArrayLike(data) || typeof data === 'number') {
    yield toTensor(data, who);
  } else if (Array.isArray(data) && data.length > 0 && !data.some((entry) => isTensor(entry) || holdsArrays(entry))) {
    yield toTensor(data, who);
  } else if (typeof data === 'object' && data !== null && (Symbol.asyncIterator in data || Symbol.iterator in data)) {
    for await (const item of data as AsyncIterable<unknown>) yield toTensor(holdsArrays(item) ? item[0] : item, who);
  } else {
    throw new TypeError(
      `[${who}] data must be a tensor, nested arrays of numbers, or an iterable of batches. Received: data=${show(data)}.`,
    );
  }
}

/** Converts a batch; nested arrays become float64, to keep full precision. */
function toTensor(value: unknown, who: string): Tensor {
  if (isArrayLike(value)) return tensor(value);
  if (typeof value !== 'number' && !Array.isArray(value)) {
    throw new TypeError(`[${who}] a batch must be a tensor or nested arrays of numbers. Received: ${show(value)}.`);
  }
  try {
    return tensor(value as TensorLike, undefined, 'float64');
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(
      error.message.replace(/^\[tensor\]/, () => `[${who}]`),
      { cause: error },
    );
  }
}
