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
  const finite = Array.from(values).filter(Number.isFinite);
  if (finite.length === 0) return null;
  let [minimum, maximum, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0];
  for (const value of finite) {
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    sum += value;
    sumOfSquares += value ** 2;
  }
  const buckets = minimum === maximum ? 1 : BUCKETS;
  const width = (maximum - minimum) / buckets;
  const counts = new Array<number>(buckets).fill(0);
  for (const value of finite) {
    const bucket = width === 0 ? 0 : Math.min(buckets - 1, Math.floor((value - minimum) / width));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const limits = counts.map((_, i) => (i === buckets - 1 ? maximum : minimum + (i + 1) * width));
  return { minimum, maximum, count: finite.length, sum, sumOfSquares, limits, counts };
}
