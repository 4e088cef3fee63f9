import { Plot } from '../drawing/plot.ts';
import { gray } from '../drawing/theme.ts';
import { type Chart, checkLengths, checkNames, frameOf, orGap } from './chart.ts';

/** A chart of a quantity over two lists of categories. */
export interface HeatMap extends Chart {
  /** The columns, from left to right. */
  readonly x: { readonly label: string; readonly values: readonly string[] };
  /** The rows, from top to bottom. */
  readonly y: { readonly label: string; readonly values: readonly string[] };
  /** The quantity in each row and column; numbers that are not finite leave the cell empty. */
  readonly values: readonly ArrayLike<number>[];
  /** The label of the quantity, with its unit. */
  readonly label: string;
  /**
   * The numbers of the first and the last color.
   *
   * @default the range of the data
   */
  readonly domain?: readonly [number, number];
  /**
   * The scale of the color; a logarithmic one needs positive numbers.
   *
   * @default 'linear'
   */
  readonly scale?: 'linear' | 'log';
  /**
   * The format of the numbers in the cells, as d3-format spells it; null for none.
   *
   * @default '.3~g'
   */
  readonly format?: string | null;
}

/**
 * Returns a chart of a quantity as color, in the scale cividis, whose lightness alone tells the order.
 *
 * @throws ValueError without rows or columns, or if a row has the wrong length.
 */
export function heatMap(chart: HeatMap): Plot {
  const who = 'heatMap';
  const { x, y, values, format = '.3~g', scale = 'linear' } = chart;
  checkNames(who, 'x.values', x.values);
  checkNames(who, 'y.values', y.values);
  checkLengths(who, chart.title, { values: values.map(() => 0) }, y.values, 'y.values');
  values.forEach((row, i) => checkLengths(who, y.values[i] ?? '', { 'the row': row }, x.values, 'x.values'));

  const rows = y.values.flatMap((name, i) =>
    x.values.map((column, j) => ({ x: column, y: name, value: orGap(values[i]?.[j]) })),
  );
  const known = rows.flatMap(({ value }) => (value === null ? [] : [value]));
  const [low, high] = chart.domain ?? [Math.min(...known), Math.max(...known)];
  const { width = 560, height = Math.max(60, 34 * y.values.length) } = chart;
  const encoding = {
    x: { field: 'x', type: 'nominal', title: x.label, sort: x.values, axis: { labelAngle: 0, labelOverlap: 'greedy' } },
    y: { field: 'y', type: 'nominal', title: y.label, sort: y.values },
  };
  const color = {
    ...{ field: 'value', type: 'quantitative', title: chart.label },
    scale: { type: scale, scheme: 'cividis', domain: [low, high], clamp: true },
    legend: { gradientLength: Math.min(width, 300), titleLimit: width, ...(format === null ? {} : { format }) },
  };
  const cells = {
    transform: [{ filter: 'isValid(datum.value)' }],
    mark: { type: 'rect' },
    encoding: { ...encoding, color },
  };
  const middle = scale === 'log' ? Math.sqrt(low * high) : (low + high) / 2;
  const numbers = {
    transform: [{ calculate: `isValid(datum.value) ? format(datum.value, '${format}') : '×'`, as: 'text' }],
    mark: { type: 'text', fontSize: 11 },
    encoding: {
      ...encoding,
      text: { field: 'text' },
      color: {
        condition: [
          { test: '!isValid(datum.value)', value: gray },
          { test: `datum.value > ${middle}`, value: '#000000' },
        ],
        value: '#ffffff',
      },
    },
  };
  return new Plot(chart.title, {
    ...frameOf({ ...chart, width, height }),
    data: { values: rows },
    layer: format === null ? [cells] : [cells, numbers],
  });
}
