import { type Tensor, tensor, utils } from 'evenkeel';

/** Pixels of an image, row by row. */
export const PIXELS: number = 28 * 28;

/** Images as bytes, 784 each, and their labels. */
export class DigitSet {
  readonly #pixels: Uint8Array;
  readonly labels: Uint8Array;

  constructor(pixels: Uint8Array, labels: Uint8Array) {
    if (pixels.length !== labels.length * PIXELS) {
      throw new RangeError(`Each label must have ${PIXELS} pixels: ${labels.length} labels, ${pixels.length} pixels.`);
    }
    this.#pixels = pixels;
    this.labels = labels;
  }

  get count(): number {
    return this.labels.length;
  }

  /** The pixels of an image, from 0 to 1. */
  image(index: number): Float32Array<ArrayBuffer> {
    return Float32Array.from(this.#pixels.subarray(index * PIXELS, (index + 1) * PIXELS), (byte) => byte / 255);
  }

  /** The images and the labels with these indices, as tensors. */
  rows(indices: ArrayLike<number>): Digits {
    const x = new Float32Array(indices.length * PIXELS);
    const y = new Uint8Array(indices.length);
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] ?? 0;
      x.set(this.image(index), i * PIXELS);
      y[i] = this.labels[index] ?? 0;
    }
    return { x: tensor(x, [indices.length, 28, 28, 1]), y: tensor(y) };
  }

  /** The first images, with their labels. */
  first(count: number): Digits {
    return this.rows(Array.from({ length: Math.min(count, this.count) }, (_, i) => i));
  }
}

/** Images of shape [n, 28, 28, 1], from 0 to 1, and their labels. */
export interface Digits {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** A batch of a training. */
export interface Batch extends Digits {
  /** The pass over the digits, counted from 1. */
  readonly epoch: number;
  /** Whether it is the last batch of the pass. */
  readonly endsEpoch: boolean;
}

/** Batches without end: each pass visits the digits in a new order, and skips those that do not fill a batch. */
export function* batches(set: DigitSet, batchSize: number, seed: number): Generator<Batch, never> {
  const all = Array.from(set.labels, (_, i) => i);
  for (let epoch = 1; ; epoch++) {
    const order = utils.shuffle(all, { seed: seed + epoch }).data;
    for (let end = batchSize; end <= order.length; end += batchSize) {
      const digits = set.rows(Array.from(order.subarray(end - batchSize, end), Number));
      yield { ...digits, epoch, endsEpoch: end + batchSize > order.length };
    }
  }
}

/** The digits of the page. */
export interface DigitSets {
  readonly train: DigitSet;
  readonly test: DigitSet;
}

/**
 * Reads a file of digits: gzip of two counts (uint32, little-endian), then for each of the two sets the pixels and the
 * labels.
 */
export async function readDigits(file: Response): Promise<DigitSets> {
  if (!file.ok || file.body === null) {
    throw new Error(`The digits could not be loaded: ${file.status} ${file.statusText}. Reload the page to try again.`);
  }
  const plain = file.body.pipeThrough(new DecompressionStream('gzip'));
  return decodeDigits(new Uint8Array(await new Response(plain).arrayBuffer()));
}

function decodeDigits(bytes: Uint8Array): DigitSets {
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const [train, test] = [header.getUint32(0, true), header.getUint32(4, true)];
  let at = HEADER;
  const take = (length: number): Uint8Array => bytes.slice(at, (at += length));
  const set = (count: number): DigitSet => new DigitSet(take(count * PIXELS), take(count));
  return { train: set(train), test: set(test) };
}

const HEADER = 8;
