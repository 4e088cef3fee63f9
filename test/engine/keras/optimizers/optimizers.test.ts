import { Input, Sequential, tensor } from 'evenkeel';
import { Conv2D, Dense, Flatten } from 'evenkeel/layers';
import * as optimizers from 'evenkeel/optimizers';
import { expect, test } from 'vitest';
import { lcg } from '../../../support/lcg.ts';

const x = tensor(lcg([8, 4, 4, 2], 1), [8, 4, 4, 2]);
const y = tensor(lcg([8, 1], 2), [8, 1]);

test.each([
  new optimizers.Adafactor({ learningRate: 0.05 }),
  new optimizers.Lamb({ learningRate: 0.02 }),
  new optimizers.Muon({ learningRate: 0.02 }),
  new optimizers.ScheduleFreeAdamW({ learningRate: 0.02, warmupSteps: 2 }),
])('$name decreases a loss in float32 on the engine', async (optimizer) => {
  const model = new Sequential([
    Input({ shape: [4, 4, 2] }),
    new Conv2D(3, 3, { activation: 'tanh' }),
    new Flatten(),
    new Dense(6, { activation: 'tanh' }),
    new Dense(1),
  ]);
  model.setWeights(model.weights.map(({ shape }, k) => tensor(lcg(shape, 10 + k, -0.5, 0.5), shape)));
  model.compile({ optimizer, loss: 'mse' });
  const losses: number[] = [];
  for (let step = 0; step < 20; step++) losses.push((await model.trainOnBatch(x, y))['loss']!);
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(losses.at(-1)!).toBeLessThan(losses[0]! * 0.8);
  const sizes = optimizer.variables.map(({ value }) => value.data.every(Number.isFinite));
  expect(sizes).not.toContain(false);
});
