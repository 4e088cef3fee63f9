import { Input, Sequential, setRandomSeed, tensor } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { expect, test } from 'vitest';
import { lcg } from '../support/lcg.ts';

test('a convolutional network with normalization and dropout trains, evaluates and predicts', async () => {
  setRandomSeed(3);
  const model = new Sequential([
    Input({ shape: [10, 10, 1] }),
    new Conv2D(4, [3, 3], { activation: 'relu' }),
    new BatchNormalization({ momentum: 0.5 }),
    new MaxPooling2D(),
    new Flatten(),
    new Dropout(0.1),
    new Dense(3, { activation: 'softmax' }),
  ]);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  const y = Int32Array.from({ length: 30 }, (_, i) => i % 3);
  // A class is a level of brightness.
  const x = tensor(
    Float32Array.from(lcg([30, 10, 10, 1], 1), (noise, i) => 0.3 * noise + y[Math.floor(i / 100)]!),
    [30, 10, 10, 1],
  );
  const { history } = await model.fit(x, tensor(y), { batchSize: 8, epochs: 25, verbose: 0 });
  expect(history['loss']!.at(-1)!).toBeLessThan(history['loss']![0]! / 2);
  const { accuracy } = await model.evaluate(x, tensor(y), { verbose: 0 });
  expect(accuracy!).toBeGreaterThan(0.8);
  const predicted = await model.predict(x, { verbose: 0 });
  expect(predicted.shape).toEqual([30, 3]);
  expect(predicted.data.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
});
