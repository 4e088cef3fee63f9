/**
 * evenkeel's side of the benches: node bench/evenkeel.mjs WORKLOAD… [--quick] prints a line of JSON for each workload.
 * It uses the built package, as bench/run.mjs does, which starts it in a process of its own.
 */
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { Sequential, ops, setThreads, tensor, valueAndGrad } from 'evenkeel';
import { LambdaCallback } from 'evenkeel/callbacks';
import { Activation, BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { lcg } from './lcg.mjs';
import { findWorkload } from './workloads.mjs';

/** @typedef {import('./workloads.mjs').Workload} Workload */
/** @typedef {import('./workloads.mjs').Report} Report */

setThreads(2);

/** The two networks: what one row is, the layers, and how they are trained. */
const networks = {
  article: {
    row: [28, 28, 1],
    optimizer: 'adam',
    layers: () => [
      new Conv2D(32, 3, { activation: 'relu' }),
      new Conv2D(32, 3, { activation: 'relu' }),
      new BatchNormalization(),
      new MaxPooling2D(),
      new Flatten(),
      new Dense(10, { activation: 'softmax' }),
    ],
  },
  dense: {
    row: [784],
    optimizer: 'sgd', // Its learning rate is 0.01 unless another is given.
    layers: () => [
      ...[1, 2, 3].flatMap(() => [new Dense(100), new BatchNormalization(), new Activation('sigmoid')]),
      new Dense(10, { activation: 'softmax' }),
    ],
  },
};

/** @param {Workload} workload */
function prepareNetwork({ network, batch, steps = 1 }) {
  const { row, optimizer, layers } = networks[network];
  const model = new Sequential(layers());
  model.build([null, ...row]);
  model.compile({ optimizer, loss: 'sparse_categorical_crossentropy' });
  const rows = batch * steps;
  const x = tensor(lcg(rows * row.reduce((size, n) => size * n), 1, 0, 1), [rows, ...row]);
  const y = tensor(Int32Array.from({ length: rows }, (_, i) => i % 10));
  return { model, x, y };
}

/**
 * One call of what a workload times; it returns the loss, if there is one.
 *
 * @param {Workload} workload
 * @returns {() => Promise<number | null>}
 */
function prepareCall(workload) {
  if (workload.network === 'batch-normalization') return prepareGradient(workload.shape);
  const { model, x, y } = prepareNetwork(workload);
  const ignore = () => null;
  switch (workload.call) {
    case 'step':
      return async () => (await model.trainOnBatch(x, y)).loss;
    case 'predict':
      return () => model.predict(x, { batchSize: workload.batch, verbose: 0 }).then(ignore);
    case 'predictOnBatch':
      return () => model.predictOnBatch(x).then(ignore);
    default:
      throw new Error(`evenkeel has no bench of ${workload.call}.`);
  }
}

/** @param {readonly number[]} shape */
function prepareGradient(shape) {
  const layer = new BatchNormalization();
  layer.build([null, ...shape.slice(1)]);
  const size = shape.reduce((product, n) => product * n);
  const x = tensor(lcg(size, 1), shape);
  const dy = tensor(lcg(size, 2), shape);
  // Nobody wants the gradient of dy.
  const weighted = (y, weights) => ops.sum(ops.multiply(y, ops.stopGradient(weights)));
  const step = valueAndGrad((x, dy) => weighted(layer.apply(x, { training: true }), dy), {
    variables: layer.trainableWeights,
  });
  return () => step(x, dy).then(() => null);
}

/**
 * @param {Workload} workload
 * @returns {Promise<Omit<Report, 'workload'>>}
 */
async function timeCalls(workload) {
  const call = prepareCall(workload);
  for (let i = 0; i < workload.warmup; i++) await call();
  const times = [];
  let loss = null;
  for (let i = 0; i < workload.samples; i++) {
    const started = performance.now();
    loss = await call();
    times.push(performance.now() - started);
  }
  return { times, loss };
}

/**
 * Epochs of one fit, the first ones not counted.
 *
 * @param {Workload} workload
 * @returns {Promise<Omit<Report, 'workload'>>}
 */
async function timeFit(workload) {
  const { model, x, y } = prepareNetwork(workload);
  const times = [];
  let started = 0;
  const clock = new LambdaCallback({
    onEpochBegin: () => {
      started = performance.now();
    },
    onEpochEnd: () => {
      times.push((performance.now() - started) / workload.steps);
    },
  });
  const { history } = await model.fit(x, y, {
    batchSize: workload.batch,
    epochs: workload.warmup + workload.samples,
    verbose: 0,
    callbacks: [clock],
  });
  return { times: times.slice(workload.warmup), loss: history.loss.at(-1) };
}

/**
 * @param {Workload} workload
 * @returns {Promise<Omit<Report, 'workload'>>}
 */
async function readMemory(workload) {
  const call = prepareCall(workload);
  const memory = [];
  let loss = null;
  let done = 0;
  for (const mark of workload.marks) {
    for (; done < mark; done++) loss = await call();
    memory.push(process.memoryUsage.rss() / 2 ** 20);
  }
  return { memory, loss };
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean' } } });
const { version, dependencies } = createRequire(import.meta.url)('evenkeel/package.json');
const engine = process.env.EVENKEEL_ENGINE === undefined ? '' : ` (${process.env.EVENKEEL_ENGINE})`;
const versions = {
  evenkeel: version,
  'ONNX Runtime': `${dependencies['onnxruntime-common']}${engine}`,
  Node: process.versions.node,
};

for (const name of positionals) {
  const workload = findWorkload(name, values.quick === true);
  const measure = workload.marks !== undefined ? readMemory : workload.call === 'fit' ? timeFit : timeCalls;
  const report = await measure(workload).catch((error) => ({ error: String(error) }));
  console.log(JSON.stringify({ workload: name, ...report, versions }));
}
