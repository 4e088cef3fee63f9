import { expect, test } from 'vitest';
import * as hub from 'evenkeel/hub';
import { Input, Model, Sequential, type Tensor, layers, loadModel, tensor } from '../../../../src/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

const numbers = (shape: readonly number[], seed: number): Tensor => tensor(lcg(shape, seed), shape);
const column = (x: Tensor, t: number): Tensor => {
  const [rows = 0, length = 0, size = 0] = x.shape;
  const data = Array.from({ length: rows }, (_, b) => [
    ...x.data.slice((b * length + t) * size, (b * length + t + 1) * size),
  ]);
  return tensor(data).reshape([rows, 1, size]);
};

test('a decoder that is called step by step with caches computes what it computes for the whole sequence', async () => {
  const [x, encoded] = [numbers([2, 5, 6], 1), numbers([2, 3, 6], 2)];
  const decoder = new hub.TransformerDecoder(7, 2, { normalizeFirst: true, dropout: 0.5 });
  const whole = await decoder.apply([x, encoded]);
  let caches = [
    tensor(new Float32Array(2 * 2 * 5 * 2 * 3), [2, 2, 5, 2, 3]),
    tensor(new Float32Array(72), [2, 2, 3, 2, 3]),
  ];
  for (let t = 0; t < 5; t++) {
    const results = await decoder.apply([column(x, t), encoded], {
      selfAttentionCache: caches[0]!,
      selfAttentionCacheUpdateIndex: t === 3 ? tensor(3).reshape([]) : t,
      crossAttentionCache: caches[1]!,
      crossAttentionCacheUpdateIndex: t === 0 ? 0 : null,
    });
    expectClose(results[0].data, column(whole, t).data, { rtol: 1e-5 });
    caches = results.slice(1);
  }
});

test('layers of positions continue at a start index that is known when the program runs', async () => {
  const x = numbers([2, 6, 4], 3);
  for (const layer of [new hub.PositionEmbedding(6), new hub.SinePositionEncoding(), new hub.RotaryEmbedding()]) {
    const whole = await layer.apply(x);
    const last = await layer.apply(column(x, 5), { startIndex: tensor(5).reshape([]) });
    expectClose(last.data, column(whole, 5).data, { rtol: 1e-5 });
    expectClose((await layer.apply(column(x, 5), { startIndex: 5 })).data, last.data, { rtol: 1e-6 });
    expectClose((await layer.apply(column(x, 5), { positions: [5] })).data, last.data, { rtol: 1e-6 });
  }
});

test('a model with a start index and a cache is written with them, and read again', async () => {
  const [x, cache] = [Input({ shape: [2, 6] }), Input({ shape: [2, 5, 2, 3] })];
  const placed = new hub.RotaryEmbedding({ ropeType: 'dynamic', scalingFactor: 2 }).apply(x, { startIndex: 3 });
  const outputs = new hub.TransformerDecoder(4, 2).apply(placed, {
    ...{ selfAttentionCache: cache, selfAttentionCacheUpdateIndex: 3 },
  });
  const model = new Model({ inputs: [x, cache], outputs: [...outputs] });
  const feeds = [numbers([2, 2, 6], 4), numbers([2, 2, 5, 2, 3], 5)];
  const predict = async (made: { predict(x: typeof feeds): Promise<unknown> }): Promise<readonly Tensor[]> =>
    (await made.predict(feeds)) as readonly Tensor[];
  const copy = await loadModel(await model.toBytes('keras'));
  expect(JSON.stringify(copy.getConfig())).toBe(JSON.stringify(model.getConfig()));
  const [before, after] = [await predict(model), await predict(copy)];
  expect(after.map(({ data }) => data)).toEqual(before.map(({ data }) => data));
});

test('an encoder of token sequences predicts for sequences of several lengths', async () => {
  const model = new Sequential([
    Input({ shape: [null], dtype: 'int32' }),
    new hub.TokenAndPositionEmbedding(9, 12, 8, { maskZero: true }),
    new hub.TransformerEncoder(6, 2),
    new layers.GlobalAveragePooling1D(),
  ]);
  const ids = [3, 5, 1, 7, 2, 8];
  for (const length of [2, 3, 6, 4]) {
    const padded = await model.predict(tensor([[...ids.slice(0, length), 0, 0]], undefined, 'int32'));
    const plain = await model.predict(tensor([ids.slice(0, length)], undefined, 'int32'));
    expectClose(padded.data, plain.data, { rtol: 1e-5 });
  }
});
