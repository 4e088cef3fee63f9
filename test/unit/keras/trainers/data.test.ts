import { setRandomSeed, tensor } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { ArraySource, type Arrays, splitArrays } from '../../../../src/keras/trainers/data-adapters/array-source.ts';
import type { Batch } from '../../../../src/keras/trainers/data-adapters/batch.ts';
import { classWeightsOf, readClassWeight } from '../../../../src/keras/trainers/data-adapters/class-weight.ts';
import { Epochs } from '../../../../src/keras/trainers/data-adapters/epochs.ts';
import { IterableSource } from '../../../../src/keras/trainers/data-adapters/iterable-source.ts';
import { readData } from '../../../../src/keras/trainers/data-adapters/read-data.ts';
import { readArrays } from '../../../../src/keras/trainers/read-source.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';

const arrays = (rows: number, width: number): Arrays => ({
  x: tensor(Float32Array.from({ length: rows * width }, (_, i) => i)).reshape([rows, width]),
  y: tensor(Int32Array.from({ length: rows }, (_, i) => i)),
  sampleWeight: null,
  rows,
});

const numbers = (data: unknown): number[] => Array.from((data as { data: Float32Array }).data);

async function labels(batches: AsyncIterable<Batch>): Promise<number[][]> {
  const found: number[][] = [];
  for await (const { y } of batches) found.push(numbers(y));
  return found;
}

