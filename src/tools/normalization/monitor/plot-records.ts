import { checkChoice, checkOptions } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { own } from '../../../core/own.ts';
import { type LineSeries, lineChart } from '../../plots/charts/line-chart.ts';
import { smallMultiples } from '../../plots/charts/small-multiples.ts';
import type { Plot } from '../../plots/drawing/plot.ts';
import { percentilesOf } from './percentiles.ts';
import type { MonitorRecord, MonitoredLayer } from './records.ts';

const quantities = ['mean', 'variance', 'gamma', 'beta', 'inputs', 'gradients'] as const;

/** The quantity that a plot of records shows. */
export type MonitorQuantity = (typeof quantities)[number];

/** Options of `NormalizationMonitor.plot`. */
export interface MonitorPlotOptions {
  /** The names of the layers, or for `'gradients'` the paths of the weights. @default null, all */
  readonly layers?: readonly string[] | null | undefined;
}

/** One part of the plot. */
interface Part {
  readonly name: string;
  readonly series: readonly LineSeries[];
}

type Read = (layer: MonitoredLayer) => readonly number[] | null;

const labels: Readonly<Record<MonitorQuantity, string>> = {
  mean: 'mean of the input',
  variance: 'variance of the input',
  gamma: 'γ',
  beta: 'β',
  inputs: 'input',
  gradients: 'norm of the gradient',
};

const titles: Readonly<Record<MonitorQuantity, string>> = {
  mean: 'Means of batch and moving statistics',
  variance: 'Variances of batch and moving statistics',
  gamma: 'Scale γ',
  beta: 'Offset β',
  inputs: 'Percentiles of inputs',
  gradients: 'Norms of gradients',
};

const overChannels = 'the median channel, and the band from the 15th to the 85th percentile of the channels';

const layerSeries: Readonly<Record<'mean' | 'variance' | 'gamma' | 'beta', Readonly<Record<string, Read>>>> = {
  mean: { batch: (layer) => layer.batchMean, moving: (layer) => layer.movingMean },
  variance: { batch: (layer) => layer.batchVariance, moving: (layer) => layer.movingVariance },
  gamma: { γ: (layer) => layer.gamma },
  beta: { β: (layer) => layer.beta },
};

/** Makes a plot of records over the steps. */
export function plotRecords(
  who: string,
  records: readonly MonitorRecord[],
  levels: readonly number[],
  given: MonitorQuantity,
  options: MonitorPlotOptions,
): Plot {
  const quantity = checkChoice(who, 'quantity', given, quantities);
  checkOptions(who, options, ['layers']);
  const found = partsOf(records, levels, quantity).filter(({ series }) => series.length > 0);
  const parts = chosen(who, found, options.layers ?? null);
  if (parts.length === 0) {
    throw new ValueError(
      `[${who}] the monitor must have records of the quantity. Received: quantity=${show(quantity)} with ${records.length} records. Call fit first, with the options that record it.`,
    );
  }
  const isOverChannels = quantity !== 'inputs' && quantity !== 'gradients';
  const isSmall = parts.length > 1;
  const size = isSmall ? { width: 280, height: 180 } : {};
  const scale = quantity === 'gradients' ? 'log' : 'linear';
  const plots = parts.map(({ name, series }) =>
    lineChart({
      ...{ title: isSmall ? name : `${titles[quantity]}: ${name}`, ...size, series },
      ...(isOverChannels && !isSmall ? { subtitle: overChannels } : {}),
      x: { label: 'step' },
      y: { label: labels[quantity], scale, ...(quantity === 'gradients' ? { format: '.0e' } : {}) },
    }),
  );
  const [only] = plots;
  if (only !== undefined && !isSmall) return only;
  const subtitle = isOverChannels ? { subtitle: overChannels } : {};
  return smallMultiples({ title: titles[quantity], ...subtitle, plots });
}

function chosen(who: string, parts: readonly Part[], names: readonly string[] | null): readonly Part[] {
  if (names === null) return parts;
  return names.map((wanted) => {
    const part = parts.find(({ name }) => name === wanted);
    if (part !== undefined) return part;
    throw new ValueError(
      `[${who}] layers must be names that have records of the quantity. Received: ${show(wanted)}. Recorded: ${parts.map(({ name }) => name).join(', ') || 'none'}.`,
    );
  });
}

function partsOf(
  records: readonly MonitorRecord[],
  levels: readonly number[],
  quantity: MonitorQuantity,
): readonly Part[] {
  const x = records.map(({ step }) => step);
  const last = records.at(-1);
  if (last === undefined) return [];
  if (quantity === 'gradients') {
    return Object.keys(last.gradientNorms).map((path) => ({
      name: path,
      series: [{ name: 'norm', x, y: records.map(({ gradientNorms }) => own(gradientNorms, path) ?? NaN) }],
    }));
  }
  if (quantity === 'inputs') {
    return Object.keys(last.inputs).map((name) => ({
      name,
      series: levels.map((level, i) => ({
        ...{ name: `percentile ${level}`, x, y: records.map(({ inputs }) => own(inputs, name)?.[i] ?? NaN) },
      })),
    }));
  }
  return last.layers.map(({ layer }, i) => ({
    name: layer,
    series: Object.entries(layerSeries[quantity]).flatMap(([name, read]) => seriesOf(name, records, i, read)),
  }));
}

/** The median of the channels with its band; nothing if a layer lacks the values. */
function seriesOf(name: string, records: readonly MonitorRecord[], index: number, read: Read): readonly LineSeries[] {
  const rows = records.flatMap(({ step, layers }) => {
    const layer = layers[index];
    const values = layer === undefined ? null : read(layer);
    return values === null ? [] : [{ step, summary: percentilesOf(values, [15, 50, 85]) }];
  });
  if (rows.length === 0) return [];
  const column = (i: number): readonly number[] => rows.map(({ summary }) => summary[i] ?? NaN);
  return [{ name, x: rows.map(({ step }) => step), low: column(0), y: column(1), high: column(2) }];
}
