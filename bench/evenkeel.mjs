/**
 * evenkeel's side of the benches: tsx bench/evenkeel.mjs WORKLOAD… [--quick] prints a line of JSON for each workload.
 * It uses the built package. bench/run.mjs starts it as a bundle, in a process of its own.
 */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadModel, setThreads, tensor } from 'evenkeel';
import { LambdaCallback } from 'evenkeel/callbacks';
import { prepareGradient } from './gradients.mjs';
import { lcg } from './lcg.ts';
import { makeModel } from './models.mjs';
import { prepareShapes } from './shapes.mjs';
import { evenkeelVersions } from './versions.mjs';
import { findWorkload } from './workloads.mjs';

/** @typedef {import('./workloads.mjs').Workload} Workload */
/** @typedef {import('./workloads.mjs').Report} Report */

setThreads(2);

const product = (shape) => shape.reduce((size, n) => size * n, 1);

/**
 * Inputs, and a class for each prediction, or 0 and 1 in turn for predictions of one number.
 *
 * @param {Workload} workload
 */
function makeData({ row, batch, steps = 1 }, model) {
  const rows = batch * steps;
  const x = tensor(lcg(product([rows, ...row]), 1, 0, 1), [rows, ...row]);
  const outputs = model.computeOutputShape([rows, ...row]);
  const classes = outputs.at(-1);
  const shape = classes === 1 ? outputs : outputs.slice(0, -1);
  const y = tensor(
    Int32Array.from({ length: product(shape) }, (_, i) => i % Math.max(2, classes)),
    shape,
  );
  return { x, y };
}

/**
 * One call of what a workload times; it returns the loss, if there is one.
 *
 * @param {Workload} workload
 * @returns {Promise<() => Promise<number | null>>}
 */
async function prepareCall(workload) {
  if (workload.network === 'shapes') return prepareShapes(workload);
  if (workload.call === 'gradient') return prepareGradient(workload);
  if (workload.file !== undefined) return prepareFile(workload);
  const model = makeModel(workload);
  const { x, y } = makeData(workload, model);
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
async function prepareFile({ file, call, batch, row }) {
  const path = new URL(`networks/${file}`, import.meta.url);
  const load = () => loadModel(path, { compile: false });
  if (call === 'load') return () => load().then(() => null);
  const shape = [batch, ...row];
  const x = tensor(lcg(product(shape), 1, 0, 1), shape);
  const predict = (model) => model.predict(x, { batchSize: batch, verbose: 0 }).then(() => null);
  if (call === 'open') return () => load().then(predict);
  const model = await load();
  return () => predict(model);
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
 * A new model for each batch size. Small batches are measured more often: their calls are short, and those of a program that
 * has just started are slow.
 *
 * @param {Workload} workload
 * @returns {Promise<Omit<Report, 'workload'>>}
 */
async function timeBatches(workload) {
  const curve = [];
  for (const batch of workload.batches) {
    const often = Math.min(16, Math.max(1, 64 / batch));
    const [warmup, samples] = [workload.warmup * often, workload.samples * often];
    const { times } = await timeCalls({ ...workload, batch, warmup, samples });
    curve.push(times);
  }
  return { curve };
}

/**
 * Epochs of one fit, the first ones not counted.
 *
 * @param {Workload} workload
 * @returns {Promise<Omit<Report, 'workload'>>}
 */
async function timeFit(workload) {
  const model = makeModel(workload);
  const { x, y } = makeData(workload, model);
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

/** MiB of this process in memory when there were most of them: VmHWM on Linux, which counts from the start of the program. */
function peak() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 2 ** 10;
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 2 ** 10;
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
    memory.push(workload.peak ? peak() : rss / 2 ** 20);
    heap.push((heapUsed + external) / 2 ** 20);
  }
  return { memory, heap, loss, ...(workload.sizes ? { times } : {}) };
}

/** @param {Workload} workload */
function measureOf(workload) {
  if (workload.marks !== undefined) return readMemory;
  if (workload.batches !== undefined) return timeBatches;
  return workload.call === 'fit' ? timeFit : timeCalls;
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean' } } });

for (const name of positionals) {
  const workload = findWorkload(name, values.quick === true);
  const measure = measureOf(workload);
  const report = await measure(workload).catch((error) => ({ error: String(error) }));
  console.log(JSON.stringify({ workload: name, ...report, versions: evenkeelVersions() }));
}
