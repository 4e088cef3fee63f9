/**
 * evenkeel's side of the benches: tsx bench/evenkeel.mjs WORKLOAD… [--quick] prints a line of JSON for each workload.
 * It uses the built package, as bench/run.mjs does, which starts it in a process of its own.
 */
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Sequential, loadModel, ops, setThreads, tensor, valueAndGrad } from 'evenkeel';
import { LambdaCallback } from 'evenkeel/callbacks';
import { Activation, BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { lcg } from './lcg.ts';
import { resnet20 } from './resnet20.ts';
import { prepareShapes } from './shapes.mjs';
import { findWorkload } from './workloads.mjs';

/** @typedef {import('./workloads.mjs').Workload} Workload */
/** @typedef {import('./workloads.mjs').Report} Report */

setThreads(2);

/** The networks: what one row is, the model, and how it is trained. */
const networks = {
  article: {
    row: [28, 28, 1],
    optimizer: 'adam',
    make: () =>
      new Sequential([
        new Conv2D(32, 3, { activation: 'relu' }),
        new Conv2D(32, 3, { activation: 'relu' }),
        new BatchNormalization(),
        new MaxPooling2D(),
        new Flatten(),
        new Dense(10, { activation: 'softmax' }),
      ]),
  },
  dense: {
    row: [784],
    optimizer: 'sgd', // Its learning rate is 0.01 unless another is given.
    make: () =>
      new Sequential([
        ...[1, 2, 3].flatMap(() => [new Dense(100), new BatchNormalization(), new Activation('sigmoid')]),
        new Dense(10, { activation: 'softmax' }),
      ]),
  },
  resnet20: {
    row: [32, 32, 3],
    optimizer: 'adam',
    make: resnet20,
  },
};

/** @param {Workload} workload */
function prepareNetwork({ network, batch, steps = 1 }) {
  const { row, optimizer, make } = networks[network];
  const model = make();
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
 * @returns {Promise<() => Promise<number | null>>}
 */
async function prepareCall(workload) {
  if (workload.network === 'shapes') return prepareShapes(workload);
  if (workload.network === 'batch-normalization') return prepareGradient(workload.shape);
  if (workload.file !== undefined) return prepareFile(workload);
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

/**
 * A call of a network that comes from a file.
 *
 * @param {Workload} workload
 */
async function prepareFile({ file, call, batch }) {
  const path = new URL(`networks/${file}`, import.meta.url);
  const load = () => loadModel(path, { compile: false });
  if (call === 'load') return () => load().then(() => null);
  const shape = [batch, 224, 224, 3];
  const x = tensor(
    lcg(
      shape.reduce((size, n) => size * n),
      1,
      0,
      1,
    ),
    shape,
  );
  const predict = (model) => model.predict(x, { batchSize: batch, verbose: 0 }).then(() => null);
  if (call === 'open') return () => load().then(predict);
  const model = await load();
  return () => predict(model);
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
  const call = await prepareCall(workload);
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

/** Collects garbage, so that what is left is what is held on to. The engine's tensors are given up a turn later. */
async function collectGarbage() {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  for (let turn = 0; turn < 3; turn++) {
    gc();
    await setTimeout(10);
  }
}

/**
 * @param {Workload} workload
 * @returns {Promise<Omit<Report, 'workload'>>}
 */
async function readMemory(workload) {
  const call = await prepareCall(workload);
  const memory = [];
  const heap = [];
  const times = [];
  let loss = null;
  let done = 0;
  for (const mark of workload.marks) {
    const [before, started] = [done, performance.now()];
    for (; done < mark; done++) loss = await call();
    if (workload.sizes) times.push((performance.now() - started) / (mark - before));
    await collectGarbage();
    const { rss, heapUsed, external } = process.memoryUsage();
    memory.push(workload.peak ? process.resourceUsage().maxRSS / 2 ** 10 : rss / 2 ** 20);
    heap.push((heapUsed + external) / 2 ** 20);
  }
  return { memory, heap, loss, ...(workload.sizes ? { times } : {}) };
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
