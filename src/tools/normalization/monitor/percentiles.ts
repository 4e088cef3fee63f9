/**
 * Percentiles of numbers, with linear interpolation between the nearest ones, as `numpy.percentile` computes them. NaN of
 * none, and of numbers that include NaN.
 */
export function percentilesOf(values: ArrayLike<number>, levels: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(values).sort();
  // NaN is sorted to the end.
  if (sorted.length === 0 || Number.isNaN(sorted.at(-1))) return levels.map(() => NaN);
  return levels.map((level) => {
    const position = (level / 100) * (sorted.length - 1);
    const below = Math.floor(position);
    const [low, high] = [sorted[below] ?? NaN, sorted[Math.ceil(position)] ?? NaN];
    return low === high ? low : low + (high - low) * (position - below);
  });
}
