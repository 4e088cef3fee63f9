import { expect, test } from 'vitest';
import { Input, Model, Sequential, type Tensor, layers, loadModel, tensor } from '../../../../src/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

const numbers = (shape: readonly number[], seed: number) => tensor(lcg(shape, seed), shape);
const MASK = tensor(
  [
    [
      [true, false, true],
      [true, true, false],
    ],
  ],
  undefined,
  'bool',
);

test('an attention layer accepts masks and settings in a call on arrays', async () => {
  const [query, value] = [numbers([1, 2, 4], 1), numbers([1, 3, 4], 2)];
  const layer = new layers.MultiHeadAttention(2, 3);
  const options = { attentionMask: MASK, returnAttentionScores: true, training: false } as const;
  const [output, scores] = await layer.apply([query, value], options);
  expect([output.shape, scores.shape]).toEqual([
    [1, 2, 4],
    [1, 2, 2, 3],
  ]);
  expect([scores.data[1], scores.data[5]]).toEqual([0, 0]);
  expectClose((await layer.apply([query, value], { attentionMask: MASK })).data, output.data, { rtol: 1e-5 });
  const masked = await new layers.Attention().apply([query, value], {
    mask: [tensor([[true, false]], undefined, 'bool'), null],
  });
  expect([...masked.data.slice(4)]).toEqual([0, 0, 0, 0]);
});

test('a model with calls of attention layers is saved and loaded with their arguments', async () => {
  const tokens = Input({ shape: [4], dtype: 'int32' });
  const context = Input({ shape: [3, 4] });
  const embedding = new layers.ReversibleEmbedding(6, 4, { maskZero: true });
  const x = embedding.apply(tokens);
  const mask = Input({ shape: [4, 3], dtype: 'bool' });
  const self = new layers.GroupQueryAttention(3, 4, 2, { useGate: true }).apply([x, x], { useCausalMask: true });
  const cross = new layers.MultiHeadAttention(2, 3, { valueDim: 2 });
  const [y, scores] = cross.apply([self, context, context], { attentionMask: mask, returnAttentionScores: true });
  const z = new layers.AdditiveAttention().apply([y, x]);
  const logits = embedding.apply(z, { reverse: true });
  const model = new Model({ inputs: [tokens, context, mask], outputs: [logits, scores] });
  const feeds = [
    tensor(
      [
        [1, 2, 3, 0],
        [5, 4, 0, 0],
      ],
      undefined,
      'int32',
    ),
    numbers([2, 3, 4], 5),
    tensor(
      Uint8Array.from(lcg([24], 6), (each) => (each > -0.3 ? 1 : 0)),
      [2, 4, 3],
      'bool',
    ),
  ];
  const predict = async (made: { predict(x: typeof feeds): Promise<unknown> }) =>
    (await made.predict(feeds)) as readonly Tensor[];
  const before = await predict(model);
  for (const format of ['keras', 'h5'] as const) {
    const copy = await loadModel(await model.toBytes(format));
    expect(JSON.stringify(copy.getConfig())).toBe(JSON.stringify(model.getConfig()));
    const after = await predict(copy);
    for (const i of [0, 1]) expectClose(after[i]!.data, before[i]!.data, { rtol: 1e-6 });
  }
});

test('a model whose layers are adapted is saved merged, and opens with the same outputs', async () => {
  const model = new Sequential([
    Input({ shape: [5, 3] }),
    new layers.Conv1D(4, 2, { loraRank: 2, loraAlpha: 3 }),
    new layers.EinsumDense('abc,cd->abd', [null, 3], { loraRank: 1, biasAxes: 'd' }),
    new layers.Dense(2, { loraRank: 1 }),
  ]);
  model.setWeights(model.weights.map(({ shape }, i) => numbers(shape, 10 + i)));
  const x = numbers([2, 5, 3], 3);
  const before = await model.predict(x);
  const copy = await loadModel(await model.toBytes('keras'));
  const after = await copy.predict(x);
  expectClose(after.data, before.data, { rtol: 1e-5 });
  expect(copy.weights).toHaveLength(model.weights.length);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const [kernel, , a] = model.layers[0]!.weights.map((variable) => variable.value);
  await model.trainOnBatch(x, numbers([2, 4, 2], 4));
  const [kernelAfter, , aAfter] = model.layers[0]!.weights.map((variable) => variable.value);
  expect(kernelAfter).toEqual(kernel);
  expect(aAfter).not.toEqual(a);
});
