import uPlot from 'uplot';
import { brief, percent } from '../page/format.ts';
import { color } from '../page/theme.ts';
import type { ProbeReport } from '../training/probe.ts';
import { CUSTOM, Chart, axis } from './chart.ts';

/** The distributions of the values before and after the normalization, and of those in the plain network. */
export class ValuesChart {
  readonly #chart: Chart;

  constructor(host: HTMLElement) {
    this.#chart = new Chart(host, chartOptions, [[], [], [], []]);
    this.clear();
  }

  clear(): void {
    this.#chart.update([[], [], [], []], 'Values: no steps yet.');
  }

  draw({ input, output, plain }: ProbeReport): void {
    const histograms = [input, output, plain].map(({ histogram }) => histogram);
    const [first] = histograms;
    if (first === null || first === undefined) {
      this.#chart.update([[], [], [], []], 'Values: none of them is finite.');
      return;
    }
    const { low, high, shares } = first;
    const edges = shares.map((_, i) => low + ((high - low) * i) / shares.length);
    const [before = [], after = [], other = []] = histograms.map((each) => [...(each?.shares ?? [])]);
    this.#chart.update(
      [edges, before, after, other],
      `Values from ${brief(low)} to ${brief(high)}. ${[input, output, plain].map(spread).join(' ')}`,
    );
  }
}

const places = ['Before the normalization', 'After it', 'Without normalization'];

function spread({ channels }: ProbeReport['input'], place: number): string {
  const [means, deviations] = [channels.map(({ mean }) => mean), channels.map(({ deviation }) => deviation)];
  const range = (values: readonly number[]): string => `${brief(Math.min(...values))} to ${brief(Math.max(...values))}`;
  return `${places[place] ?? ''}, the means of the channels are ${range(means)}, their standard deviations ${range(deviations)}.`;
}

function chartOptions(): Omit<uPlot.Options, 'width' | 'height'> {
  const value = (_: uPlot, share: number | null): string => (share === null ? '' : percent(share));
  const paths = uPlot.paths.stepped?.({ align: 1 });
  const series = (label: string, name: string, others: Partial<uPlot.Series>): uPlot.Series => ({
    label,
    stroke: color(name),
    width: 2,
    points: { show: false },
    value,
    ...(paths !== undefined && { paths }),
    ...others,
  });
  return {
    scales: {
      x: { time: false },
      // Most values are 0 after ReLU: on the scale of the square root, the others are visible beside them.
      y: {
        distr: CUSTOM,
        fwd: Math.sqrt,
        bwd: (root) => root * root,
        range: (_, __, high) => [0, Math.max(high, 0.1)],
      },
    },
    axes: [
      axis('Value', brief),
      {
        ...axis('', (share) => `${brief(100 * share)} %`),
        size: 60,
        labelSize: 0,
        splits: (_, __, ___, high) => [0, 0.01, 0.05, 0.2, 0.5, 1].filter((share) => share <= high),
      },
    ],
    series: [
      { label: 'Value', value: (_, x: number | null) => (x === null ? '' : brief(x)) },
      series('Before', 'before', { fill: color('before-faint') }),
      series('After', 'normalized', { fill: color('normalized-faint') }),
      series('Without', 'plain', { dash: [7, 3] }),
    ],
    cursor: { drag: { x: false, y: false } },
  };
}
