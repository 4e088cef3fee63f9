import { describe, expect, test } from 'vitest';
import { Sequential, Tensor, loadModel, modelFromJson, tensor } from '../../../../src/index.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { loadGolden } from '../../../support/golden.ts';
import { checkEagerCall } from '../../../support/layer-contract.ts';
import { lcg } from '../../../support/lcg.ts';

interface TrainingCase {
  readonly name: string;
  readonly model: string;
  readonly optimizer: string;
  readonly loss: string;
  readonly inputs: Tensor;
  readonly targets: Tensor;
  readonly weights: readonly (readonly number[])[];
  readonly losses: readonly number[];
  readonly trained: readonly Tensor[];
}

const numbers = (shape: readonly number[], seed = 1): Tensor => new Tensor(lcg(shape, seed), shape);
const copy = ({ data, shape, dtype }: Tensor): Tensor => new Tensor(data, shape, dtype);

describe('five training steps are those of Keras', () => {
  const cases = [loadGolden<TrainingCase>('recurrent-training'), loadGolden<TrainingCase>('attention-training')];
  for (const golden of cases.flatMap((each) => each.cases)) {
    test(`for ${golden.name}`, async () => {
      const model = modelFromJson(golden.model);
      model.setWeights(golden.weights.map((shape, k) => new Tensor(lcg(shape, 200 + k, -0.3, 0.3), shape)));
      model.compile({ optimizer: golden.optimizer, loss: golden.loss });
      const [x, y] = [copy(golden.inputs), copy(golden.targets)];
      for (const loss of golden.losses) {
        const logs = await model.trainOnBatch(x, y);
        expect(Math.abs((logs['loss'] as number) - loss)).toBeLessThan(1e-4 * Math.abs(loss));
      }
      for (const [i, weight] of model.getWeights().entries()) {
        expectClose(weight.data, golden.trained[i]!.data, { rtol: 1e-4 });
      }
    });
  }
});

test('a recurrent layer computes on the engine what the reference does', async () => {
  await checkEagerCall(new layers.LSTM(3, { returnSequences: true, goBackwards: true }), numbers([2, 5, 4]));
  await checkEagerCall(new layers.ConvLSTM1D(2, 2), numbers([2, 3, 5, 2]));
});

test('a stateful layer continues where the last batch ended, until it is reset', async () => {
  const layer = new layers.GRU(2, { stateful: true });
  const once = new layers.GRU(2);
  const x = numbers([2, 6, 3]);
  layer.build([2, 3, 3]);
  once.build([2, 6, 3]);
  once.setWeights(layer.getWeights());
  const half = (from: number): Tensor => tensor((x.toArray() as number[][][]).map((row) => row.slice(from, from + 3)));
  const expected = await once.apply(x);
  for (let run = 0; run < 2; run++) {
    await layer.apply(half(0));
    expectClose((await layer.apply(half(3))).data, expected.data, { rtol: 1e-5 });
    layer.resetState();
  }
  expect(layer.weights).toHaveLength(3);
  await expect(layer.apply(numbers([3, 3, 3]))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [GRU gru] the batch size of a stateful layer must remain 2. Received: input of shape [3, 3, 3].]`,
  );
});

test('a model with recurrent layers predicts the same after it was saved and loaded, for any number of steps', async () => {
  const model = new Sequential([
    layers.Input({ shape: [null, 3] }),
    new layers.Bidirectional(new layers.LSTM(2, { returnSequences: true })),
    new layers.RNN([new layers.GRUCell(3), new layers.SimpleRNNCell(2)], { returnSequences: true }),
    new layers.TimeDistributed(new layers.Dense(2)),
  ]);
  for (const format of ['keras', 'h5'] as const) {
    const loaded = await loadModel(await model.toBytes(format));
    for (const steps of [4, 7, 5]) {
      const x = numbers([2, steps, 3], steps);
      const [expected, actual] = [await model.predict(x), await loaded.predict(x)] as [Tensor, Tensor];
      expect(actual.shape).toEqual([2, steps, 2]);
      expectClose(actual.data, expected.data, { rtol: 1e-6 });
    }
  }
});

test('initial states may be an option of the call, or follow the sequence in a list', async () => {
  const layer = new layers.Bidirectional(new layers.LSTM(2));
  const [x, ...initialState] = [numbers([2, 4, 3]), ...[2, 3, 4, 5].map((seed) => numbers([2, 2], seed))] as const;
  const listed = await layer.apply([x, ...initialState]);
  expect(await layer.apply(x, { initialState } as object)).toEqual(listed);
  expect(await layer.apply(x)).not.toEqual(listed);
});
