/** A distribution of numbers, as TensorBoard's event files contain it. */
export interface Histogram {
  readonly minimum: number;
  readonly maximum: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** The upper limits of the buckets; the first one begins at the minimum. */
  readonly limits: readonly number[];
  /** The number of values in each bucket. */
  readonly counts: readonly number[];
}

/** The number of buckets, as in TensorBoard's own summaries. */
const BUCKETS = 30;

/** The histogram of the finite ones of some numbers, in buckets of equal width; null if there are none. */
export function histogramOf(values: ArrayLike<number>): Histogram | null {
  let [count, minimum, maximum, sum, sumOfSquares] = [0, Infinity, -Infinity, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (!Number.isFinite(value)) continue;
    count++;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    sum += value;
    sumOfSquares += value ** 2;
  }
  if (count === 0) return null;
  const buckets = minimum === maximum ? 1 : BUCKETS;
  const width = (maximum - minimum) / buckets;
  const counts = new Array<number>(buckets).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const bucket = width === 0 ? 0 : Math.min(buckets - 1, Math.floor((value - minimum) / width));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const limits = counts.map((_, i) => (i === buckets - 1 ? maximum : minimum + (i + 1) * width));
  return { minimum, maximum, count, sum, sumOfSquares, limits, counts };
}

/**
 * The rows of a histogram as `tf.summary.histogram` writes them: the lower and the upper limit of each bucket, and the number of
 * values in it. Values that are all equal are in the last bucket; without a finite value, all rows are zero.
 *
 * @see https://github.com/tensorflow/tensorboard/blob/master/tensorboard/plugins/histogram/summary_v2.py
 */
export function bucketRows(
  values: ArrayLike<number>,
): readonly (readonly [low: number, high: number, count: number])[] {
  const histogram = histogramOf(values);
  return Array.from({ length: BUCKETS }, (_, i) => {
    if (histogram === null) return [0, 0, 0];
    const { minimum, maximum, count, limits, counts } = histogram;
    if (minimum === maximum) return [minimum, maximum, i === BUCKETS - 1 ? count : 0];
    return [limits[i - 1] ?? minimum, limits[i] ?? maximum, counts[i] ?? 0];
  });
}
