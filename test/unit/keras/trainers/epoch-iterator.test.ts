import { setRandomSeed, tensor } from 'evenkeel';
import { expect, test } from 'vitest';
import { ArrayDataAdapter } from '../../../../src/keras/trainers/data-adapters/array-data-adapter.ts';
import { GeneratorDataAdapter } from '../../../../src/keras/trainers/data-adapters/generator-data-adapter.ts';
import { EpochIterator } from '../../../../src/keras/trainers/epoch-iterator.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';
import { labels, rows, unknownModel } from './batches.ts';

const arrays = (count: number, batchSize: number, shuffle = false): ArrayDataAdapter =>
  new ArrayDataAdapter(rows(count, 1), { batchSize, shuffle, float: 'float32' });

const options = { who: 'm', expected: unknownModel, classWeight: null, needsTargets: true } as const;
const batch = (i: number): [number[][], number[]] => [[[i]], [i]];

test('without shuffling, rows keep their order', async () => {
  const epochs = new EpochIterator('m', arrays(5, 2), null);
  expect(await labels(epochs.enumerateEpoch())).toEqual([[0, 1], [2, 3], [4]]);
});

test('with shuffling, every epoch has a new order, which the seed determines', async () => {
  setRandomSeed(1);
  const data = arrays(50, 50, true);
  const epochs = new EpochIterator('m', data, null);
  const [first, second] = [await labels(epochs.enumerateEpoch()), await labels(epochs.enumerateEpoch())];
  expect(first).not.toEqual(second);
  setRandomSeed(1);
  expect(await labels(new EpochIterator('m', data, null).enumerateEpoch())).toEqual(first);
});

test('with a number of steps, an epoch continues the pass of the last one', async () => {
  const epochs = new EpochIterator('m', arrays(6, 2), 2);
  expect(await labels(epochs.enumerateEpoch())).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(await labels(epochs.enumerateEpoch())).toEqual([[4, 5]]);
  expectWarning(
    '[m] the data ended after 1 of 2 steps, which ends the epoch. Pass data for all steps, or fewer steps.',
  );
  expect(await labels(epochs.enumerateEpoch())).toEqual([
    [0, 1],
    [2, 3],
  ]);
});

test('with as many steps as batches, every epoch is one pass', async () => {
  const epochs = new EpochIterator('m', arrays(6, 2), 3);
  expect(await labels(epochs.enumerateEpoch())).toHaveLength(3);
  expect(await labels(epochs.enumerateEpoch())).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
});

test('an iterable is read again in every epoch', async () => {
  const data = new GeneratorDataAdapter(new Set([batch(1), batch(2)]), options);
  const epochs = new EpochIterator('m', data, null);
  expect(await labels(epochs.enumerateEpoch())).toEqual([[1], [2]]);
  expect(await labels(epochs.enumerateEpoch())).toEqual([[1], [2]]);
  expect(epochs.stepCount).toBeNull();
});

test('a generator is continued across epochs with a number of steps', async () => {
  let closed = false;
  async function* endless(): AsyncGenerator<[number[][], number[]]> {
    try {
      for (let i = 0; ; i++) yield Promise.resolve(batch(i));
    } finally {
      closed = true;
    }
  }
  const epochs = new EpochIterator('m', new GeneratorDataAdapter(endless(), options), 2);
  expect(await labels(epochs.enumerateEpoch())).toEqual([[0], [1]]);
  expect(await labels(epochs.enumerateEpoch())).toEqual([[2], [3]]);
  expect(closed).toBe(false);
});

test('a generator that is exhausted is an error in the next epoch', async () => {
  function* once(): Generator<[number[][], number[]]> {
    yield batch(0);
  }
  const epochs = new EpochIterator('m', new GeneratorDataAdapter(once(), options), null);
  expect(await labels(epochs.enumerateEpoch())).toEqual([[0]]);
  await expect(labels(epochs.enumerateEpoch())).rejects.toThrow(
    '[m] the data yielded no batch in pass 2. A generator can be read once: pass an iterable that can be read again, or the number of steps in an epoch.',
  );
});

test('a generator is closed when its epoch is abandoned', async () => {
  let closed = false;
  function* endless(): Generator<[number[][], number[]]> {
    try {
      for (let i = 0; ; i++) yield batch(i);
    } finally {
      closed = true;
    }
  }
  const epochs = new EpochIterator('m', new GeneratorDataAdapter(endless(), options), null);
  for await (const each of epochs.enumerateEpoch()) {
    expect(each.size).toBe(1);
    break;
  }
  expect(closed).toBe(true);
});

test('items of an iterable that are not batches are refused', async () => {
  const pass = (item: unknown): Promise<number[][]> => {
    const data = new GeneratorDataAdapter(new Set([item]) as never, options);
    return labels(new EpochIterator('m', data, null).enumerateEpoch());
  };
  await expect(pass(tensor([1]))).rejects.toThrow(
    '[m] an iterable must yield batches [x, y] or [x, y, sampleWeight]. Received: a Tensor.',
  );
  await expect(pass([1, 2, 3, 4])).rejects.toThrow(
    '[m] an iterable must yield batches [x, y] or [x, y, sampleWeight]. Received: a list of 4.',
  );
  await expect(pass([[1, 2], [1]])).rejects.toThrow(/same number of rows/);
});
