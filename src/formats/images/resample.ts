import type { ByteImage } from './encode.ts';

/** The names of the filters, which are Pillow's. */
export const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'hamming', 'box', 'lanczos'] as const;

/** The name of a filter. */
export type Interpolation = (typeof INTERPOLATIONS)[number];

/** A range of pixels along an axis. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Filter {
  /** The distance from the center at which the filter ends. */
  readonly support: number;
  readonly weight: (x: number) => number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const FILTERS: Readonly<Record<Exclude<Interpolation, 'nearest'>, Filter>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(1 - Math.abs(x), 0) },
  hamming: {
    support: 1,
    weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x))),
  },
  // The cubic of Keys with a = −½.
  bicubic: {
    support: 2,
    weight: (x) => {
      const t = Math.abs(x);
      if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
      return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
    },
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** The bits of a weight after the point, which leave room for the sign and a sum of bytes in 32 bits. */
const BITS = 22;
const ONE = 2 ** BITS;

/**
 * Resizes a region of an image as Pillow does: `nearest` selects pixels; the other filters are widened by the factor of
 * reduction, and applied to the rows and then to the columns, in fixed point and rounded to bytes after each. Colors are
 * weighted by alpha.
 *
 * @see https://pillow.readthedocs.io/en/stable/handbook/concepts.html#filters
 */
export function resample(
  image: ByteImage,
  rows: Range,
  columns: Range,
  height: number,
  width: number,
  interpolation: Interpolation,
): ByteImage {
  if (interpolation === 'nearest') return selectPixels(image, rows, columns, height, width);
  const filter = FILTERS[interpolation];
  const hasAlpha = image.channels % 2 === 0;
  const source = hasAlpha ? mapColors(image, premultiplied) : image;
  const wide = filterAxis(source, columns, width, filter, 'columns');
  const made = filterAxis(wide, rows, height, filter, 'rows');
  return hasAlpha ? mapColors(made, unmultiplied) : made;
}

function selectPixels(image: ByteImage, rows: Range, columns: Range, height: number, width: number): ByteImage {
  const { channels } = image;
  // Pillow adds up the steps, and their roundings decide between two pixels.
  const places = ({ start, end }: Range, size: number): number[] => {
    const step = (end - start) / size;
    let position = start + step * 0.5;
    return Array.from({ length: size }, () => {
      const place = Math.floor(position);
      position += step;
      return place;
    });
  };
  const across = places(columns, width);
  const data = new Uint8Array(height * width * channels);
  let to = 0;
  for (const row of places(rows, height)) {
    for (const column of across) {
      const from = (row * image.width + column) * channels;
      data.set(image.data.subarray(from, from + channels), to);
      to += channels;
    }
  }
  return { height, width, channels, data };
}

/** Filters along the rows or the columns. An axis that keeps all its pixels is unchanged. */
function filterAxis(image: ByteImage, range: Range, size: number, filter: Filter, axis: 'rows' | 'columns'): ByteImage {
  const { channels } = image;
  const length = axis === 'rows' ? image.height : image.width;
  if (size === length && range.start === 0 && range.end === length) return image;
  const [height, width] = axis === 'rows' ? [size, image.width] : [image.height, size];
  const step = channels * (axis === 'rows' ? image.width : 1);
  const data = new Uint8Array(height * width * channels);
  const windows = Array.from({ length: size }, (_, i) => windowAt(i, range, size, length, filter));
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const { first, weights } = windows[axis === 'rows' ? row : column] ?? { first: 0, weights: [] };
      const start = (axis === 'rows' ? column : row * image.width) * channels + first * step;
      for (let channel = 0; channel < channels; channel++) {
        let sum = ONE / 2;
        for (const [i, weight] of weights.entries()) sum += weight * (image.data[start + i * step + channel] ?? 0);
        data[to++] = Math.min(Math.max(Math.floor(sum / ONE), 0), 255);
      }
    }
  }
  return { height, width, channels, data };
}

/** The source pixels of a target pixel, and their weights in fixed point. */
function windowAt(
  i: number,
  { start, end }: Range,
  size: number,
  length: number,
  filter: Filter,
): { readonly first: number; readonly weights: readonly number[] } {
  const scale = (end - start) / size;
  const width = Math.max(scale, 1);
  const center = start + (i + 0.5) * scale;
  const support = filter.support * width;
  const first = Math.max(Math.trunc(center - support + 0.5), 0);
  const last = Math.min(Math.trunc(center + support + 0.5), length);
  const weights = Array.from({ length: last - first }, (_, k) => filter.weight((first + k - center + 0.5) / width));
  const sum = weights.reduce((a, b) => a + b, 0);
  return { first, weights: weights.map((weight) => roundHalfAway((weight / sum) * ONE)) };
}

const roundHalfAway = (x: number): number => Math.trunc(x < 0 ? x - 0.5 : x + 0.5);

/** a · b / 255, rounded. */
function premultiplied(color: number, alpha: number): number {
  const product = color * alpha + 128;
  return ((product >> 8) + product) >> 8;
}

const unmultiplied = (color: number, alpha: number): number =>
  alpha === 0 || alpha === 255 ? color : Math.min(Math.trunc((255 * color) / alpha), 255);

function mapColors(image: ByteImage, map: (color: number, alpha: number) => number): ByteImage {
  const { channels } = image;
  const data = image.data.map((value, i) => {
    const channel = i % channels;
    return channel === channels - 1 ? value : map(value, image.data[i - channel + channels - 1] ?? 255);
  });
  return { ...image, data };
}
