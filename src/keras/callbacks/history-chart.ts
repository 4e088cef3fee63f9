import { checkInteger, checkOptions } from '../../core/checks.ts';
import { ValueError, show } from '../../core/errors.ts';

/** Options of {@link History.toVegaLite}. */
export interface HistoryChartOptions {
  /** The names of the losses and metrics, without `val_`, in the order of the panels. @default null, all */
  readonly metrics?: readonly string[] | null | undefined;
  /** The width of a panel, in pixels. @default 280 */
  readonly width?: number | undefined;
  /** The height of a panel, in pixels. @default 180 */
  readonly height?: number | undefined;
  /** The number of panels in a row. @default 2 */
  readonly columns?: number | undefined;
}

/** A value at the end of an epoch: a number, or an element of several. */
export interface HistoryPoint {
  readonly epoch: number;
  /** The name in the logs, which begins with `val_` for a value of the validation. */
  readonly name: string;
  readonly value: number;
  /** The index of the value if the metric has several. */
  readonly element: number | null;
}

/** A value in the data of a chart. */
export interface HistoryRow {
  /** The epoch, from 0. */
  epoch: number;
  /** The name of the loss or the metric; `f1_score[0]` for a number of a metric with several. */
  metric: string;
  /** The data of the value. */
  data: 'training' | 'validation';
  /** The value; null for NaN and infinity, which JSON lacks, and where the line has a gap. */
  value: number | null;
}

/** An axis or a color of a panel. */
interface HistoryEncoding {
  field: 'epoch' | 'value' | 'data';
  type: 'quantitative' | 'nominal';
  title: string | null;
  axis?: { tickMinStep?: number; format?: string };
  scale?: { zero?: boolean; domain?: string[]; range?: (string | number[])[] };
  legend?: { orient: 'bottom' } | null;
}

/** The chart of a loss or a metric. */
export interface HistoryPanel {
  title: string;
  width: number;
  height: number;
  transform: { filter: { field: 'metric'; equal: string } }[];
  mark: { type: 'line'; point: boolean; tooltip: boolean };
  encoding: {
    x: HistoryEncoding;
    y: HistoryEncoding;
    color: HistoryEncoding;
    strokeDash: HistoryEncoding;
  };
}

/** A chart in the Vega-Lite language: JSON, and of a type that the packages `vega-lite` and `vega-embed` accept. */
export interface HistoryChart {
  $schema: string;
  data: { values: HistoryRow[] };
  columns: number;
  concat: HistoryPanel[];
}

/** The largest number of epochs that are marked by points; a single one would not be visible otherwise. */
const MARKED = 20;

/** Blue and vermilion of Okabe and Ito, which people with any color vision can tell apart. */
const COLORS = ['#0072b2', '#d55e00'];
const DASHES = [
  [1, 0],
  [5, 3],
];

/** A chart of the values of epochs. @throws ValueError if there is none, or a name is unknown. */
export function historyChart(who: string, points: readonly HistoryPoint[], options: HistoryChartOptions): HistoryChart {
  checkOptions(who, options, ['metrics', 'width', 'height', 'columns']);
  const [width, height] = [options.width ?? 280, options.height ?? 180];
  checkInteger(who, 'width', width, 1);
  checkInteger(who, 'height', height, 1);
  const columns = checkInteger(who, 'columns', options.columns ?? 2, 1);
  if (points.length === 0) {
    throw new ValueError(`[${who}] a chart needs an epoch. Received: a history without one. Call fit first.`);
  }
  const wanted = wantedNames(who, points, options.metrics ?? null);
  const values = points
    .map((point) => ({ ...point, metric: baseOf(point.name) }))
    .filter(({ metric }) => wanted.includes(metric))
    .map(({ epoch, name, metric, value, element }): HistoryRow => ({
      epoch,
      metric: element === null ? metric : `${metric}[${element}]`,
      data: name === metric ? 'training' : 'validation',
      value: Number.isFinite(value) ? value : null,
    }));
  const rank = (metric: string): number => wanted.indexOf(metric.replace(/\[\d+\]$/, ''));
  const titles = [...new Set(values.map(({ metric }) => metric))].sort((a, b) => rank(a) - rank(b));
  const runs = [...new Set(values.map(({ data }) => data))];
  const hasPoints = new Set(values.map(({ epoch }) => epoch)).size <= MARKED;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    data: { values },
    columns,
    concat: titles.map((title) => panelOf(title, width, height, runs, hasPoints)),
  };
}

function panelOf(title: string, width: number, height: number, runs: readonly string[], point: boolean): HistoryPanel {
  const legend = runs.length > 1 ? ({ orient: 'bottom' } as const) : null;
  const byRun = { field: 'data', type: 'nominal', title: null, legend } as const;
  const domain = ['training', 'validation'];
  return {
    title,
    width,
    height,
    transform: [{ filter: { field: 'metric', equal: title } }],
    mark: { type: 'line', point, tooltip: true },
    encoding: {
      x: { field: 'epoch', type: 'quantitative', title: 'epoch', axis: { tickMinStep: 1, format: 'd' } },
      y: { field: 'value', type: 'quantitative', title: null, scale: { zero: false } },
      color: { ...byRun, scale: { domain: [...domain], range: [...COLORS] } },
      strokeDash: { ...byRun, scale: { domain: [...domain], range: DASHES.map((dash) => [...dash]) } },
    },
  };
}

const baseOf = (name: string): string => name.replace(/^val_/, '');

function wantedNames(who: string, points: readonly HistoryPoint[], metrics: unknown): readonly string[] {
  const all = new Set(points.map(({ name }) => baseOf(name)));
  // The loss first: in the logs, it is behind the metrics.
  const known = [...all].sort((a, b) => Number(b === 'loss') - Number(a === 'loss'));
  if (metrics === null) return known;
  if (!Array.isArray(metrics) || metrics.length === 0) {
    throw new TypeError(`[${who}] metrics must be a list of names. Received: metrics=${show(metrics)}.`);
  }
  for (const name of metrics as readonly unknown[]) {
    if (known.includes(name as string)) continue;
    throw new ValueError(
      `[${who}] metrics must be names of losses and metrics, without val_. Received: ${show(name)}. The history has ${known.join(', ')}.`,
    );
  }
  return metrics as readonly string[];
}
