/** A sketch of a distribution: values, increasing, each with the number of elements that it stands for. */
export interface Summary {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

/** The summary of no elements. */
export const EMPTY_SUMMARY: Summary = { values: [], weights: [] };

/** Elements as 1 / epsilon values. */
export function summarize(elements: ArrayLike<number>, epsilon: number): Summary {
  const sorted = Float32Array.from(elements).sort();
  const step = Math.max(sorted.length * epsilon, 1);
  const stride = Math.trunc(step);
  const values: number[] = [];
  for (let i = Math.trunc(step - 1); i < sorted.length; i += stride) values.push(sorted[i] ?? 0);
  return { values, weights: values.map(() => step) };
}

/** Two summaries as one of at most 1 / epsilon values. */
export function mergeSummaries(a: Summary, b: Summary, epsilon: number): Summary {
  const pairs = [a, b].flatMap(({ values, weights }) => values.map((value, i) => [value, weights[i] ?? 0] as const));
  pairs.sort(([first], [second]) => first - second);
  return compress({ values: pairs.map(([value]) => value), weights: pairs.map(([, weight]) => weight) }, epsilon);
}

/** The inner quantiles of a summary, which divide it into a number of bins. */
export const boundariesOf = (summary: Summary, bins: number): readonly number[] =>
  compress(summary, 1 / bins).values.slice(0, -1);

/** y at a place, by linear interpolation between increasing places; constant beyond them. */
function interpolate(place: number, places: readonly number[], y: readonly number[]): number {
  const next = places.findIndex((each) => each > place);
  if (next === 0) return y[0] ?? 0;
  if (next === -1) return y.at(-1) ?? 0;
  const [low = 0, high = 1] = [places[next - 1], places[next]];
  const [from = 0, to = 0] = [y[next - 1], y[next]];
  return from + ((to - from) * (place - low)) / (high - low);
}

function compress(summary: Summary, epsilon: number): Summary {
  const { values, weights } = summary;
  if (values.length * epsilon < 1) return summary;
  let sum = 0;
  const cumulative = weights.map((weight) => (sum += weight));
  const shares = cumulative.map((each) => each / sum);
  // As NumPy's arange: the number of steps is the quotient, rounded up.
  const percents = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  const totals = percents.map((percent) => interpolate(percent, shares, cumulative));
  return {
    values: percents.map((percent) => Math.fround(interpolate(percent, shares, values))),
    weights: totals.map((total, i) => Math.fround(total - (i === 0 ? 0 : (totals[i - 1] ?? 0)))),
  };
}
