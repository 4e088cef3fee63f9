import {
  type AnyModel,
  Input,
  type KerasTensor,
  Model,
  Sequential,
  type Tensor,
  type TensorLike,
  type Value,
  layers,
  ops,
  tensor,
} from 'evenkeel';
import { expect, test } from 'vitest';
import { expectWarning } from '../../../support/fail-on-console.ts';

const { Add, Concatenate, Conv1D, Dense, Flatten, GlobalAveragePooling1D, Normalization } = layers;

const x = tensor([
  [0, 1],
  [2, 3],
  [4, 5],
]);
const sums = [[1], [5], [9]];
const near = (value: number): number => expect.closeTo(value, 5) as number;
const ones = (...shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape);
const quiet = { verbose: 0 } as const;

/** A model that adds the two numbers of a row. */
const line = (): Sequential =>
  new Sequential([Input({ shape: [2], name: 'a' }), new Dense(1, { kernelInitializer: 'ones' })]);

const single = (): Model => {
  const a = Input({ shape: [2], name: 'a' });
  return new Model({ inputs: a, outputs: new Dense(1, { kernelInitializer: 'ones' }).apply(a) });
};

const pair = (): [KerasTensor, KerasTensor, KerasTensor] => {
  const [a, b] = [Input({ shape: [2], name: 'a' }), Input({ shape: [1], name: 'b' })];
  return [a, b, new Dense(1, { kernelInitializer: 'ones' }).apply(new Concatenate().apply([a, b]))];
};

test('a list of one input is that input, in every model and in every form', async () => {
  for (const model of [line(), single()]) {
    for (const data of [x, [x], x.toArray(), [x.toArray()], { a: x }] as TensorLike[]) {
      expect(await model.predict(data, quiet)).toMatchObject({ data: Float32Array.from(sums.flat()) });
      expect(await model.predictOnBatch(data)).toMatchObject({ data: Float32Array.from(sums.flat()) });
    }
  }
  const unbuilt = new Sequential([new Dense(1, { kernelInitializer: 'ones' })]);
  expect((await unbuilt.predict([x], quiet)).toArray()).toEqual(sums);
  const model = line();
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const y = tensor([[0], [2], [4]]);
  // Keras: 11.666666984558105
  expect(await model.evaluate([x], [y], quiet)).toEqual({ loss: near(11.6666667) });
  expect(await model.testOnBatch([x.toArray()] as never, [y.toArray()] as never)).toEqual({ loss: near(11.6666667) });
  expect((await model.fit([x], [y], { ...quiet, validationData: [[x], [y]] })).history['loss']).toEqual([
    near(11.6666667),
  ]);
});

test('typed arrays of every class are data wherever data enters', async () => {
  const model = new Sequential([Input({ shape: [1] }), new Dense(1, { kernelInitializer: 'ones' })]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  for (const Type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Uint32Array, Float64Array]) {
    const data = Type.of(1, 2, 3);
    expect(await model.predict(data, quiet)).toMatchObject({ shape: [3, 1], data: Float32Array.of(1, 2, 3) });
    expect(await model.evaluate(data, data, { ...quiet, sampleWeight: Type.of(1, 0, 1) })).toEqual({ loss: 0 });
    const { history } = await model.fit(data, data, { ...quiet, validationData: [data, data] });
    expect(history).toEqual({ loss: [0], val_loss: [0] });
    expect((await model.layers[0]!.apply([Type.of(1), Type.of(2)])).toArray()).toEqual([[1], [2]]);
    model.setWeights([tensor(Type.of(1), [1, 1]), Type.of(0)]);
  }
  const big = BigInt64Array.of(1n, 2n, 3n);
  expect(await model.trainOnBatch(big, big)).toEqual({ loss: 0 });
});

