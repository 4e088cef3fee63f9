/**
 * Plots as SVG and PNG.
 *
 * @module evenkeel/plots
 */
export { type BarChart, type BarSeries, barChart } from './charts/bar-chart.ts';
export type { Axis, Chart } from './charts/chart.ts';
export { type HeatMap, heatMap } from './charts/heat-map.ts';
export { type Histogram, histogram } from './charts/histogram.ts';
export { type LineChart, type LineSeries, lineChart } from './charts/line-chart.ts';
export { type SmallMultiples, smallMultiples } from './charts/small-multiples.ts';
export { type StripChart, stripChart } from './charts/strip-chart.ts';
export { Plot, type PngOptions } from './drawing/plot.ts';
export type { Spec } from '../../formats/graphics/renderer.ts';
export { palette, type Theme } from './drawing/theme.ts';
