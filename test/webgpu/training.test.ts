import { type AnyModel, Sequential, Input } from 'evenkeel';
import { BatchNormalization, Bidirectional, Conv2D, Dense, Flatten, GRU, LSTM, MaxPooling2D } from 'evenkeel/layers';
import { expect, test } from 'vitest';
import { expectClose } from '../support/close.ts';
import { byReference } from '../support/reference-programs.ts';
import { describeWebGpu } from '../support/webgpu.ts';
import { timeout, train } from '../support/webgpu-training.ts';

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
});
