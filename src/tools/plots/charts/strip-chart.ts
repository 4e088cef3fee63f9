import { Plot } from '../drawing/plot.ts';
import { palette } from '../drawing/theme.ts';
import { type Axis, type Chart, checkNames, frameOf, position } from './chart.ts';

/** A chart of many numbers by category, such as one per channel by layer. */
export interface StripChart extends Chart {
  readonly x: Axis;
  /** The label of the categories. */
  readonly y: Pick<Axis, 'label'>;
  /** The categories from top to bottom, with their numbers; those that are not finite are omitted. */
  readonly series: readonly { readonly name: string; readonly values: ArrayLike<number> }[];
}

/** The number of points up to which each is drawn. */
const drawnPoints = 600;

/**
 * Returns a chart with a row for each category: the range as a thin line, the middle half as a thick one, the median as a
 * tick, and each number as a point unless there are more than 600.
 *
 * @throws ValueError without series.
 */
export function stripChart(chart: StripChart): Plot {
  const { series } = chart;
  const names = series.map(({ name }) => name);
  checkNames('stripChart', 'series', names);

  const groups = series.map(({ name, values }) => ({
    name,
    values: Array.from(values)
      .filter(Number.isFinite)
      .sort((a, b) => a - b),
  }));
  const summaries = groups.flatMap(({ name, values }) => {
    if (values.length === 0) return [];
    const [low, lower, median, upper, high] = [0, 0.25, 0.5, 0.75, 1].map((part) => quantile(values, part));
    return [{ series: name, low, lower, median, upper, high }];
  });
  const points = groups.flatMap(({ name, values }) => values.map((value) => ({ series: name, value })));
  const y = { field: 'series', type: 'nominal', title: chart.y.label, sort: names, scale: { domain: names } };
  const x = (field: string) => position(field, chart.x, false, chart);
  const color = { value: palette[0] };
  const layer = [
    { mark: { type: 'bar', height: 1.5 }, encoding: { y, x: x('low'), x2: { field: 'high' }, color } },
    { mark: { type: 'bar', height: 10, opacity: 0.35 }, encoding: { y, x: x('lower'), x2: { field: 'upper' }, color } },
    { mark: { type: 'tick', thickness: 2.5, size: 14 }, encoding: { y, x: x('median'), color: { value: palette[1] } } },
    ...(points.length > drawnPoints
      ? []
      : [
          {
            data: { values: points },
            mark: { type: 'point', filled: true, size: 14, opacity: 0.8 },
            encoding: { y, x: x('value'), color },
          },
        ]),
  ];
  const height = chart.height ?? Math.max(60, 22 * names.length);
  return new Plot(chart.title, { ...frameOf({ ...chart, height }), data: { values: summaries }, layer });
}

/** The quantile of increasing numbers, with linear interpolation between neighbors. */
function quantile(values: readonly number[], part: number): number {
  const place = part * (values.length - 1);
  const below = values[Math.floor(place)] ?? NaN;
  const above = values[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
