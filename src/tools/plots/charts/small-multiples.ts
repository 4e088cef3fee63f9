import { ValueError } from '../../../core/errors.ts';
import { Plot } from '../drawing/plot.ts';
import type { Chart } from './chart.ts';

/** Several plots as one. */
export interface SmallMultiples extends Pick<Chart, 'title' | 'subtitle'> {
  /** The parts, by row; a part without `width` and `height` of its own is as large as a plot that stands alone. */
  readonly plots: readonly Plot[];
  /**
   * The number of parts in a row.
   *
   * @default 2
   */
  readonly columns?: number;
  /**
   * Whether the parts have one legend; they then have the same series.
   *
   * @default true
   */
  readonly sharedLegend?: boolean;
}

/**
 * Returns several plots in a grid, as one picture.
 *
 * @throws ValueError without plots, or if columns is not a positive integer.
 */
export function smallMultiples({ title, subtitle, plots, columns = 2, sharedLegend = true }: SmallMultiples): Plot {
  const who = 'smallMultiples';
  if (plots.length === 0) throw new ValueError(`[${who}] plots must not be empty. Received: plots=[].`);
  if (!Number.isInteger(columns) || columns < 1) {
    throw new ValueError(`[${who}] columns must be a positive integer. Received: columns=${columns}.`);
  }
  const legendColumns = columns * Math.max(...plots.map((plot) => plot.legendColumns));
  const share = sharedLegend ? 'shared' : 'independent';
  return new Plot(
    title,
    {
      title: { text: title, ...(subtitle === undefined ? {} : { subtitle }), fontSize: 16, offset: 16 },
      concat: plots.map(({ view }) => view),
      columns,
      spacing: 28,
      resolve: { scale: { color: share }, legend: { color: share } },
    },
    legendColumns,
  );
}
