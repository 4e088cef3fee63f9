import type { Image } from './image.ts';

/** The names of the methods, which are TensorFlow's. */
// prettier-ignore
export const SCALINGS = ['bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic'] as const;

/** The name of a method of interpolation. */
export type Scaling = (typeof SCALINGS)[number];

/** The source pixels of a target pixel along an axis, and their weights. */
interface Span {
  readonly first: number;
  readonly weights: readonly number[];
}

interface Kernel {
  readonly radius: number;
  readonly weight: (distance: number) => number;
}

const lanczos = (radius: number): Kernel => ({
  radius,
  weight: (x) => {
    if (x >= radius) return 0;
    const angle = Math.PI * x;
    return x <= 1e-3 ? 1 : (radius * Math.sin(angle) * Math.sin(angle / radius)) / (angle * angle);
  },
});

const KERNELS: Readonly<Record<'lanczos3' | 'lanczos5' | 'gaussian' | 'mitchellcubic', Kernel>> = {
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
  // A standard deviation of ½.
  gaussian: { radius: 1.5, weight: (x) => (x >= 1.5 ? 0 : Math.exp(-2 * x * x)) },
  // Mitchell and Netravali's with B = C = ⅓.
  mitchellcubic: {
    radius: 2,
    weight: (x) => {
      if (x >= 2) return 0;
      if (x >= 1) return (((-7 / 18) * x + 2) * x - 10 / 3) * x + 16 / 9;
      return ((7 / 6) * x - 2) * x * x + 8 / 9;
    },
  },
};

const { fround } = Math;

/**
 * Resizes an image as `tf.image.resize` does, without antialiasing: pixels have their centers at halves, and the results are not
 * rounded. `nearest` selects pixels, `area` averages them, the others interpolate.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/image/resize
 */
export function scaleImage(image: Image, height: number, width: number, method: Scaling): Image {
  const across = spansOf(image.width, width, method);
  const down = spansOf(image.height, height, method);
  return alongRows(alongColumns(image, across), down);
}

function alongColumns({ height, width, channels, data }: Image, spans: readonly Span[]): Image {
  const made = new Float32Array(height * spans.length * channels);
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (const { first, weights } of spans) {
      const from = (row * width + first) * channels;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * (data[from + i * channels + channel] ?? 0);
        made[to++] = sum;
      }
    }
  }
  return { height, width: spans.length, channels, data: made };
}

function alongRows({ width, channels, data }: Image, spans: readonly Span[]): Image {
  const step = width * channels;
  const made = new Float32Array(spans.length * step);
  for (const [row, { first, weights }] of spans.entries()) {
    for (const [i, weight] of weights.entries()) {
      const from = (first + i) * step;
      for (let k = 0; k < step; k++)
        made[row * step + k] = (made[row * step + k] ?? 0) + weight * (data[from + k] ?? 0);
    }
  }
  return { height: spans.length, width, channels, data: made };
}

function spansOf(size: number, target: number, method: Scaling): readonly Span[] {
  const make = {
    nearest: nearestSpan,
    bilinear: linearSpan,
    bicubic: cubicSpan,
    area: areaSpan,
    ...{ lanczos3: kernelSpan, lanczos5: kernelSpan, gaussian: kernelSpan, mitchellcubic: kernelSpan },
  }[method];
  return Array.from({ length: target }, (_, i) => make(i, size, target, method));
}

function nearestSpan(i: number, size: number, target: number): Span {
  const place = Math.floor(fround(fround(i + 0.5) * fround(size / target)));
  return { first: Math.min(Math.max(place, 0), size - 1), weights: [1] };
}

/** The position of a target pixel among the centers of the source, in float32 as TensorFlow computes it. */
const positionOf = (i: number, size: number, target: number): number =>
  fround(fround(fround(i + 0.5) * fround(size / target)) - 0.5);

function linearSpan(i: number, size: number, target: number): Span {
  const position = positionOf(i, size, target);
  const floor = Math.floor(position);
  const [lower, upper] = [Math.max(floor, 0), Math.min(Math.ceil(position), size - 1)];
  const share = position - floor;
  return lower === upper ? { first: lower, weights: [1] } : { first: lower, weights: [1 - share, share] };
}

/** The cubic of Keys with a = −½, of which TensorFlow has the weights in a table of 1024 steps. */
function cubicSpan(i: number, size: number, target: number): Span {
  const position = positionOf(i, size, target);
  const floor = Math.floor(position);
  const share = roundHalfEven(fround(position - floor) * 1024) / 1024;
  const near = (x: number): number => (1.5 * x - 2.5) * x * x + 1;
  const far = (x: number): number => ((-0.5 * x + 2.5) * x - 4) * x + 2;
  const weights = [far(1 + share), near(share), near(1 - share), far(2 - share)];
  return normalized(floor - 1, weights, size);
}

function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return x % 1 === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

function areaSpan(i: number, size: number, target: number): Span {
  const scale = fround(size / target);
  const [start, end] = [fround(i * scale), fround((i + 1) * scale)];
  const first = Math.floor(start);
  const last = Math.min(Math.ceil(end), size);
  const weights = Array.from({ length: last - first }, (_, k) => {
    const pixel = first + k;
    return (Math.min(pixel + 1, end) - Math.max(pixel, start)) / scale;
  });
  return { first, weights };
}

function kernelSpan(i: number, size: number, target: number, method: Scaling): Span {
  const { radius, weight } = KERNELS[method as keyof typeof KERNELS];
  const center = fround(fround(i + 0.5) * fround(size / target));
  const first = Math.ceil(fround(center - radius - 0.5));
  const last = Math.floor(fround(center + radius - 0.5));
  const weights = Array.from({ length: last - first + 1 }, (_, k) => weight(Math.abs(first + k + 0.5 - center)));
  return normalized(first, weights, size);
}

/** The weights of the pixels that exist, with the sum 1. */
function normalized(first: number, weights: readonly number[], size: number): Span {
  const start = Math.max(-first, 0);
  const kept = weights.slice(start, Math.max(size - first, 0));
  const sum = kept.reduce((a, b) => a + b, 0);
  return { first: first + start, weights: kept.map((weight) => weight / sum) };
}
