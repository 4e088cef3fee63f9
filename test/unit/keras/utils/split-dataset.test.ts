import { Dataset } from 'evenkeel/data';
import { setRandomSeed, tensor } from 'evenkeel';
import { shuffle, splitDataset } from 'evenkeel/utils';
import { describe, expect, test } from 'vitest';

const x = tensor([
  [1, 10],
  [2, 20],
  [3, 30],
  [4, 40],
  [5, 50],
]);
const y = tensor(Int32Array.of(1, 2, 3, 4, 5), [5]);

describe('splitDataset', () => {
  test.each([
    [{ leftSize: 0.6 }, 3, 2],
    [{ rightSize: 0.2 }, 4, 1],
    [{ leftSize: 2, rightSize: 1 }, 2, 1],
    [{ leftSize: 0.5 }, 2, 3],
    [{ rightSize: 0.3 }, 3, 2],
  ] as const)('divides 5 rows by %j as Keras does', (options, left, right) => {
    const [one, two] = splitDataset(x, options);
    expect([one.shape, two.shape]).toEqual([
      [left, 2],
      [right, 2],
    ]);
    expect(one.toArray()[0]).toEqual([1, 10]);
    expect(two.toArray()[0]).toEqual([left + 1, (left + 1) * 10]);
  });

  test('keeps the structure and the dtypes of several arrays, and their rows together', () => {
    const [[leftX, leftY], right] = splitDataset([x, y], { leftSize: 3, shuffle: true, seed: 3 });
    expect(leftX.shape).toEqual([3, 2]);
    expect(leftY.dtype).toBe('int32');
    const rows = [...leftX.toArray(), ...right[0].toArray()];
    expect(rows.map(([first]) => first).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(rows.map(([first]) => first)).toEqual([...leftY.data, ...right[1].data]);
    const [named] = splitDataset({ x, labels: [1, 2, 3, 4, 5] }, { leftSize: 1 });
    expect(named.x.toArray()).toEqual([[1, 10]]);
    expect(named.labels.toArray()).toEqual([1]);
  });

  test.each<readonly [string, () => unknown, string]>([
    ['no size', () => splitDataset(x), '[utils.splitDataset] at least one of leftSize and rightSize must be given.'],
    [
      'sizes above the number of rows',
      () => splitDataset(x, { leftSize: 3, rightSize: 3 }),
      '[utils.splitDataset] both parts must have rows, and together at most 5. Received: leftSize=3, rightSize=3.',
    ],
    ['a part without rows', () => splitDataset(x, { leftSize: 5 }), 'both parts must have rows'],
    ['a size of 1.5', () => splitDataset(x, { leftSize: 1.5 }), '[utils.splitDataset] leftSize must be'],
    [
      'arrays of different lengths',
      () => splitDataset([x, tensor([1])], { leftSize: 1 }),
      '[utils.splitDataset] all arrays must have the same number of rows. Received: [5, 1].',
    ],
    [
      'nested arrays, which may be one array or several',
      () => splitDataset([[[1]], [[2]]], { leftSize: 1 }),
      '[utils.splitDataset] a list must contain tensors or typed arrays.',
    ],
  ])('refuses %s', (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});

test('shuffle returns all rows in an order that the seed determines', () => {
  const order = (seed?: number): number[] => [...shuffle(y, seed === undefined ? {} : { seed }).data];
  expect(order(1).toSorted()).toEqual([1, 2, 3, 4, 5]);
  expect(order(1)).toEqual(order(1));
  expect(order(1)).not.toEqual(order(2));
  setRandomSeed(5);
  const first = order();
  setRandomSeed(5);
  expect(order()).toEqual(first);
  expect([...y.data]).toEqual([1, 2, 3, 4, 5]);
});

describe('splitDataset of a dataset', () => {
  test('splits elements, in their order or in that of a seed', async () => {
    const [left, right] = await splitDataset(Dataset.range(10), { leftSize: 0.7 });
    expect([await left.toArray(), await right.toArray()]).toEqual([[0, 1, 2, 3, 4, 5, 6], [7, 8, 9]]); // prettier-ignore
    const shuffled = async (): Promise<number[][]> => {
      const parts = await splitDataset(Dataset.range(10), { rightSize: 4, shuffle: true, seed: 5 });
      return Promise.all(parts.map((part) => part.toArray()));
    };
    const [some = [], others = []] = await shuffled();
    expect(await shuffled()).toEqual([some, others]);
    expect(others).toHaveLength(4);
    expect([...some, ...others].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(some).not.toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('splits batches by their rows, into batches of the same size', async () => {
    const batches = Dataset.range(10).batch(4).prefetch(1);
    const [left, right] = await splitDataset(batches, { leftSize: 5 });
    expect((await left.toArray()).map((batch) => batch.toArray())).toEqual([[0, 1, 2, 3], [4]]); // prettier-ignore
    expect((await right.toArray()).map((batch) => batch.toArray())).toEqual([[5, 6, 7, 8], [9]]); // prettier-ignore
  });

  test('refuses a dataset that never ends, and sizes that do not fit', async () => {
    await expect(splitDataset(Dataset.range(2).repeat(), { leftSize: 1 })).rejects.toThrow('the dataset must end');
    await expect(splitDataset(Dataset.range(2), { leftSize: 2 })).rejects.toThrow('both parts must have rows');
    await expect(splitDataset(Dataset.range(2))).rejects.toThrow(
      'at least one of leftSize and rightSize must be given',
    );
  });
});
