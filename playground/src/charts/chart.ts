import uPlot from 'uplot';
import { color } from '../page/theme.ts';

/** The data of a chart: the first list has the places on the x axis. */
export type Columns = uPlot.AlignedData;

/** Makes the options of a chart, with the colors of the moment. */
export type MakeOptions = () => Omit<uPlot.Options, 'width' | 'height'>;

const HEIGHT = 260;

/** The charts on the page; they are made again when the colors change. */
const charts = new Set<Chart>();

/** Draws all charts in the present colors. */
export function recolorCharts(): void {
  for (const chart of charts) chart.remake();
}

/** A chart that fills the width of its host. Screen readers are given `describe`'s text instead. */
export class Chart {
  readonly #host: HTMLElement;
  readonly #makeOptions: MakeOptions;
  #plot: uPlot | null = null;
  #columns: Columns;

  constructor(host: HTMLElement, makeOptions: MakeOptions, columns: Columns) {
    this.#host = host;
    this.#makeOptions = makeOptions;
    this.#columns = columns;
    charts.add(this);
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(host);
    this.remake();
  }

  /** Replaces the data, and the text for screen readers. An empty chart shows the text. */
  update(columns: Columns, text: string): void {
    this.#columns = columns;
    this.#plot?.setData(columns);
    this.#host.setAttribute('aria-label', text);
    this.#host.classList.toggle('empty', columns[0].length === 0);
    this.#host.dataset['empty'] = text;
  }

  /** Makes the chart again, in the present colors. */
  remake(): void {
    this.#plot?.destroy();
    this.#plot = new uPlot({ ...this.#makeOptions(), ...this.#size() }, this.#columns, this.#host);
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(200, this.#host.clientWidth), height: HEIGHT };
  }
}

/** The style of an axis. */
export function axis(label: string, format?: (value: number) => string): uPlot.Axis {
  const grid = { stroke: color('grid'), width: 1 };
  return {
    label,
    labelFont: '12px system-ui, sans-serif',
    font: '12px system-ui, sans-serif',
    stroke: color('muted'),
    size: 34,
    labelGap: 0,
    labelSize: 16,
    grid,
    ticks: { ...grid, size: 4 },
    ...(format !== undefined && {
      values: (_, splits) => splits.map((value) => ((value as number | null) === null ? '' : format(value))),
    }),
  };
}

/** The kinds of scales; the package declares the enumeration, but does not export its values. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- see above
export const LOGARITHMIC = 3 as uPlot.Scale.Distr;
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- see above
export const CUSTOM = 100 as uPlot.Scale.Distr;
