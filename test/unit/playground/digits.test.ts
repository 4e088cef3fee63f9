import { expect, test } from 'vitest';
import { digitsFile } from '../../../playground/digits-plugin.ts';
import { DigitSet, batches, readDigits } from '../../../playground/src/training/digits.ts';
import { loadDigits } from '../../../examples/mnist.ts';

const response = async (counts: { train: number; t10k: number }): Promise<Response> =>
  new Response(new Uint8Array(await digitsFile(counts)));

test("The file of digits has the images and labels of MNIST's first digits", async () => {
  const { train, test: held } = await readDigits(await response({ train: 30, t10k: 10 }));
  const expected = await loadDigits(30);
  expect([train.count, held.count]).toEqual([30, 10]);
  expect(train.first(30).x.data).toEqual(expected.train.x.data);
  expect(train.first(30).x.shape).toEqual([30, 28, 28, 1]);
  expect([...train.labels]).toEqual([...expected.train.y.data]);
  expect([...held.labels]).toEqual([...expected.test.y.data].slice(0, 10));
});

test('A file of digits that is missing is reported with its status', async () => {
  await expect(readDigits(new Response('', { status: 404, statusText: 'Not Found' }))).rejects.toThrow(
    'The digits could not be loaded: 404 Not Found. Reload the page to try again.',
  );
});

test('Each epoch visits every digit that fills a batch once, in a new order that the seed decides', () => {
  const set = new DigitSet(
    new Uint8Array(10 * 784),
    Uint8Array.from({ length: 10 }, (_, i) => i),
  );
  const labels = (seed: number): number[][] => {
    const source = batches(set, 3, seed);
    return Array.from({ length: 6 }, () => {
      const { y, epoch, endsEpoch } = source.next().value;
      return [epoch, Number(endsEpoch), ...Array.from(y.data, Number)];
    });
  };
  const taken = labels(1);
  expect(taken.map(([epoch]) => epoch)).toEqual([1, 1, 1, 2, 2, 2]);
  expect(taken.map(([, ends]) => ends)).toEqual([0, 0, 1, 0, 0, 1]);
  const [first, second] = [taken.slice(0, 3), taken.slice(3)].map((epoch) => epoch.flatMap((batch) => batch.slice(2)));
  expect(new Set(first).size).toBe(9);
  expect(second).not.toEqual(first);
  expect(labels(1)).toEqual(taken);
  expect(labels(2)).not.toEqual(taken);
});

test('A set whose pixels do not fit its labels is refused', () => {
  expect(() => new DigitSet(new Uint8Array(784), new Uint8Array(2))).toThrow(
    'Each label must have 784 pixels: 2 labels, 784 pixels.',
  );
});
