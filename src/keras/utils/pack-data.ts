import { ValueError, show } from '../../core/errors.ts';

/**
 * Inputs, targets and weights as one item of an iterable of batches: `x` itself if it is alone and no list.
 *
 * @example
 * utils.packXYSampleWeight([[1]], [2]);    // [[[1]], [2]]
 * @see https://keras.io/api/utils/python_utils/
 */
export function packXYSampleWeight(x: unknown, y: unknown = null, sampleWeight: unknown = null): unknown {
  if (y === null) return Array.isArray(x) ? [x] : x;
  return sampleWeight === null ? [x, y] : [x, y, sampleWeight];
}

/**
 * The inputs, the targets and the weights of an item of an iterable of batches; null for those that it does not have.
 *
 * @throws ValueError for a list of another length.
 * @example
 * utils.unpackXYSampleWeight([[1, 2], [3, 4]]);    // [[1, 2], [3, 4], null]
 * @see https://keras.io/api/utils/python_utils/
 */
export function unpackXYSampleWeight(data: unknown): readonly [x: unknown, y: unknown, sampleWeight: unknown] {
  if (!Array.isArray(data)) return [data, null, null];
  const [x, y = null, sampleWeight = null] = data as readonly unknown[];
  if (data.length >= 1 && data.length <= 3) return [x, y, sampleWeight];
  throw new ValueError(
    `[utils.unpackXYSampleWeight] a batch must be x, [x], [x, y] or [x, y, sampleWeight]. Received: ${show(data)}.`,
  );
}