test('typed arrays in a list are the rows of one input, or the inputs of a model with several', async () => {
  const rows = [Uint8Array.of(0, 1), Uint8Array.of(2, 3), Uint8Array.of(4, 5)];
  for (const model of [line(), single(), new Sequential([new Dense(1, { kernelInitializer: 'ones' })])]) {
    expect((await model.predict(rows, quiet)).toArray()).toEqual(sums);
    expect((await model.predict([Float32Array.of(0, 1)], quiet)).toArray()).toEqual([[1]]);
    model.compile({ loss: 'mse' });
    expect(await model.evaluate(rows, [Int8Array.of(1), Int8Array.of(5), Int8Array.of(9)], quiet)).toEqual({ loss: 0 });
  }
  const [a, b, output] = pair();
  const model = new Model({ inputs: [a, b], outputs: output });
  expect((await model.predict([rows, Uint8Array.of(1, 1, 1)] as never, quiet)).toArray()).toEqual([[2], [6], [10]]);
  expect((await model.predict([rows.map((row) => [...row]), [[1], [1], [1]]] as never, quiet)).toArray()).toEqual([
    [2],
    [6],
    [10],
  ]);
  const sum = new Add();
  expect((await sum.apply([Float32Array.of(1, 2), Float32Array.of(3, 4)])).toArray()).toEqual([4, 6]);
});

test('images of the form of ImageData are a batch in a list', async () => {
  const image = { data: new Uint8ClampedArray(24).fill(1), width: 3, height: 2 };
  const model = new Sequential([
    Input({ shape: [2, 3, 4] }),
    new Flatten(),
    new Dense(1, { kernelInitializer: 'ones' }),
  ]);
  expect((await model.predict([image, image], quiet)).toArray()).toEqual([[24], [24]]);
  expect((await model.predict([image], quiet)).toArray()).toEqual([[24]]);
  expect((await model.predict(image, quiet)).toArray()).toEqual([[24]]);
});

test('bytes without a type are refused where data enters', async () => {
  const model = new Sequential([new Dense(1)], { name: 's' });
  await expect(model.predict(new DataView(new ArrayBuffer(8)) as never, quiet)).rejects.toThrow(
    '[Sequential s] x must be a tensor, nested arrays of numbers, or a list or record of these. Received: a DataView. Wrap its bytes in a typed array, such as new Float32Array(buffer).',
  );
});

test('a list of batches is read batch by batch', async () => {
  const batches: [number[][], number[][]][] = [
    [[[0, 1]], [[1]]],
    [
      [
        [2, 3],
        [4, 5],
      ],
      [[5], [9]],
    ],
  ];
  for (const model of [line(), single(), new Sequential([new Dense(1, { kernelInitializer: 'ones' })])]) {
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    expect((await model.fit(batches, { ...quiet, validationData: batches })).history).toEqual({
      loss: [0],
      val_loss: [0],
    });
    expect(await model.evaluate(batches, quiet)).toEqual({ loss: 0 });
    const typed = [[tensor([[0, 1]]), tensor([[1]])]] as const;
    expect(await model.evaluate(typed, quiet)).toEqual({ loss: 0 });
  }
});

test('entries of a record that the model does not use are ignored, with a warning as in Keras', async () => {
  const data = { a: x, b: tensor([[0], [2], [4]]), z: x };
  const [a, b, output] = pair();
  // Keras: [[1], [7], [13]] for both models, with a warning for the record.
  const list = new Model({ inputs: [a, b], outputs: output });
  expect((await list.predict(data, quiet)).toArray()).toEqual([[1], [7], [13]]);
  const record = new Model({ inputs: { a, b }, outputs: output, name: 'm' });
  expect((await record.predict(data, quiet)).toArray()).toEqual([[1], [7], [13]]);
  expectWarning(
    '[Functional m] the record of inputs has entries that the model does not use: ["z"]. Its inputs are ["a", "b"].',
  );
});

test('a Sequential model accepts another length than the first one', async () => {
  for (const input of [[], [Input({ shape: [5, 2] })]]) {
    const model = new Sequential([
      ...input,
      new Conv1D(1, 2, { kernelInitializer: 'ones' }),
      new GlobalAveragePooling1D(),
    ]);
    // Keras: [[4], [4]] for both lengths, with and without an Input.
    expect((await model.predict(ones(2, 5, 2), quiet)).toArray()).toEqual([[4], [4]]);
    expect((await model.predict(ones(2, 7, 2), quiet)).toArray()).toEqual([[4], [4]]);
  }
});