describe('arrays', () => {
  test.each([1, 3, 16, 20])('are cut into batches whose rows belong together, %s numbers wide', (width) => {
    const source = new ArraySource(arrays(10, width), { batchSize: 4, shuffle: true, float: 'float32' });
    const seen: number[] = [];
    const sizes: number[] = [];
    const pass = source.pass();
    for (let step = pass.next(); step.done !== true; step = pass.next()) {
      const { x, y, size } = step.value;
      const rows = numbers(y);
      const expected = rows.flatMap((row) => Array.from({ length: width }, (_, i) => row * width + i));
      expect(numbers(x)).toEqual(expected);
      seen.push(...rows);
      sizes.push(size);
    }
    expect(sizes).toEqual([4, 4, 2]);
    expect(seen.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(source.batchCount).toBe(3);
  });

  test('come in their own order without shuffling, and in another one in every pass with it', async () => {
    const plain = new Epochs(
      'm',
      new ArraySource(arrays(5, 1), { batchSize: 2, shuffle: false, float: 'float32' }),
      null,
    );
    expect(await labels(plain.next())).toEqual([[0, 1], [2, 3], [4]]);
    setRandomSeed(1);
    const source = new ArraySource(arrays(50, 1), { batchSize: 50, shuffle: true, float: 'float32' });
    const epochs = new Epochs('m', source, null);
    const [first, second] = [await labels(epochs.next()), await labels(epochs.next())];
    expect(first).not.toEqual(second);
    setRandomSeed(1);
    expect(await labels(new Epochs('m', source, null).next())).toEqual(first);
  });

  test('are fed in the model’s floating type, and integers as they came', () => {
    const data: Arrays = { ...arrays(4, 2), y: tensor(new Uint8Array([1, 2, 3, 4])) };
    const source = new ArraySource(data, { batchSize: 4, shuffle: false, float: 'float64' });
    const batch = source.pass().next().value as Batch;
    expect(batch.x).toMatchObject({ dtype: 'float64', shape: [4, 2] });
    expect(batch.y).toMatchObject({ dtype: 'uint8' });
  });

  test('are split without a copy', () => {
    const data = arrays(10, 2);
    const [first, last] = splitArrays(data, 8);
    expect([first.rows, last.rows]).toEqual([8, 2]);
    expect(numbers(last.x)).toEqual([16, 17, 18, 19]);
    expect((last.x as { data: Float32Array }).data.buffer).toBe((data.x as { data: Float32Array }).data.buffer);
  });

  test('are read from nested arrays without losing a digit', () => {
    expect(readData('m', 'x', [[0.1]], 'float64')).toMatchObject({ dtype: 'float64', data: new Float64Array([0.1]) });
    expect(readData('m', 'x', [[true]], 'float32')).toMatchObject({ dtype: 'bool' });
    expect(readData('m', 'x', { a: [1], b: [2] }, 'float32')).toMatchObject({ a: { shape: [1] }, b: { shape: [1] } });
    expect(readData('m', 'x', [tensor([1]), tensor([2])], 'float32')).toHaveLength(2);
  });

  test('must agree in their rows, and have some', () => {
    const given = { sampleWeight: null, classWeight: null };
    const read = (x: unknown, y: unknown): unknown => readArrays('Sequential net', { x, y, ...given }, 'float32');
    expect(() => read([[1], [2]], [1])).toThrow(
      '[Sequential net] all arrays must have the same number of rows. Received: x of shape [2, 1], y of shape [1].',
    );
    expect(() => read([], [])).toThrow(
      '[Sequential net] the data must have at least one row. Received: x of shape [0].',
    );
    expect(() => read([[1, 2], [3]], [1, 2])).toThrow(/^\[Sequential net\] x: .*ragged/);
    expect(() => read(3, [1])).toThrow('[Sequential net] x must have an axis for the rows. Received: a single number.');
    expect(() => read('data', [1])).toThrow(
      '[Sequential net] x must be a tensor, nested arrays of numbers, or a list or record of these. Received: "data".',
    );
    expect(() => read(undefined, [1])).toThrow('[Sequential net] x must be given. Received: x=undefined.');
  });
});

describe('class weights', () => {
  const weights = new Map([
    [0, 1],
    [1, 2],
  ]);

  test('weigh labels and one-hot rows alike; a missing class weighs 1', () => {
    expect(numbers(classWeightsOf('m', tensor([0, 1, 2]), weights, 'float32'))).toEqual([1, 2, 1]);
    expect(numbers(classWeightsOf('m', tensor([[1], [0]]), weights, 'float32'))).toEqual([2, 1]);
    const oneHot = tensor([
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(classWeightsOf('m', oneHot, weights, 'float64')).toMatchObject({ data: new Float64Array([2, 1]) });
  });

  test('are checked', () => {
    expect(() => readClassWeight('m', { a: 1 })).toThrow(
      '[m] classWeight must map classes, 0 and up, to numbers. Received: "a": 1.',
    );
    expect(() => readClassWeight('m', 3)).toThrow(
      '[m] classWeight must be a record or a Map from classes to weights. Received: 3.',
    );
    expect(() => classWeightsOf('m', tensor([[[1]]]), weights, 'float32')).toThrow(
      '[m] classWeight needs one label a row: targets of rank 1 or 2. Received: y of shape [1, 1, 1].',
    );
  });
});

describe('epochs', () => {
  const three = (): ArraySource => new ArraySource(arrays(6, 1), { batchSize: 2, shuffle: false, float: 'float32' });

  test('with a number of steps go on where the last one ended, and begin again with the data', async () => {
    const epochs = new Epochs('m', three(), 2);
    expect(await labels(epochs.next())).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(await labels(epochs.next())).toEqual([[4, 5]]);
    expectWarning(
      '[m] the data ended after 1 of 2 steps, and so does the epoch. Give data for all steps, or fewer steps.',
    );
    expect(await labels(epochs.next())).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test('with as many steps as there are batches are passes', async () => {
    const epochs = new Epochs('m', three(), 3);
    expect(await labels(epochs.next())).toHaveLength(3);
    expect(await labels(epochs.next())).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  const options = { who: 'm', float: 'float32', classWeight: null, needsTargets: true } as const;
  const batch = (i: number): [number[][], number[]] => [[[i]], [i]];

  test('read an iterable again in every epoch', async () => {
    const source = new IterableSource(new Set([batch(1), batch(2)]), options);
    const epochs = new Epochs('m', source, null);
    expect(await labels(epochs.next())).toEqual([[1], [2]]);
    expect(await labels(epochs.next())).toEqual([[1], [2]]);
    expect(epochs.stepCount).toBeNull();
  });

  test('go on with a generator, and say when it is used up', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<[number[][], number[]]> {
      try {
        for (let i = 0; ; i++) yield Promise.resolve(batch(i));
      } finally {
        closed = true;
      }
    }
    const epochs = new Epochs('m', new IterableSource(endless(), options), 2);
    expect(await labels(epochs.next())).toEqual([[0], [1]]);
    expect(await labels(epochs.next())).toEqual([[2], [3]]);
    expect(closed).toBe(false);

    function* once(): Generator<[number[][], number[]]> {
      yield batch(0);
    }
    const used = new Epochs('m', new IterableSource(once(), options), null);
    expect(await labels(used.next())).toEqual([[0]]);
    await expect(labels(used.next())).rejects.toThrow(
      '[m] the data gave no batch in pass 2. A generator can be read once: give an iterable that can be read again, or the number of steps in an epoch.',
    );
  });

  test('tell a generator that nobody goes on with it', async () => {
    let closed = false;
    function* endless(): Generator<[number[][], number[]]> {
      try {
        for (let i = 0; ; i++) yield batch(i);
      } finally {
        closed = true;
      }
    }
    const epochs = new Epochs('m', new IterableSource(endless(), options), null);
    for await (const each of epochs.next()) {
      expect(each.size).toBe(1);
      break;
    }
    expect(closed).toBe(true);
  });

  test('refuse batches that are none', async () => {
    const pass = (item: unknown): Promise<number[][]> =>
      labels(new Epochs('m', new IterableSource(new Set([item]) as never, options), null).next());
    await expect(pass(tensor([1]))).rejects.toThrow(
      '[m] an iterable must give batches [x, y] or [x, y, sampleWeight]. Received: a Tensor.',
    );
    await expect(pass([1, 2, 3, 4])).rejects.toThrow(
      '[m] an iterable must give batches [x, y] or [x, y, sampleWeight]. Received: a list of 4.',
    );
    await expect(pass([[1, 2], [1]])).rejects.toThrow(/same number of rows/);
  });
});
