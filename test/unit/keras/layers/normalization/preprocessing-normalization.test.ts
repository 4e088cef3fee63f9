import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tensor, tensor } from '../../../../../src/core/tensor.ts';
import {
  type AdaptBatch,
  type AdaptProgress,
  Input,
  Normalization,
  type NormalizationOptions,
} from '../../../../../src/keras/layers/index.ts';
import { callLayer, pattern } from '../../../../support/call-layer.ts';
import { expectClose } from '../../../../support/close.ts';
import { randomTensors } from '../../../../support/random-tensors.ts';

const make = (options: NormalizationOptions = {}): Normalization => new Normalization({ name: 'n', ...options });
const mapped = (given: Tensor, f: (entry: number) => number): Tensor =>
  new Tensor(Float32Array.from(given.data, f), given.shape);
const batches = [
  pattern([2, 3]),
  mapped(pattern([3, 3]), (entry) => 2 * entry + 1),
  mapped(pattern([1, 3]), (entry) => entry - 3),
];

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

describe('what Normalization learns', () => {
  test('is pooled over batches exactly', async () => {
    const layer = make();
    await layer.adapt(batches);
    expectClose(layer.mean!.data, [0.5, 2.208333, -3.416667], { rtol: 1e-6 });
    expectClose(layer.variance!.data, [65.91667, 3.779514, 2.451389], { rtol: 1e-6 });
    const expected = [-0.677431, 0.0214324, 1.224166, 0.5542617, -0.4929452, 0.5854709];
    expectClose(callLayer(layer, pattern([2, 3])).output.data, expected, { rtol: 1e-5 });
  });

  test('is one observation from each batch where nothing is reduced', async () => {
    const layer = make({ axis: [0, 1] });
    await layer.adapt([tensor([[0, 2]]), tensor([[4, 2]])]);
    expect([[...layer.mean!.data], [...layer.variance!.data]]).toEqual([
      [2, 2],
      [4, 0],
    ]);
  });

  test.each<[string, () => Parameters<Normalization['adapt']>[0]]>([
    [
      'a tensor',
      () =>
        tensor([
          [0, 7, 4],
          [2, 9, 6],
          [0, 7, 4],
          [2, 9, 6],
        ]),
    ],
    [
      'nested arrays',
      () => [
        [0, 7, 4],
        [2, 9, 6],
        [0, 7, 4],
        [2, 9, 6],
      ],
    ],
    [
      'a list of tensors',
      () => [
        tensor([
          [0, 7, 4],
          [2, 9, 6],
        ]),
        tensor([
          [0, 7, 4],
          [2, 9, 6],
        ]),
      ],
    ],
    [
      'a generator of nested arrays',
      function* () {
        yield [[0, 7, 4]];
        yield [[2, 9, 6]];
      } as never,
    ],
    ['an asynchronous generator', () => stream<AdaptBatch>([[[0, 7, 4]], tensor([[2, 9, 6]])])],
    [
      'a list of pairs',
      () =>
        [
          [tensor([[0, 7, 4]]), tensor([1])],
          [tensor([[2, 9, 6]]), tensor([0])],
        ] as never,
    ],
    [
      'integers',
      () =>
        tensor(
          [
            [0, 7, 4],
            [2, 9, 6],
          ],
          undefined,
          'int32',
        ),
    ],
    [
      'batches of which one is empty',
      () => [
        tensor(new Float32Array(0), [0, 3]),
        tensor([
          [0, 7, 4],
          [2, 9, 6],
        ]),
      ],
    ],
  ])('can come from %s', async (_, data) => {
    const layer = make();
    await layer.adapt(data());
    expect([[...layer.mean!.data], [...layer.variance!.data]]).toEqual([
      [1, 8, 5],
      [1, 1, 1],
    ]);
    expect(callLayer(layer, [[0, 7, 4]]).output.toArray()).toEqual([[-1, -1, -1]]);
  });

  test('is one mean and one variance without an axis, for inputs of any rank', async () => {
    const layer = make({ axis: null });
    await layer.adapt([1, 2, 3, 4, 5]);
    expectClose(callLayer(layer, [1, 2, 3]).output.data, [-1.4142135, -0.70710677, 0], { rtol: 1e-6 });
    expectClose(callLayer(layer, [[5], [4]]).output.data, [1.4142135, 0.70710677], { rtol: 1e-6 });
  });

  test('is learned anew each time', async () => {
    const layer = make();
    await layer.adapt([[0], [2]]);
    expect(callLayer(layer, [[2]]).output.toArray()).toEqual([[1]]);
    await layer.adapt([[2], [4]]);
    expect(callLayer(layer, [[2]]).output.toArray()).toEqual([[-1]]);
    expect(layer.count!.value.item()).toBe(0);
  });

  test('is undone by an inverted layer', async () => {
    const data = pattern([6, 3]);
    const [layer, inverse] = [make(), make({ invert: true })];
    await layer.adapt(data);
    inverse.build([null, 3]);
    inverse.setWeights(layer.getWeights());
    expectClose(callLayer(inverse, callLayer(layer, data).output).output.data, data.data, { rtol: 1e-5 });
  });

  test('counts for the next call when it is set from outside', () => {
    const layer = make();
    layer.build([null, 2]);
    expect(callLayer(layer, [[3, 5]]).output.toArray()).toEqual([[3, 5]]);
    layer.setWeights([[1, 1], [4, 16], 0]);
    expect(callLayer(layer, [[3, 5]]).output.toArray()).toEqual([[1, 1]]);
  });

  test('is the same in whatever batches the data comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.constantFrom(-1, 1, null, [1, 2], [2]),
        async (sizes, offset, axis) => {
          const random = randomTensors(sizes.length);
          const parts = sizes.map((rows) => random([rows, 3, 2], offset - 1, offset + 1));
          const rows = sizes.reduce((sum, n) => sum + n, 0);
          const whole = new Tensor(Float64Array.from(parts.flatMap(({ data }) => [...data])), [rows, 3, 2]);
          const [one, many] = [make({ axis, dtype: 'float64' }), make({ axis, dtype: 'float64' })];
          await one.adapt(whole);
          await many.adapt(stream(parts));
          expectClose(many.mean!.data, one.mean!.data, { rtol: 1e-12 });
          expectClose(many.variance!.data, one.variance!.data, { rtol: 1e-8, atol: 1e-9 });
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  test('does not hold the batches of a stream', async () => {
    let alive = 0;
    let most = 0;
    async function* counted(): AsyncGenerator<AdaptBatch> {
      for (let i = 0; i < 50; i++) {
        alive++;
        most = Math.max(most, alive);
        yield await Promise.resolve([[i, 1]]);
        alive--;
      }
    }
    const layer = make();
    await layer.adapt(counted());
    expect(most).toBe(1);
    expectClose(layer.mean!.data, [24.5, 1], { rtol: 1e-6 });
  });

  test('is told how far it is', async () => {
    const seen: AdaptProgress[] = [];
    await make().adapt(batches, { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { batches: 1, rows: 2 },
      { batches: 2, rows: 5 },
      { batches: 3, rows: 6 },
    ]);
  });

  test('builds the layer for batches of any size', async () => {
    const layer = make();
    await layer.adapt(pattern([6, 3]));
    expect(layer.builtShape).toEqual([null, 3]);
    layer.build([4, 3]);
    expect(layer.apply(Input({ shape: [3] })).shape).toEqual([null, 3]);
  });
});

describe('Normalization', () => {
  test('gives features that never vary a deviation of 1e-7, and 0 at their mean', async () => {
    const layer = make({ dtype: 'float64' });
    await layer.adapt([[3], [3]]);
    expectClose(callLayer(layer, [[3], [4]]).output.data, [0, 1e7], { rtol: 1e-9 });
  });

  test('takes integers', () => {
    const { output } = callLayer(make({ mean: 3, variance: 2 }), tensor([[1], [3]], undefined, 'int32'));
    expect(output.dtype).toBe('float32');
    expectClose(output.data, [-1.4142135, 0], { rtol: 1e-6 });
  });

  test('passes a mask on', () => {
    expect([...callLayer(make(), [[[1], [2]]], { mask: [[1, 0]] }).mask!.data]).toEqual([1, 0]);
  });

  test('writes what it was given', () => {
    const layer = make({ axis: -1, mean: tensor([1, 2]), variance: [3, 4] });
    expect(layer.getConfig()).toMatchObject({ axis: -1, invert: false, mean: [1, 2], variance: [3, 4] });
    expect(make({ axis: null }).getConfig()).toMatchObject({ axis: null, mean: null, variance: null });
  });
});

describe('what Normalization refuses', () => {
  test.each<[NormalizationOptions, string]>([
    [
      { mean: 1 },
      '[Normalization n] mean and variance must be given together. Received: mean without variance. Give both, or neither and adapt the layer to data.',
    ],
    [
      { variance: [1] },
      '[Normalization n] mean and variance must be given together. Received: variance without mean. Give both, or neither and adapt the layer to data.',
    ],
    [
      { mean: [1, 2], variance: 1 },
      '[Normalization n] mean and variance must have one shape. Received: mean of shape [2] and variance of shape [].',
    ],
    [
      { mean: [[1]], variance: [[1]] },
      '[Normalization n] mean and variance must not have more axes than axis names, 1. Received: shape [1, 1].',
    ],
    [
      { axis: null, mean: [1], variance: [1] },
      '[Normalization n] mean and variance must not have more axes than axis names, 0. Received: shape [1].',
    ],
    [
      { axis: 'last' as never },
      '[Normalization n] axis must be an integer, a list of integers, or null. Received: axis="last".',
    ],
    [{ invert: 1 as never }, '[Normalization n] invert must be true or false. Received: invert=1.'],
  ])('the options %j', (options, message) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ message }));
  });

  test.each<[NormalizationOptions, (number | null)[], string]>([
    [{ axis: 3 }, [2, 3], '[Normalization n] axis must be in [-2, 1] for an input of rank 2. Received: axis=3.'],
    [{ axis: [1, -1] }, [2, 3], '[Normalization n] axis must not repeat an axis. Received: axis=[1, -1].'],
    [
      {},
      [2, null],
      '[Normalization n] the size of axis 1 must be known to create the weights. Received: inputShape=[2, null].',
    ],
    [
      { mean: [1, 2], variance: [1, 2] },
      [null, 3],
      '[Normalization n] mean and variance must fit the sizes of the input on axis, [3]. Received: shape [2].',
    ],
  ])('%j for inputs of shape %j', (options, shape, message) => {
    expect(() => {
      make(options).build(shape);
    }).toThrow(expect.objectContaining({ name: 'ValueError', message }));
  });

  test.each<[string, unknown, string]>([
    ['no batches', [], '[Normalization n] adapt needs data. Received: 0 batches with 0 rows.'],
    [
      'empty batches',
      tensor(new Float32Array(0), [0, 3]),
      '[Normalization n] adapt needs data. Received: 1 batches with 0 rows.',
    ],
    [
      'an object',
      {},
      '[Normalization n] data must be a tensor, nested arrays of numbers, or an iterable of batches. Received: data={}.',
    ],
    [
      'a string',
      'abc',
      '[Normalization n] data must be a tensor, nested arrays of numbers, or an iterable of batches. Received: data="abc".',
    ],
    [
      'batches that are none',
      new Set(['a']),
      '[Normalization n] a batch must be a tensor or nested arrays of numbers. Received: "a".',
    ],
    [
      'ragged arrays',
      [[1, 2], [3]],
      '[Normalization n] nested arrays must not be ragged: expected a list of 2 at [1]. Received: a list of 1.',
    ],
    [
      'batches of several shapes',
      [tensor([[1, 2]]), tensor([[1, 2, 3]])],
      '[Normalization n] adapt needs batches of one shape but for the axes that are reduced, as the layer was built for: [null, 2]. Received: a batch of shape [1, 3].',
    ],
    [
      'what is not a number',
      [
        [1, 2],
        [3, NaN],
      ],
      '[Normalization n] adapt needs finite numbers. Received: entries of feature 1 that are NaN or infinite, or too large to be squared. Replace them, or leave their rows out.',
    ],
  ])('to adapt to %s, and stays as it was', async (_, data, message) => {
    const layer = make();
    await expect(layer.adapt(data as never)).rejects.toThrow(expect.objectContaining({ message }));
    expect(layer.built).toBe(false);
    expect(layer.weights).toEqual([]);
  });

  test('to adapt to data that it was not built for, and stays as it was', async () => {
    const layer = make();
    await layer.adapt([
      [1, 2],
      [3, 4],
    ]);
    const before = layer.getWeights();
    await expect(layer.adapt([[1, 2, 3]])).rejects.toThrow(
      '[Normalization n] adapt needs batches of one shape but for the axes that are reduced, as the layer was built for: [null, 2]. Received: a batch of shape [1, 3].',
    );
    await expect(layer.adapt(stream([[[5, 6]], [[1]]]))).rejects.toThrow(/Received: a batch of shape \[1, 1\]\.$/);
    expect(layer.getWeights()).toEqual(before);
  });

  test('to adapt where the statistics were given, and unknown options', async () => {
    await expect(make({ mean: 0, variance: 1 }).adapt([[1]])).rejects.toThrow(
      '[Normalization n] adapt cannot change the options mean and variance. Leave them out to adapt.',
    );
    await expect(make().adapt([[1]], { onprogress: () => 0 } as never)).rejects.toThrow(
      new TypeError('[Normalization n adapt] unknown option "onprogress". Did you mean "onProgress"?'),
    );
  });

  test('inputs of another size', () => {
    const layer = make();
    layer.build([null, 2]);
    expect(() => callLayer(layer, [[1, 2, 3]])).toThrow(
      '[Normalization n] expected axis -1 of the input to have size 2. Received: input of shape [1, 3].',
    );
  });
});
