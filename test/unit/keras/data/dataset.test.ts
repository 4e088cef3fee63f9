import fc from 'fast-check';
import { Tensor, setRandomSeed, tensor } from 'evenkeel';
import { Dataset } from 'evenkeel/data';
import { describe, expect, expectTypeOf, test } from 'vitest';

const plain = (value: unknown): unknown => {
  if (value instanceof Tensor) return { shape: value.shape, dtype: value.dtype, data: [...value.data] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
};

const rejected = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return String(error);
};

/** Numbers from 0, and what is known of their passes. */
function tracked(count: number): { dataset: Dataset<number>; state: { read: number; opened: number; closed: number } } {
  const state = { read: 0, opened: 0, closed: 0 };
  const dataset = Dataset.fromGenerator(async function* () {
    state.opened++;
    try {
      for (let i = 0; i < count; i++) {
        await Promise.resolve();
        state.read++;
        yield i;
      }
    } finally {
      state.closed++;
    }
  });
  return { dataset, state };
}

describe('sources', () => {
  test('fromTensorSlices yields the rows of a tensor, of tuples and of records, with their dtypes', async () => {
    const x = tensor([[1, 2], [3, 4]]); // prettier-ignore
    const y = tensor(Int32Array.of(7, 8), [2]);
    const dataset = Dataset.fromTensorSlices({
      pair: [x, y],
      names: ['a', 'b'],
      plain: [0.5, 1.5],
      nested: [[1], [2]],
    });
    expect(dataset.cardinality()).toBe(2);
    const [, second] = await dataset.toArray();
    expect(plain(second)).toEqual({
      pair: [
        { shape: [2], dtype: 'float32', data: [3, 4] },
        { shape: [], dtype: 'int32', data: [8] },
      ],
      names: 'b',
      plain: 1.5,
      nested: { shape: [1], dtype: 'float32', data: [2] },
    });
    expectTypeOf(second!.pair).toEqualTypeOf<[Tensor, Tensor]>();
    expectTypeOf(second!.names).toEqualTypeOf<string>();
    expectTypeOf(second!.plain).toEqualTypeOf<number>();
    expectTypeOf(second!.nested).toEqualTypeOf<Tensor>();
  });

  test('fromTensorSlices refuses parts that differ in rows, scalars and data without rows', () => {
    expect(() => Dataset.fromTensorSlices([tensor([1, 2]), tensor([1])])).toThrow(
      '[Dataset.fromTensorSlices] all parts of the data must have the same number of rows. Received: [2, 1].',
    );
    expect(() => Dataset.fromTensorSlices({ x: tensor(1) })).toThrow(
      '[Dataset.fromTensorSlices] each part of the data must have rows. Received: a scalar as element.x.',
    );
    expect(() => Dataset.fromTensorSlices({ x: 1 })).toThrow('each part of the data must have rows. Received: 1');
    expect(() => Dataset.fromTensorSlices(null)).toThrow('the data must have rows. Received: null.');
  });

  test('fromGenerator calls the function at each pass, and also accepts promises of iterables', async () => {
    let calls = 0;
    const dataset = Dataset.fromGenerator(() => Promise.resolve([++calls]));
    expect(await dataset.toArray()).toEqual([1]);
    expect(await dataset.repeat(2).toArray()).toEqual([2, 3]);
    expect(dataset.cardinality()).toBe(null);
    expect(() => Dataset.fromGenerator([1] as never)).toThrow(
      '[Dataset.fromGenerator] generator must be a function that returns an iterable. Received: [1]. Use Dataset.fromIterable for an iterable.',
    );
    expect(await rejected(Dataset.fromGenerator(() => 3 as never).toArray())).toContain(
      '[Dataset.fromGenerator] the elements must come from an iterable. Received: 3.',
    );
  });

  test('fromGenerator holds a function to the number of elements that it was said to yield', async () => {
    const make = (cardinality: number): Dataset<number> => Dataset.fromGenerator(() => [1, 2], { cardinality });
    expect(await make(2).toArray()).toEqual([1, 2]);
    expect(make(2).cardinality()).toBe(2);
    expect(await rejected(make(3).toArray())).toContain('as many elements as cardinality says, 3. Received: 2.');
    expect(await rejected(make(1).toArray())).toContain('as many elements as cardinality says, 1. Received: more.');
  });

  test('fromIterable refuses the second pass over a generator object, and what is no iterable', async () => {
    const once = Dataset.fromIterable(
      (function* () {
        yield 1;
      })(),
    );
    expect(await once.toArray()).toEqual([1]);
    expect(await rejected(once.toArray())).toContain(
      '[Dataset.fromIterable] a generator can be read once. Received: one that has been read. Pass its function to Dataset.fromGenerator.',
    );
    expect(() => Dataset.fromIterable(5 as never)).toThrow('the elements must come from an iterable. Received: 5.');
  });

  test('zip pairs elements until the first dataset ends, and closes the others', async () => {
    const { dataset, state } = tracked(10);
    const zipped = Dataset.zip([Dataset.range(2), dataset]);
    expect(await zipped.toArray()).toEqual([[0, 0], [1, 1]]); // prettier-ignore
    expect(state).toMatchObject({ opened: 1, closed: 1 });
    expect(Dataset.zip([Dataset.range(2), Dataset.range(9)]).cardinality()).toBe(2);
    const named = Dataset.zip({ i: Dataset.range(2), s: Dataset.fromIterable(['a', 'b']) });
    expectTypeOf(named).toEqualTypeOf<Dataset<{ i: number; s: string }>>();
    expect(await named.toArray()).toEqual([
      { i: 0, s: 'a' },
      { i: 1, s: 'b' },
    ]);
    expect(() => Dataset.zip([[1]] as never)).toThrow(
      'datasets must be a list or a record of datasets. Received: [[1]].',
    );
    expect(() => Dataset.zip([])).toThrow(TypeError);
  });
});

