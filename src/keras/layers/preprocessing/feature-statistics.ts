import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';

/** Adjacent axes that are all kept or all reduced, merged; `stride` is their step among the features, 0 if reduced. */
interface Run {
  size: number;
  readonly stride: number;
}

/**
 * Mean and population variance of each feature over successive batches, in float64. They are pooled
 * exactly: the result is that of all batches in one array.
 *
 *     n ← n + n_b     μ' = μ + (μ_b − μ) · n_b / n     σ²' = (σ² + (μ − μ')²) · (n − n_b) / n + (σ_b² + (μ_b − μ')²) · n_b / n
 */
export class FeatureStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly #kept: readonly number[];
  #count = 0;

  /** For batches whose axes `kept` (ascending) have these sizes. */
  constructor(kept: readonly number[], sizes: KnownShape) {
    this.#kept = kept;
    this.mean = new Float64Array(sizeOf(sizes));
    this.variance = new Float64Array(sizeOf(sizes));
  }

  /** The number of elements seen of each feature. */
  get count(): number {
    return this.#count;
  }

  add({ data, shape }: Tensor): void {
    const features = this.mean.length;
    const count = features === 0 ? 0 : data.length / features;
    if (count === 0) return;
    const runs = runsOf(shape, this.#kept);
    const mean = sums(data, runs, features, (entry) => entry).map((total) => total / count);
    // The second pass corrects the rounding error of the mean.
    const rest = sums(data, runs, features, (entry, feature) => entry - (mean[feature] ?? 0));
    const squares = sums(data, runs, features, (entry, feature) => (entry - (mean[feature] ?? 0)) ** 2);
    this.#count += count;
    const share = count / this.#count;
    for (let i = 0; i < features; i++) {
      const correction = (rest[i] ?? 0) / count;
      const batchMean = (mean[i] ?? 0) + correction;
      const batchVariance = Math.max((squares[i] ?? 0) / count - correction ** 2, 0);
      const [oldMean, oldVariance] = [this.mean[i] ?? 0, this.variance[i] ?? 0];
      const newMean = share === 1 ? batchMean : oldMean + (batchMean - oldMean) * share;
      this.mean[i] = newMean;
      this.variance[i] =
        (oldVariance + (oldMean - newMean) ** 2) * (1 - share) + (batchVariance + (batchMean - newMean) ** 2) * share;
    }
  }
}

function runsOf(shape: KnownShape, kept: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    if (size === 1) continue;
    const step = kept.includes(axis) ? stride : 0;
    if (step > 0) stride *= size;
    const [inner] = runs;
    if (inner !== undefined && inner.stride > 0 === step > 0) inner.size *= size;
    else runs.unshift({ size, stride: step });
  }
  return runs;
}

/** The sum of `term` over the elements of each feature. */
function sums(
  data: ArrayLike<number>,
  runs: readonly Run[],
  features: number,
  term: (entry: number, feature: number) => number,
): Float64Array {
  const totals = new Float64Array(features);
  const outer = runs.slice(0, -1);
  const inner = runs.at(-1) ?? { size: 1, stride: 0 };
  const counters = outer.map(() => 0);
  let feature = 0;
  for (let start = 0; start < data.length; start += inner.size) {
    for (let i = 0, at = feature; i < inner.size; i++, at += inner.stride) {
      totals[at] = (totals[at] ?? 0) + term(data[start + i] ?? NaN, at);
    }
    // One step of an odometer over the outer runs.
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const { size, stride } = outer[axis] ?? { size: 1, stride: 0 };
      const next = (counters[axis] ?? 0) + 1;
      feature += stride;
      counters[axis] = next;
      if (next < size) break;
      feature -= stride * size;
      counters[axis] = 0;
    }
  }
  return totals;
}
