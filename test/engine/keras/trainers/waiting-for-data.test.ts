import { expect, test } from 'vitest';
import { type History, Input, Sequential, layers, metrics } from '../../../../src/index.ts';

function compiled(): Sequential {
  const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
}

/** Batches that wait for data that never comes. */
async function* endless(): AsyncGenerator<[number[][], number[][]]> {
  await new Promise(() => undefined);
  yield [[[1, 2]], [[1]]];
}

test('fit, evaluate and predict end when they are aborted while they wait for data', async () => {
  const model = compiled();
  await expect(model.fit(endless(), { verbose: 0, signal: AbortSignal.timeout(20) })).rejects.toThrow('timeout');
  await expect(model.evaluate(endless(), { verbose: 0, signal: AbortSignal.timeout(20) })).rejects.toThrow('timeout');
  await expect(model.predict(endless(), { verbose: 0, signal: AbortSignal.timeout(20) })).rejects.toThrow('timeout');
});

test('generators are closed after their last step, after stopTraining, and after an error', async () => {
  const model = compiled();
  let open = 0;
  function* batches(): Generator<[number[][], number[][]]> {
    open++;
    try {
      for (;;) yield [[[1, 2]], [[1]]];
    } finally {
      open--;
    }
  }
  await model.fit(batches(), { stepsPerEpoch: 2, epochs: 2, verbose: 0 });
  expect(open).toBe(0);
  await model.evaluate(batches(), { steps: 2, verbose: 0 });
  expect(open).toBe(0);
  await model.predict(batches(), { steps: 2, verbose: 0 });
  expect(open).toBe(0);
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'inputs, outputs and metrics can be named %s',
  async (name) => {
    const model = new Sequential([Input({ shape: [2], name }), new layers.Dense(1, { name: `${name}_out` })]);
    model.compile({ optimizer: 'sgd', loss: 'mse', metrics: [new metrics.MeanSquaredError({ name })] });
    const { history }: History = await model.fit([[1, 2]], [[1]], { verbose: 0, epochs: 2 });
    expect(Object.keys(history).sort()).toEqual([name, 'loss'].sort());
    expect(Object.entries(history).find(([key]) => key === name)?.[1]).toHaveLength(2);
  },
);
