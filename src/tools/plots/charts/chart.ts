import { ValueError } from '../../../core/errors.ts';
import { palette } from '../drawing/theme.ts';
import type { Spec } from '../../../formats/graphics/renderer.ts';

/** A quantity along an axis. */
export interface Axis {
  /** The quantity, with its unit if it has one: `'time per step (ms)'`. */
  readonly label: string;
  /**
   * The scale; a logarithmic one omits numbers that are not positive.
   *
   * @default 'linear'
   */
  readonly scale?: 'linear' | 'log';
  /**
   * The smallest and the largest number shown.
   *
   * @default the range of the data, with 0 in bar charts and histograms
   */
  readonly domain?: readonly [number, number];
  /**
   * The numbers that have a tick.
   *
   * @default round numbers; on a logarithmic axis, every multiple of a power of ten
   */
  readonly ticks?: readonly number[];
  /** The format of numbers, as d3-format spells it: `'.0%'`. */
  readonly format?: string;
}

/** What all charts have in common. */
export interface Chart {
  /** The title; small multiples use it as the heading of a part. */
  readonly title: string;
  /** A second line below the title. */
  readonly subtitle?: string;
  /**
   * The width of the area of data, in CSS pixels.
   *
   * @default 560
   */
  readonly width?: number;
  /**
   * The height of the area of data, in CSS pixels.
   *
   * @default 280
   */
  readonly height?: number;
}

/** The title and the size of a chart. */
export function frameOf({ title, subtitle, width = 560, height = 280 }: Chart): Spec {
  return { title: { text: title, ...(subtitle === undefined ? {} : { subtitle }) }, width, height };
}

/** The encoding of a quantity by position; a narrow chart has fewer ticks. */
export function position(field: string, axis: Axis, zero: boolean, { width = 560 }: Chart): Spec {
  const { label, scale: type = 'linear', domain, ticks, format } = axis;
  const isNice = domain === undefined && ticks === undefined;
  return {
    field,
    type: 'quantitative',
    title: label,
    scale: {
      ...{ type, nice: isNice },
      ...(type === 'linear' ? { zero } : {}),
      ...(domain === undefined ? {} : { domain }),
    },
    axis: {
      ...(ticks === undefined ? { tickCount: width < 400 ? 4 : 6 } : { values: ticks }),
      ...(format === undefined ? {} : { format }),
    },
  };
}

/** The encoding of a series by color, with a legend if there are several. */
export function colorOf(names: readonly string[], symbolType: 'stroke' | 'square'): Spec {
  return {
    field: 'series',
    type: 'nominal',
    title: null,
    sort: names,
    scale: { domain: names, range: names.map((_, i) => palette[i % palette.length]) },
    legend: names.length > 1 ? { symbolType } : null,
  };
}

/** The number of columns of a legend below a chart. */
export function legendColumns(names: readonly string[], { width = 560 }: Chart): number {
  const longest = Math.max(...names.map((name) => name.length));
  return Math.max(1, Math.min(names.length, Math.floor(width / (9 * longest + 30))));
}

/** Non-finite numbers, which JSON cannot hold, are gaps. */
export function orGap(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Checks that there is something to draw, and that the names of the series differ. */
export function checkNames(who: string, argument: string, names: readonly string[]): void {
  if (names.length === 0) throw new ValueError(`[${who}] ${argument} must not be empty. Received: ${argument}=[].`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new ValueError(`[${who}] the names in ${argument} must differ. Received: ${JSON.stringify(twice)} twice.`);
}

/** Checks that lists have one element for each `of`. */
export function checkLengths(
  who: string,
  name: string,
  lists: Readonly<Record<string, ArrayLike<number> | undefined>>,
  { length }: ArrayLike<unknown>,
  of: string,
): void {
  for (const [list, values] of Object.entries(lists)) {
    if (values === undefined || values.length === length) continue;
    throw new ValueError(
      `[${who}] ${list} of ${JSON.stringify(name)} must have one number for each of ${of}. Received: ${values.length} numbers for ${length}.`,
    );
  }
}
