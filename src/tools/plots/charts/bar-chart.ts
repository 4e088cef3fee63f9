import { Plot } from '../drawing/plot.ts';
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

/** A bar in each category, and its error bar. */
export interface BarSeries {
  /** The name in the legend. */
  readonly name: string;
  /** The height of the bar in each category. */
  readonly values: ArrayLike<number>;
  /** The lower ends of the error bars. */
  readonly low?: ArrayLike<number>;
  /** The upper ends of the error bars. */
  readonly high?: ArrayLike<number>;
}

/** A chart of quantities by category. */
export interface BarChart extends Chart {
  /** The label of the categories. */
  readonly x: Pick<Axis, 'label'>;
  readonly y: Axis;
  /** The names of the categories, from left to right. */
  readonly categories: readonly string[];
  /** The bars of each category, in the order of the legend. */
  readonly series: readonly BarSeries[];
}

/**
 * Returns a chart of bars, grouped by category, with error bars between `low` and `high`.
 *
 * @throws ValueError without series or categories, or if lists have different lengths.
 */
export function barChart(chart: BarChart): Plot {
  const who = 'barChart';
  const { categories, series } = chart;
  const names = series.map(({ name }) => name);
  checkNames(who, 'series', names);
  checkNames(who, 'categories', categories);
  for (const { name, values, low, high } of series) {
    checkLengths(who, name, { values, low, high }, categories, 'categories');
  }

  const rows = series.flatMap(({ name, values, low, high }) =>
    categories.map((category, i) => ({
      ...{ category, series: name, value: orGap(values[i]) },
      ...(low === undefined || high === undefined ? {} : { low: orGap(low[i]), high: orGap(high[i]) }),
    })),
  );
  const x = {
    ...{ field: 'category', type: 'nominal', title: chart.x.label, sort: categories },
    axis: { labelAngle: 0, labelOverlap: false, labelExpr: "split(datum.label, '\\n')" },
    scale: { paddingInner: 0.25, paddingOuter: 0.15 },
  };
  const y = position('value', chart.y, true, chart);
  const xOffset = { field: 'series', sort: names };
  const clip = chart.y.domain !== undefined;
  const layer = [
    { mark: { type: 'bar', clip }, encoding: { x, xOffset, y, color: colorOf(names, 'square') } },
    {
      transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
      mark: { type: 'rule', strokeWidth: 1.5, clip },
      encoding: { x, xOffset, y: { ...y, field: 'low' }, y2: { field: 'high' } },
    },
  ];
  return new Plot(chart.title, { ...frameOf(chart), data: { values: rows }, layer }, legendColumns(names, chart));
}
