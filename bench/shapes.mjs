/** Calls whose sizes change each time, for the benches of memory over shapes. */
import { Input, Sequential, jit, ops, tensor } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import { lcg } from './lcg.ts';

const random = (...shape) =>
  tensor(
    lcg(
      shape.reduce((size, n) => size * n, 1),
      1,
      0,
      1,
    ),
    shape,
  );
const labels = (rows) => tensor(Int32Array.from({ length: rows }, (_, i) => i % 10));
const compiled = (model) => {
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  return model;
};
const dense = (width) =>
  new Sequential([
    Input({ shape: [784] }),
    new layers.Dense(width, { activation: 'relu' }),
    new layers.BatchNormalization(),
    new layers.Dense(10, { activation: 'softmax' }),
  ]);
const image = () =>
  new Sequential([
    Input({ shape: [null, null, 3] }),
    new layers.Conv2D(16, 3, { activation: 'relu' }),
    new layers.BatchNormalization(),
    new layers.MaxPooling2D(),
    new layers.Conv2D(32, 3, { activation: 'relu' }),
    new layers.GlobalAveragePooling2D(),
    new layers.Dense(10, { activation: 'softmax' }),
  ]);
const sequence = () =>
  new Sequential([
    Input({ shape: [null, 16] }),
    new layers.Conv1D(32, 3, { activation: 'relu', padding: 'same' }),
    new layers.BatchNormalization(),
    new layers.GlobalAveragePooling1D(),
    new layers.Dense(10, { activation: 'softmax' }),
  ]);

/** By the name of a workload's call, a function that makes a call with the i-th size. */
const cases = {
  batches: () => {
    const model = dense(512);
    return (i) => model.predictOnBatch(random(i + 1, 784));
  },
  images: () => {
    const model = image();
    return (i) => model.predictOnBatch(random(1, 24 + (i % 40), 24 + Math.floor(i / 40), 3));
  },
  lengths: () => {
    const model = compiled(sequence());
    return (i) => model.trainOnBatch(random(16, i + 10, 16), labels(16));
  },
  steps: () => {
    const model = compiled(dense(512));
    return (i) => model.trainOnBatch(random(i + 1, 784), labels(i + 1));
  },
  layer: () => {
    const layer = new layers.Dense(256, { activation: 'relu' });
    return (i) => layer.apply(random(i + 1, 128));
  },
  jit: () => {
    const f = jit((x) => ops.softmax(ops.matmul(x, ops.transpose(x))));
    return (i) => f(random(i + 1, 128));
  },
  models: () => async (i) => {
    const model = compiled(dense(256 + i));
    await model.trainOnBatch(random(16, 784), labels(16));
  },
};

/**
 * A call with the same size up to the first mark, then with another size each time.
 *
 * @param {import('./workloads.mjs').Workload} workload
 */
export function prepareShapes({ call, marks: [warmup] }) {
  const run = cases[call]();
  let count = 0;
  return async () => {
    await run(Math.max(0, count++ - warmup + 1));
    return null;
  };
}
