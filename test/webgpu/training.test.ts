import { type AnyModel, Sequential, Input, tensor } from 'evenkeel';
import { BatchNormalization, Bidirectional, Conv2D, Dense, Flatten, GRU, LSTM, MaxPooling2D } from 'evenkeel/layers';
import { expect, test } from 'vitest';
import { resnet20 } from '../../bench/resnet20.ts';
import { expectClose } from '../support/close.ts';
import { lcg } from '../support/lcg.ts';
import { byReference } from '../support/reference-programs.ts';
import { describeWebGpu } from '../support/webgpu.ts';

const article = (): AnyModel =>
  new Sequential([
    Input({ shape: [10, 10, 1] }),
    new Conv2D(4, 3, { activation: 'relu' }),
    new Conv2D(4, 3, { activation: 'relu' }),
    new BatchNormalization(),
    new MaxPooling2D(),
    new Flatten(),
    new Dense(3, { activation: 'softmax' }),
  ]);

const recurrent = (): AnyModel =>
  new Sequential([
    Input({ shape: [5, 2] }),
    new Bidirectional(new LSTM(3, { returnSequences: true })),
    new GRU(4),
    new Dense(3, { activation: 'softmax' }),
  ]);

/** The losses of some training steps from the same weights, and the state afterwards. */
async function train(
  make: () => AnyModel,
  rows: number,
  steps: number,
): Promise<{ losses: number[]; model: AnyModel }> {
  const model = make();
  const [, ...row] = model.inputShape as number[];
  model.setWeights(
    model.weights.map(({ shape, name }, i) =>
      tensor(
        lcg(shape, 20 + i, ...(name.includes('gamma') || name.includes('variance') ? [0.5, 1] : [-0.2, 0.2])),
        shape,
      ),
    ),
  );
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  const x = tensor(lcg([rows, ...row], 7, 0, 1), [rows, ...row]);
  const y = tensor(Int32Array.from({ length: rows }, (_, i) => i % 3));
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await model.trainOnBatch(x, y))['loss']!);
  await model.syncState();
  return { losses, model };
}

/** SwiftShader compiles a shader for each node. */
const timeout = 240_000;

await describeWebGpu('training on the webgpu engine', () => {
  test("ten steps of the article's network are those of the reference", { timeout }, async () => {
    const [actual, expected] = [await train(article, 8, 10), await byReference(() => train(article, 8, 10))];
    expectClose(actual.losses, expected.losses, { rtol: 1e-4 });
    expect(actual.losses.at(-1)!).toBeLessThan(actual.losses[0]!);
    for (const [i, { value }] of actual.model.weights.entries()) {
      // Adam divides by the size of a gradient: where that is all rounding, steps differ.
      expectClose(value.data, expected.model.weights[i]!.value.data, { rtol: 1e-2, atol: 1e-3 });
    }
  });

  test(
    'three steps of recurrent layers, whose loops are unrolled, are those of the reference',
    { timeout },
    async () => {
      const [actual, expected] = [await train(recurrent, 4, 3), await byReference(() => train(recurrent, 4, 3))];
      expectClose(actual.losses, expected.losses, { rtol: 1e-4 });
    },
  );

  test('three steps of ResNet-20 are those of the reference', { timeout }, async () => {
    const make = (): AnyModel => resnet20({ shape: [8, 8, 3], classes: 3 });
    const [actual, expected] = [await train(make, 4, 3), await byReference(() => train(make, 4, 3))];
    expectClose(actual.losses, expected.losses, { rtol: 1e-3 });
  });
});
