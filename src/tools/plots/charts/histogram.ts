import { ValueError } from '../../../core/errors.ts';
import { Plot } from '../drawing/plot.ts';
import { type Axis, type Chart, checkNames, colorOf, frameOf, legendColumns, position } from './chart.ts';

/** A chart of the distribution of numbers. */
export interface Histogram extends Chart {
  readonly x: Pick<Axis, 'label' | 'domain' | 'format'>;
  /**
   * The label of the counts.
   *
   * @default 'count'
   */
  readonly y?: Pick<Axis, 'label'>;
  /** The numbers of each series; those that are not finite are omitted. */
  readonly series: readonly { readonly name: string; readonly values: ArrayLike<number> }[];
  /**
   * The number of bins.
   *
   * @default 30
   */
  readonly bins?: number;
}

/**
 * Returns a chart of how many numbers are in each of `bins` intervals of equal width; series overlap.
 *
 * @throws ValueError without a finite number, or if bins is not a positive integer.
 */
export function histogram(chart: Histogram): Plot {
  const who = 'histogram';
  const { series, bins = 30 } = chart;
  const names = series.map(({ name }) => name);
  checkNames(who, 'series', names);
  if (!Number.isInteger(bins) || bins < 1) {
    throw new ValueError(`[${who}] bins must be a positive integer. Received: bins=${bins}.`);
  }
  const finite = series.map(({ values }) => Array.from(values).filter(Number.isFinite));
  const [low, high] = chart.x.domain ?? rangeOf(who, finite.flat());
  const width = (high - low) / bins || 1;
  const rows = finite.flatMap((values, s) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) {
      if (value < low || value > high) continue;
      const bin = Math.min(bins - 1, Math.floor((value - low) / width));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts.map((count, i) => ({ series: names[s], start: low + i * width, end: low + (i + 1) * width, count }));
  });
  return new Plot(
    chart.title,
    {
      ...frameOf(chart),
      data: { values: rows },
      mark: { type: 'bar', opacity: names.length > 1 ? 0.6 : 1, binSpacing: 0 },
      encoding: {
        x: { ...position('start', chart.x, false, chart), bin: { binned: true } },
        x2: { field: 'end' },
        y: { ...position('count', chart.y ?? { label: 'count' }, true, chart), stack: null },
        color: colorOf(names, 'square'),
      },
    },
    legendColumns(names, chart),
  );
}

function rangeOf(who: string, values: readonly number[]): readonly [number, number] {
  if (values.length === 0) throw new ValueError(`[${who}] series must contain a finite number. Received: none.`);
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
