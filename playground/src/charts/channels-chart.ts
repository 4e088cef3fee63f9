import type uPlot from 'uplot';
import { brief } from '../page/format.ts';
import { color } from '../page/theme.ts';
import type { ChannelMoments } from '../training/distribution.ts';
import type { ProbeReport } from '../training/probe.ts';
import { Chart, axis } from './chart.ts';

/** The places of a channel's two marks beside its number. */
const OFFSETS = [-0.2, 0.2] as const;
const COLORS = ['before', 'normalized'] as const;

/** Mean and standard deviation of each channel before and after the normalization. */
export class ChannelsChart {
  readonly #chart: Chart;
  #moments: readonly (readonly ChannelMoments[])[] = [[], []];

  constructor(host: HTMLElement) {
    this.#chart = new Chart(host, () => this.#options(), [[], [], []]);
    this.clear();
  }

  clear(): void {
    this.#moments = [[], []];
    this.#chart.update([[], [], []], 'Channels: no steps yet.');
  }

  draw({ input, output }: ProbeReport): void {
    this.#moments = [input.channels, output.channels];
    const [before, after] = [input, output].map(({ channels }) => channels.map(({ mean }) => finite(mean)));
    const numbers = input.channels.map((_, channel) => channel + 1);
    this.#chart.update(
      [numbers, before ?? [], after ?? []],
      `Means of ${numbers.length} channels: from ${extent(input.channels)} before the normalization, from ${extent(output.channels)} after it.`,
    );
  }

  #options(): Omit<uPlot.Options, 'width' | 'height'> {
    const series = (label: string, name: string): uPlot.Series => ({
      label,
      stroke: color(name),
      paths: () => null,
      points: { show: false },
      value: (_, mean: number | null) => (mean === null ? '' : brief(mean)),
    });
    const colors = COLORS.map(color);
    return {
      scales: {
        x: { time: false, range: () => [0.3, Math.max(1, this.#moments[0]?.length ?? 0) + 0.7] },
        y: { range: () => this.#range() },
      },
      axes: [axis('Channel'), { ...axis('', brief), size: 60, labelSize: 0 }],
      series: [{ label: 'Channel' }, series('Before, mean', 'before'), series('After, mean', 'normalized')],
      cursor: { drag: { x: false, y: false } },
      hooks: { draw: [(plot) => this.#drawMarks(plot, colors)] },
    };
  }

  #range(): [number, number] {
    const ends = this.#moments.flat().flatMap(({ mean, deviation }) => [mean - deviation, mean + deviation]);
    const known = ends.filter(Number.isFinite);
    return known.length === 0 ? [-1, 1] : [Math.min(-0.1, ...known) * 1.05, Math.max(0.1, ...known) * 1.05];
  }

  #drawMarks(plot: uPlot, colors: readonly string[]): void {
    const { ctx } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.lineWidth = 2 * ratio;
    for (const [place, moments] of this.#moments.entries()) {
      ctx.strokeStyle = ctx.fillStyle = colors[place] ?? '';
      for (const [channel, { mean, deviation }] of moments.entries()) {
        if (!Number.isFinite(mean)) continue;
        const x = plot.valToPos(channel + 1 + (OFFSETS[place] ?? 0), 'x', true);
        ctx.beginPath();
        ctx.moveTo(x, plot.valToPos(mean - deviation, 'y', true));
        ctx.lineTo(x, plot.valToPos(mean + deviation, 'y', true));
        ctx.stroke();
        ctx.beginPath();
        ctx.arc(x, plot.valToPos(mean, 'y', true), 3 * ratio, 0, 2 * Math.PI);
        ctx.fill();
      }
    }
    ctx.restore();
  }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function extent(channels: readonly ChannelMoments[]): string {
  const means = channels.map(({ mean }) => mean);
  return `${brief(Math.min(...means))} to ${brief(Math.max(...means))}`;
}