describe('transformations', () => {
  const sizes = fc.integer({ min: 0, max: 40 });

  test('batch and unbatch are inverse to each other', async () => {
    const row = fc.record({
      x: fc.array(fc.float({ noNaN: true }), { minLength: 2, maxLength: 2 }),
      label: fc.integer({ min: -100, max: 100 }),
      name: fc.string(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        async (rows, size) => {
          const elements = rows.map(
            ({ x, label, name }) => [tensor(x), { label: tensor(Int32Array.of(label), []), name }] as const,
          );
          const dataset = Dataset.fromIterable(elements);
          expect(plain(await dataset.batch(size).unbatch().toArray())).toEqual(plain(elements));
          expect((await dataset.batch(size).toArray()).length).toBe(dataset.batch(size).cardinality());
        },
      ),
    );
  });

  test('batch drops a short last batch where that is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 8 }), async (count, size) => {
        const dataset = Dataset.range(count).batch(size, { dropRemainder: true });
        const batches = await dataset.toArray();
        expect(batches.length).toBe(dataset.cardinality());
        expect(batches.every(({ shape }) => shape[0] === size)).toBe(true);
      }),
    );
  });

  test('batch stacks numbers, booleans, rows, tensors and images, and lists strings and other objects', async () => {
    const day = new Date(0);
    const image = { data: new Uint8ClampedArray(4), width: 1, height: 1 };
    const element = {
      n: 1,
      b: true,
      row: [1, 2],
      t: tensor(Int32Array.of(1), [1]),
      image,
      s: 'a',
      tokens: ['a', 'b'],
      day,
      none: null,
    };
    const [batch] = await Dataset.fromIterable([element, element]).batch(2).toArray();
    expect(plain(batch)).toEqual({
      n: { shape: [2], dtype: 'float32', data: [1, 1] },
      b: { shape: [2], dtype: 'bool', data: [1, 1] },
      row: { shape: [2, 2], dtype: 'float32', data: [1, 2, 1, 2] },
      t: { shape: [2, 1], dtype: 'int32', data: [1, 1] },
      image: { shape: [2, 1, 1, 4], dtype: 'uint8', data: Array(8).fill(0) },
      s: ['a', 'a'],
      tokens: [['a', 'b'], ['a', 'b']], // prettier-ignore
      day: [{}, {}],
      none: null,
    });
    expect(batch!.day[0]).toBe(day);
    expectTypeOf(batch!.t).toEqualTypeOf<Tensor>();
    expectTypeOf(batch!.s).toEqualTypeOf<string[]>();
    expectTypeOf(batch!.day).toEqualTypeOf<Date[]>();
  });

  test('batch refuses elements of different shapes, dtypes and structures', async () => {
    const make = (...elements: readonly unknown[]): Promise<string> =>
      rejected(Dataset.fromIterable(elements).batch(2).toArray());
    expect(await make([tensor([1]), 0], [tensor([1, 2]), 0])).toBe(
      'ValueError: [Dataset.batch] all elements of a batch must have the same shape. Received: [1], and [2] as element[0] 1. Use paddedBatch, or map the elements to one shape.',
    );
    expect(await make(tensor([1]), tensor(Int32Array.of(1), [1]))).toBe(
      'ValueError: [Dataset.batch] all elements of a batch must have the same dtype. Received: float32, and int32 as element 1. Map the elements to one dtype.',
    );
    expect(await make({ x: 1 }, { y: 1 })).toBe(
      'ValueError: [Dataset.batch] all elements of a batch must have the same structure. Received: {"x":1}, and {"y":1} as element 1. Map the elements to one structure.',
    );
    expect(await make('a', 1)).toContain('must have the same structure');
    expect(await make(1, 'a')).toContain('must have the same structure');
    expect(await make(null, tensor([1]))).toContain('must have the same structure');
    expect(await make([tensor(1), 1], tensor([1]))).toContain('must have the same structure');
  });

  test('paddedBatch pads each axis to the longest, or to a shape, and leaves scalars alone', async () => {
    const dataset = Dataset.fromIterable([
      [tensor([[1, 2]]), 0],
      [tensor([[3], [4]]), 1],
    ] as const);
    const [[x, y] = []] = await dataset.paddedBatch(2, { paddingValue: -1 }).toArray();
    expect(x!.toArray()).toEqual([[[1, 2], [-1, -1]], [[3, -1], [4, -1]]]); // prettier-ignore
    expect(y!.toArray()).toEqual([0, 1]);
    const [[wide] = []] = await dataset.paddedBatch(2, { paddedShape: [3, null] }).toArray();
    expect(wide!.shape).toEqual([2, 3, 2]);
    expect(await rejected(dataset.paddedBatch(2, { paddedShape: [1, 2] }).toArray())).toContain(
      '[Dataset.paddedBatch] paddedShape must have the rank of the elements, and be as long as the longest. Received: paddedShape=[1, 2], and elements of up to [2, 2][0].',
    );
    expect(
      await rejected(
        Dataset.fromIterable([tensor([1]), tensor([[1]])])
          .paddedBatch(2)
          .toArray(),
      ),
    ).toContain('all elements must have the same rank. Received: shapes [1] and [1, 1].');
  });

  test('shuffle is a permutation, which a seed repeats and each pass changes', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 50 }), fc.nat(), async (count, buffer, seed) => {
        const make = (): Dataset<number> => Dataset.range(count).shuffle(buffer, { seed });
        const [one, other] = [make(), make()];
        const passes = [await one.toArray(), await one.toArray()];
        expect([await other.toArray(), await other.toArray()]).toEqual(passes);
        for (const pass of passes)
          expect([...pass].sort((a, b) => a - b)).toEqual(await Dataset.range(count).toArray());
        // An element moves forward by less than the buffer.
        for (const pass of passes) for (const [to, from] of pass.entries()) expect(to).toBeGreaterThan(from - buffer);
      }),
    );
    const many = Dataset.range(100).shuffle(null, { seed: 3 });
    expect(await many.toArray()).not.toEqual(await many.toArray());
    const fixed = Dataset.range(100).shuffle(100, { reshuffleEachIteration: false });
    const order = await fixed.toArray();
    expect(order).not.toEqual(await Dataset.range(100).toArray());
    expect(await fixed.toArray()).toEqual(order);
  });

  test('setRandomSeed repeats the orders of a shuffle without a seed', async () => {
    const dataset = Dataset.range(50).shuffle(50);
    setRandomSeed(4);
    const passes = [await dataset.toArray(), await dataset.toArray()];
    setRandomSeed(4);
    expect([await dataset.toArray(), await dataset.toArray()]).toEqual(passes);
    expect(passes[0]).not.toEqual(passes[1]);
  });

  test('map keeps the order of elements whatever their calls take, and makes no more calls at a time than it may', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 6 }),
        async (waits, calls) => {
          let [running, most] = [0, 0];
          const dataset = Dataset.fromIterable(waits).map(
            async (turns) => {
              most = Math.max(most, ++running);
              for (let i = 0; i < turns; i++) await Promise.resolve();
              running--;
              return turns;
            },
            { numParallelCalls: calls },
          );
          expect(await dataset.toArray()).toEqual(waits);
          expect(most).toBeLessThanOrEqual(calls);
        },
      ),
    );
  });

  test.each([1, 3])(
    'an error of map is thrown in the place of its element, with %i calls at a time',
    async (numParallelCalls) => {
      const { dataset, state } = tracked(10);
      const seen: number[] = [];
      const failing = dataset.map(
        (i) => {
          if (i === 2) throw new Error('two');
          return i;
        },
        { numParallelCalls },
      );
      const work = (async () => {
        for await (const i of failing) seen.push(i);
      })();
      await expect(work).rejects.toThrow('two');
      expect(seen).toEqual([0, 1]);
      expect(state.closed).toBe(1);
      expect(state.read).toBeLessThan(3 + numParallelCalls);
    },
  );

  test('prefetch reads ahead while the consumer works, no further than its buffer', async () => {
    for (const size of [1, 3]) {
      const { dataset, state } = tracked(10);
      let taken = 0;
      for await (const element of dataset.prefetch(size)) {
        expect(element).toBe(taken++);
        await new Promise((resolve) => setTimeout(resolve, 0));
        expect(state.read).toBe(Math.min(taken + size, 10));
      }
      expect(state).toEqual({ read: 10, opened: 1, closed: 1 });
    }
  });

  test('prefetch passes an error on after the elements before it', async () => {
    const dataset = Dataset.fromGenerator(function* () {
      yield 1;
      throw new Error('broken');
    });
    const seen: number[] = [];
    const work = (async () => {
      for await (const i of dataset.prefetch(5)) seen.push(i);
    })();
    await expect(work).rejects.toThrow('broken');
    expect(seen).toEqual([1]);
  });

  test('every transformation closes its source when the consumer stops early', async () => {
    const made: readonly ((dataset: Dataset<number>) => Dataset<unknown>)[] = [
      (dataset) => dataset.map((i) => i),
      (dataset) => dataset.map((i) => i, { numParallelCalls: 2 }),
      (dataset) => dataset.flatMap((i) => [i, i]),
      (dataset) => dataset.filter(() => true),
      (dataset) => dataset.batch(2),
      (dataset) => dataset.batch(2).unbatch(),
      (dataset) => dataset.shuffle(3),
      (dataset) => dataset.prefetch(3),
      (dataset) => dataset.repeat(),
      (dataset) => dataset.take(3),
      (dataset) => dataset.skip(1),
      (dataset) => dataset.shard(2, 1),
      (dataset) => dataset.concatenate(Dataset.range(2)),
      (dataset) => dataset.enumerate(),
      (dataset) => dataset.cache(),
      (dataset) => Dataset.zip([dataset, dataset]),
    ];
    for (const make of made) {
      const { dataset, state } = tracked(20);
      for await (const element of make(dataset)) {
        expect(element).toBeDefined();
        break;
      }
      expect(state.opened).toBeGreaterThan(0);
      expect(state.closed).toBe(state.opened);
      expect(state.read).toBeLessThan(8);
    }
  });

  test('take reads no element more than it yields', async () => {
    const { dataset, state } = tracked(10);
    expect(await dataset.take(3).toArray()).toEqual([0, 1, 2]);
    expect(state).toEqual({ read: 3, opened: 1, closed: 1 });
    expect(await dataset.take(0).toArray()).toEqual([]);
    expect(state.opened).toBe(1);
  });

  test('take, skip, shard, concatenate, repeat and filter are those of lists', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(10), fc.nat(3), async (count, n, times) => {
        const list = Array.from({ length: count }, (_, i) => i);
        const dataset = Dataset.range(count);
        const check = async (made: Dataset<number>, expected: readonly number[]): Promise<void> => {
          expect(await made.toArray()).toEqual(expected);
          expect(made.cardinality()).toBe(expected.length);
        };
        await check(dataset.take(n), list.slice(0, n));
        await check(dataset.skip(n), list.slice(n));
        await check(dataset.take(n).concatenate(dataset.skip(n)), list);
        await check(dataset.repeat(times), Array.from({ length: times }, () => list).flat());
        for (let i = 0; i < 3; i++)
          await check(
            dataset.shard(3, i),
            list.filter((each) => each % 3 === i),
          );
        expect(await dataset.filter(async (i) => Promise.resolve(i > n)).toArray()).toEqual(list.filter((i) => i > n));
      }),
    );
  });

  test('an endless repetition of nothing ends', async () => {
    const nothing = Dataset.range(0).repeat();
    expect(nothing.cardinality()).toBe(0);
    expect(await nothing.toArray()).toEqual([]);
    expect(
      await Dataset.fromGenerator(() => [])
        .repeat()
        .toArray(),
    ).toEqual([]);
  });

  test('toArray refuses a dataset that never ends', async () => {
    expect(Dataset.range(2).repeat().batch(3).cardinality()).toBe(Infinity);
    expect(await rejected(Dataset.range(2).repeat().toArray())).toContain('[Dataset.toArray] the dataset must end.');
  });

  test('cache reads the source until one pass is complete', async () => {
    const { dataset, state } = tracked(4);
    const cached = dataset.cache();
    expect(await cached.take(2).toArray()).toEqual([0, 1]);
    expect(cached.cardinality()).toBe(null);
    for (let i = 0; i < 3; i++) expect(await cached.toArray()).toEqual([0, 1, 2, 3]);
    expect(state).toEqual({ read: 6, opened: 2, closed: 2 });
    expect(cached.cardinality()).toBe(4);
  });

  test('the types of elements follow the transformations', () => {
    const rows = Dataset.fromIterable([{ text: 'a', label: 1 }]);
    const pairs = rows.map(({ text, label }) => [text, label] as [string, number]).batch(2);
    expectTypeOf(pairs).toEqualTypeOf<Dataset<[string[], Tensor]>>();
    expectTypeOf(pairs.unbatch()).toEqualTypeOf<Dataset<[string, Tensor]>>();
    const some = Dataset.fromIterable(['a', null]).filter((each) => each !== null);
    expectTypeOf(some).toEqualTypeOf<Dataset<string>>();
    expect(pairs.batchSize).toBe(2);
    expect(pairs.prefetch(1).batchSize).toBe(2);
  });

  test('options and arguments are checked when a dataset is made', () => {
    const dataset = Dataset.range(3);
    expect(() => dataset.map((i) => i, { parallel: 2 } as never)).toThrow('[Dataset.map] unknown option "parallel".');
    expect(() => dataset.map(3 as never)).toThrow('[Dataset.map] map must be a function. Received: map=3.');
    expect(() => dataset.filter(null as never)).toThrow('[Dataset.filter] predicate must be a function.');
    expect(() => dataset.batch(0)).toThrow('[Dataset.batch] batchSize must be an integer ≥ 1. Received: batchSize=0.');
    expect(() => dataset.shuffle(0)).toThrow('[Dataset.shuffle] bufferSize must be an integer ≥ 1.');
    expect(() => dataset.prefetch(1.5)).toThrow('[Dataset.prefetch] bufferSize must be an integer ≥ 1.');
    expect(() => dataset.take(-1)).toThrow('[Dataset.take] count must be an integer ≥ 0.');
    expect(() => dataset.shard(2, 2)).toThrow(
      '[Dataset.shard] index must be less than numShards, 2. Received: index=2.',
    );
    expect(() => dataset.concatenate([1] as never)).toThrow(
      '[Dataset.concatenate] dataset must be a dataset. Received: [1].',
    );
    expect(() => Dataset.range(0, 5, 0)).toThrow('[Dataset.range] step must not be 0.');
    expect(() => dataset.paddedBatch(2, { paddedShape: 3 as never })).toThrow('paddedShape must be a shape');
  });
});
