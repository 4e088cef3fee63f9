import { PooledStatistics } from '../../../core/pooled-statistics.ts';
import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { dataParallelism, world } from '../../../core/world.ts';

/** Adjacent axes that are all kept or all reduced, merged; `stride` is their step among the features, 0 if reduced. */
interface Run {
  size: number;
  readonly stride: number;
}

/** Mean and population variance of each feature over successive batches, in float64, pooled exactly. */
export class FeatureStatistics {
  #pooled: PooledStatistics;
  readonly #kept: readonly number[];
  #count = 0;

  /** For batches whose axes `kept` (ascending) have these sizes. */
  constructor(kept: readonly number[], sizes: KnownShape) {
    this.#kept = kept;
    this.#pooled = new PooledStatistics(sizeOf(sizes));
  }

  /** The number of elements seen of each feature. */
  get count(): number {
    return this.#count;
  }

  get mean(): Float64Array {
    return this.#pooled.mean;
  }

  get variance(): Float64Array {
    return this.#pooled.variance;
  }

  /** The statistics of all processes that train together, pooled in their order; null if this one has no data. */
  static async overWorld(statistics: FeatureStatistics | null): Promise<FeatureStatistics | null> {
    if (dataParallelism() === null) return statistics;
    const own = statistics === null ? [] : [statistics.count, ...statistics.mean, ...statistics.variance];
    const parts = await world().allGather(new Uint8Array(Float64Array.from(own).buffer));
    if (statistics === null) return null;
    const features = statistics.mean.length;
    const all = new PooledStatistics(features);
    statistics.#count = 0;
    for (const part of parts) {
      const [count = 0, ...numbers] = new Float64Array(part.slice().buffer);
      all.add({ count, mean: numbers.slice(0, features), variance: numbers.slice(features) });
      statistics.#count += count;
    }
    statistics.#pooled = all;
    return statistics;
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
    const corrections = rest.map((sum) => sum / count);
    this.#count += count;
    this.#pooled.add({
      count,
      mean: mean.map((entry, i) => entry + (corrections[i] ?? 0)),
      variance: squares.map((sum, i) => Math.max(sum / count - (corrections[i] ?? 0) ** 2, 0)),
    });
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
