import { type Tensor, tensor } from 'evenkeel';
import { type Digits, loadDigits } from '../examples/mnist.ts';

export type { Digits };

/** A generator of numbers in [0, 1), mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The first digits of MNIST, for training and for testing; halved ones are averages of 2×2 pixels, 14×14. */
export async function digits(options: {
  readonly train: number;
  readonly test: number;
  readonly halved?: boolean;
}): Promise<{ readonly train: Digits; readonly test: Digits }> {
  const { train, test } = await loadDigits(Math.max(options.train, options.test));
  const prepare = (set: Digits, count: number): Digits => {
    const part = rows(
      set,
      Array.from({ length: count }, (_, i) => i),
    );
    return options.halved === true ? { ...part, x: halve(part.x) } : part;
  };
  return { train: prepare(train, options.train), test: prepare(test, options.test) };
}

/** The rows of a set with the given numbers. */
export function rows({ x, y }: Digits, chosen: readonly number[]): Digits {
  const size = x.size / x.shape[0]!;
  const pixels = new Float32Array(chosen.length * size);
  const labels = new Uint8Array(chosen.length);
  chosen.forEach((row, i) => {
    pixels.set((x.data as Float32Array).subarray(row * size, (row + 1) * size), i * size);
    labels[i] = y.data[row] as number;
  });
  return { x: tensor(pixels, [chosen.length, ...x.shape.slice(1)]), y: tensor(labels) };
}

/** Batches without end: every pass visits the rows in a new order, and the last batch of a pass is full as well. */
export function* batches(set: Digits, batchSize: number, seed: number): Generator<Digits, never> {
  const next = random(seed);
  const count = set.x.shape[0]!;
  for (;;) {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(next() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    for (let start = 0; start + batchSize <= count; start += batchSize) {
      yield rows(set, order.slice(start, start + batchSize));
    }
  }
}

/** Applies a function to each image, given as its pixels of one channel; the result has three channels. */
export function colored(
  set: Digits,
  paint: (pixel: number, channel: number, color: readonly number[]) => number,
  seed: number,
): Digits {
  const next = random(seed);
  const { shape, data } = set.x;
  const size = shape[1]! * shape[2]!;
  const pixels = new Float32Array(shape[0]! * size * 3);
  for (let n = 0; n < shape[0]!; n++) {
    const color = Array.from({ length: 6 }, next);
    for (let i = 0; i < size; i++) {
      const pixel = data[n * size + i] as number;
      for (let c = 0; c < 3; c++) pixels[(n * size + i) * 3 + c] = paint(pixel, c, color);
    }
  }
  return { x: tensor(pixels, [shape[0]!, shape[1]!, shape[2]!, 3]), y: set.y };
}

function halve(images: Tensor): Tensor {
  const [count = 0, height = 0, width = 0] = images.shape as number[];
  const [h, w] = [height / 2, width / 2];
  const pixels = new Float32Array(count * h * w);
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const at = (dy: number, dx: number): number =>
          images.data[(n * height + 2 * y + dy) * width + 2 * x + dx] as number;
        pixels[(n * h + y) * w + x] = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
      }
    }
  }
  return tensor(pixels, [count, h, w, 1]);
}