test('targets of outputs without a loss may be left out or null', async () => {
  const make = (asList: boolean, loss: unknown, metrics: unknown = null): AnyModel => {
    const input = Input({ shape: [2], name: 'i' });
    const p = new Dense(1, { kernelInitializer: 'ones', name: 'p' }).apply(input);
    const q = new Dense(2, { kernelInitializer: 'ones', name: 'q', trainable: false }).apply(input);
    const model = new Model({ inputs: input, outputs: asList ? [p, q] : { p, q }, name: 'm' });
    model.compile({ optimizer: 'sgd', loss: loss as never, metrics: metrics as never });
    return model;
  };
  const [y1, y2] = [tensor([[0], [2], [4]]), x];
  // Keras: 11.666666984558105 and 9.166666984558105
  const first = { loss: near(11.6666667) };
  for (const [loss, y] of [
    [{ p: 'mse' }, { p: y1 }],
    [{ p: 'mse', q: null }, { p: y1 }],
    [{ p: 'mse' }, { p: y1, q: y2 }],
    [{ p: 'mse' }, { p: y1, q: null }],
  ] as const) {
    expect(await make(false, loss).evaluate(x, y, quiet)).toEqual(first);
    expect(await make(false, loss).trainOnBatch(x, y)).toEqual(first);
    expect(await make(true, loss).evaluate(x, y, quiet)).toEqual(first);
  }
  for (const y of [[y1, y2], [y1], y1, [y1, null]]) {
    expect(await make(true, ['mse', null]).evaluate(x, y, quiet)).toEqual(first);
    expect((await make(true, ['mse', null]).fit(x, y, quiet)).history).toEqual({ loss: [first.loss] });
  }
  expect(await make(true, [null, 'mse']).evaluate(x, [y2], quiet)).toEqual({ loss: near(9.1666667) });
  expect(await make(false, { p: 'mse' }, { q: ['mae'] }).evaluate(x, { p: y1, q: y2 }, quiet)).toEqual({
    ...first,
    q_mae: 2.5,
  });
  await expect(make(false, { p: 'mse' }, { q: ['mae'] }).evaluate(x, { p: y1 }, quiet)).rejects.toThrow(
    '[Functional m] metrics of the output "q" need targets. Received: no y for it.',
  );
  await expect(make(false, { p: 'mse', q: 'mse' }).evaluate(x, { p: y1 }, quiet)).rejects.toThrow(
    '[Functional m] the loss "mse" of the output "q" needs targets. Received: no y for it.',
  );
});

test('adapt reads typed arrays, rows of typed arrays and batches', async () => {
  const means = async (data: unknown): Promise<number[]> => {
    const layer = new Normalization();
    await layer.adapt(data as never);
    return Array.from(layer.mean!.data);
  };
  expect(await means([Uint8Array.of(0, 1), Uint8Array.of(2, 3), Uint8Array.of(4, 5)])).toEqual([2, 3]);
  expect(await means([tensor([[0, 1]]), tensor([[4, 5]])])).toEqual([2, 3]);
  expect(await means([[tensor([[0, 1]]), 'y']])).toEqual([0, 1]);
});

test('the inputs of a model of a class are known once it is built', async () => {
  class Sum extends Model {
    override call(inputs: never): never {
      const [a, b] = inputs as readonly [Value, Value];
      return ops.add(a, b) as never;
    }
  }
  const model = new Sum();
  expect((await model.predict([tensor([[1, 2]]), tensor([[3, 4]])], quiet)).toArray()).toEqual([[4, 6]]);
  expect((await model.predict([[[1, 2]], [[3, 4]]] as never, quiet)).toArray()).toEqual([[4, 6]]);
  expect((await model.predict([[Int8Array.of(1, 2)], [[3, 4]]] as never, quiet)).toArray()).toEqual([[4, 6]]);
});

test('an iterable may yield the rows of the only input', async () => {
  for (const rows of [
    [Uint8Array.of(0, 1), Uint8Array.of(2, 3)],
    [
      [0, 1],
      [2, 3],
    ],
  ]) {
    expect((await line().predict(new Set([rows]) as never, quiet)).toArray()).toEqual([[1], [5]]);
    expect((await line().predict(new Set([[rows]]) as never, quiet)).toArray()).toEqual([[1], [5]]);
  }
});

test('a list for a model with one input must not have several', async () => {
  const model = new Sequential([Input({ shape: [2], name: 'a' }), new Dense(1)], { name: 's' });
  await expect(model.predict([x, x], quiet)).rejects.toThrow(
    '[Sequential s] the model has one input, ["a"]. Received: 2. Give one tensor.',
  );
});
