import type uPlot from 'uplot';
import { type NetworkName, networkNames } from '../experiment/networks.ts';
import { brief, lossText, percent } from '../page/format.ts';
import { color } from '../page/theme.ts';
import { Chart, LOGARITHMIC, axis } from './chart.ts';

/** A quantity of both networks over the steps: single batches and their average. */
export interface CurveOptions {
  readonly title: string;
  readonly format: (value: number) => string;
  /** The format of the numbers at the axis. */
  readonly formatTick: (value: number) => string;
  readonly logarithmic: boolean;
  /** Whether there are also results of tests, which are drawn as squares. */
  readonly tested: boolean;
}

/** The results of one network by step; null where there is none. */
interface Curve {
  readonly single: (number | null)[];
  readonly average: (number | null)[];
  readonly test: (number | null)[];
}

/** The weight of the past in an average. */
const DECAY = 0.9;
/** The lowest loss that a logarithmic axis shows. */
const FLOOR = 1e-4;

const names: Readonly<Record<NetworkName, string>> = { normalized: 'With', plain: 'Without' };

/** Curves of both networks, which grow with the training. */
export class Curves {
  readonly #options: CurveOptions;
  readonly #chart: Chart;
  #steps: number[] = [];
  #curves: Readonly<Record<NetworkName, Curve>> = emptyCurves();

  constructor(host: HTMLElement, options: CurveOptions) {
    this.#options = options;
    this.#chart = new Chart(host, () => chartOptions(options), this.#columns());
    this.draw();
  }

  /** The average of a network's last results; null before the first step. */
  latest(name: NetworkName): number | null {
    return this.#curves[name].average.at(-1) ?? null;
  }

  /** Adds a step, without drawing it. */
  add(step: number, results: Readonly<Record<NetworkName, number>>): void {
    this.#steps.push(step);
    for (const name of networkNames) {
      const { single, average, test } = this.#curves[name];
      const value = this.#shown(results[name]);
      const weight = 1 - (1 - DECAY) / (1 - DECAY ** this.#steps.length);
      const before = average.at(-1) ?? value;
      single.push(value);
      average.push(value === null || before === null ? null : weight * before + (1 - weight) * value);
      test.push(null);
    }
  }

  /** Adds the results of a test after the last step. */
  addTest(results: Readonly<Record<NetworkName, number>>): void {
    for (const name of networkNames) {
      const { test } = this.#curves[name];
      test[test.length - 1] = this.#shown(results[name]);
    }
  }

  clear(): void {
    this.#steps = [];
    this.#curves = emptyCurves();
    this.draw();
  }

  draw(): void {
    const { title, format } = this.#options;
    const values = networkNames.map(
      (name) => `${names[name].toLowerCase()} normalization ${format(this.latest(name) ?? NaN)}`,
    );
    const step = this.#steps.at(-1);
    this.#chart.update(
      this.#columns(),
      step === undefined ? `${title}: no steps yet.` : `${title} after ${step} steps: ${values.join(', ')}.`,
    );
  }

  #shown(value: number): number | null {
    if (!Number.isFinite(value)) return null;
    return this.#options.logarithmic ? Math.max(FLOOR, value) : value;
  }

  #columns(): uPlot.AlignedData {
    const { normalized, plain } = this.#curves;
    const lists = [normalized.single, plain.single, normalized.average, plain.average];
    return [this.#steps, ...lists, ...(this.#options.tested ? [normalized.test, plain.test] : [])];
  }
}

function emptyCurves(): Readonly<Record<NetworkName, Curve>> {
  const empty = (): Curve => ({ single: [], average: [], test: [] });
  return { normalized: empty(), plain: empty() };
}

function chartOptions({
  format,
  formatTick,
  logarithmic,
  tested,
}: CurveOptions): ReturnType<ConstructorParameters<typeof Chart>[1]> {
  const value = (_: uPlot, shown: number | null): string => (shown === null ? '' : format(shown));
  const line = (name: NetworkName): uPlot.Series => ({
    label: names[name],
    stroke: color(name),
    width: 2.5,
    points: { show: false },
    value,
    ...(name === 'plain' && { dash: [7, 3] }),
  });
  const single = (name: NetworkName): uPlot.Series => ({
    stroke: color(`${name}-faint`),
    width: 1,
    points: { show: false },
    class: 'raw',
  });
  const test = (name: NetworkName): uPlot.Series => ({
    label: `${names[name]}, test`,
    stroke: color(name),
    paths: () => null,
    points: { show: true, size: 9, width: 2, fill: color(name === 'plain' ? 'surface' : name) },
    value,
  });
  return {
    scales: {
      x: { time: false, range: (_, low, high) => [Math.min(low, 0), Math.max(high, 20)] },
      y: logarithmic ? { distr: LOGARITHMIC, range: logarithmicRange } : { range: [0, 1] },
    },
    axes: [axis('Steps'), { ...axis('', formatTick), size: 60, labelSize: 0 }],
    series: [
      { label: 'Step' },
      ...networkNames.map(single),
      ...networkNames.map(line),
      ...(tested ? networkNames.map(test) : []),
    ],
    cursor: { drag: { x: false, y: false } },
  };
}

/** From 0.5 or less to 5 or more, in ticks of the axis. */
function logarithmicRange(_: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !(low > 0)) return [0.1, 5];
  return [roundDown(Math.min(low, 0.5)), Math.max(high * 1.2, 5)];
}

/** Returns the next lower number of the form 1, 2 or 5 times a power of ten. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([5, 2].find((factor) => factor * power <= value) ?? 1);
}

/** The curves of the losses and of the accuracies. */
export const lossCurve: CurveOptions = {
  title: 'Loss',
  format: lossText,
  formatTick: brief,
  logarithmic: true,
  tested: false,
};
export const accuracyCurve: CurveOptions = {
  title: 'Accuracy',
  format: percent,
  formatTick: (fraction: number) => `${brief(100 * fraction)} %`,
  logarithmic: false,
  tested: true,
};
