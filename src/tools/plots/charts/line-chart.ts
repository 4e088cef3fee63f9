import { Plot } from '../drawing/plot.ts';
import { gray } from '../drawing/theme.ts';
import {
  type Axis,
  type Chart,
  checkLengths,
  checkNames,
  colorOf,
  frameOf,
  legendColumns,
  orGap,
  position,
} from './chart.ts';

/** A line, and the band of its spread. */
export interface LineSeries {
  /** The name in the legend. */
  readonly name: string;
  /** The positions. */
  readonly x: ArrayLike<number>;
  /** The heights; numbers that are not finite leave gaps. */
  readonly y: ArrayLike<number>;
  /** The lower edge of the band. */
  readonly low?: ArrayLike<number>;
  /** The upper edge of the band. */
  readonly high?: ArrayLike<number>;
  /** Whether the line is dashed. */
  readonly dashed?: boolean;
}

/** A chart of quantities over another one. */
export interface LineChart extends Chart {
  readonly x: Axis;
  readonly y: Axis;
  /** The lines, in the order of the legend. */
  readonly series: readonly LineSeries[];
  /** Dotted lines at a height, such as a target, each with its name. */
  readonly references?: readonly { readonly y: number; readonly label: string }[];
  /**
   * Whether the points of the data are marked.
   *
   * @default false
   */
  readonly points?: boolean;
}

/**
 * Returns a chart of lines, each with an optional band between `low` and `high`, such as the spread over seeds.
 *
 * @throws ValueError without series, or if lists have different lengths.
 */
export function lineChart(chart: LineChart): Plot {
  const who = 'lineChart';
  const { series, references = [], points = false } = chart;
  const names = series.map(({ name }) => name);
  checkNames(who, 'series', names);
  for (const { name, x, y, low, high } of series) checkLengths(who, name, { y, low, high }, x, 'x');

  const rows = series.flatMap(({ name, x, y, low, high, dashed = false }) =>
    Array.from({ length: x.length }, (_, i) => ({
      series: name,
      x: orGap(x[i]),
      y: orGap(y[i]),
      ...(low === undefined || high === undefined ? {} : { low: orGap(low[i]), high: orGap(high[i]) }),
      dashed,
    })),
  );
  const x = position('x', chart.x, false, chart);
  const y = position('y', chart.y, false, chart);
  const color = colorOf(names, 'stroke');
  const clip = chart.x.domain !== undefined || chart.y.domain !== undefined;
  const band = {
    transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
    mark: { type: 'area', opacity: 0.22, clip },
    encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
  };
  const line = {
    mark: { type: 'line', clip, ...(points ? { point: { size: 36, filled: true } } : {}) },
    encoding: {
      ...{ x, y, color },
      strokeDash: {
        field: 'dashed',
        type: 'nominal',
        legend: null,
        scale: { domain: [false, true], range: [[], [5, 4]] },
      },
      detail: { field: 'series' },
    },
  };
  const marks = references.map((reference) => ({
    data: { values: [reference] },
    encoding: { y: { ...y, field: 'y' } },
    layer: [
      { mark: { type: 'rule', strokeDash: [2, 3], color: gray, clip } },
      {
        mark: {
          type: 'text',
          align: 'right',
          baseline: 'bottom',
          dx: -4,
          dy: -3,
          x: 'width',
          color: gray,
          fontSize: 12,
        },
        encoding: { text: { field: 'label' } },
      },
    ],
  }));
  const layer = [...(rows.some((row) => 'low' in row) ? [band] : []), line, ...marks];
  return new Plot(chart.title, { ...frameOf(chart), data: { values: rows }, layer }, legendColumns(names, chart));
}
