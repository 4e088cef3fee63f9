/**
 * Writes models of many kinds, trained for three steps, into a folder, trains them on for three more, and lets Keras do
 * the same with the files: scripts/check-keras-files.py. Keras also writes each model that it has opened, and these files are
 * opened here, and predict the same. Also converts the files in test/golden/, of tf.keras, Keras 2 and
 * Keras 3, to .keras and .h5, and lets Keras predict and evaluate with them. Needs a build, and Python with Keras 3 (EVENKEEL_PYTHON names it, else python3).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Input,
  Model,
  Sequential,
  layers,
  loadModel,
  losses,
  metrics,
  optimizers,
  resetNames,
  setRandomSeed,
  tensor,
} from 'evenkeel';
import { layerModels, stacked, trainsOtherwise, unreadable, unwritable } from './check-keras-files/layer-models.mjs';
import { recordRun } from './compatibility/runs.mjs';

const { Adadelta, Adagrad, Adam, AdamW, Adamax, Ftrl, Lion, Nadam, RMSprop, SGD, schedules } = optimizers;
const { LossScaleOptimizer, MultiOptimizer, OptimizerMap } = optimizers;

/** The numbers of test/support/lcg.ts. */
function numbers(shape, seed) {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let x = seed >>> 0;
  for (let i = 0; i < data.length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    data[i] = (x >>> 8) / 2 ** 23 - 1;
  }
  return tensor(data, shape);
}

function small() {
  return new Sequential(
    [
      Input({ shape: [4] }),
      new layers.Dense(5, { name: 'first', kernelRegularizer: 'l2' }),
      new layers.BatchNormalization({ momentum: 0.8 }),
      new layers.ReLU(),
      new layers.Dropout(0),
      new layers.Dense(1, { activation: 'tanh' }),
    ],
    { name: 'small' },
  );
}

function images() {
  const left = Input({ shape: [6, 6, 4], name: 'left' });
  const right = Input({ shape: [3], name: 'right' });
  const shared = new layers.Dense(3, { activation: 'tanh', name: 'shared' });
  const inner = new Sequential(
    [Input({ shape: [3] }), new layers.Dense(4), new layers.LayerNormalization(), new layers.Dense(3)],
    {
      name: 'inner',
    },
  );
  const stack = [
    new layers.InstanceNormalization(),
    new layers.SyncBatchNormalization(),
    new layers.SpectralNormalization(new layers.Conv2D(4, 3, { padding: 'same' })),
    new layers.BatchNormalization({ renorm: true, renormClipping: { rmax: 3, rmin: 0.3, dmax: 5 } }),
    new layers.GaussianNoise(0),
    new layers.SeparableConv2D(4, 2),
    new layers.GroupNormalization({ groups: 2 }),
    new layers.InstanceNormalization({ center: false }),
    new layers.PReLU({ sharedAxes: [1, 2] }),
    new layers.DepthwiseConv2D(2),
    new layers.RMSNormalization(),
    new layers.Conv2DTranspose(2, 2),
    new layers.UnitNormalization(),
    new layers.GlobalAveragePooling2D(),
    new layers.Dense(3, { useBias: false, kernelConstraint: 'max_norm' }),
  ];
  const x = stack.reduce((value, layer) => layer.apply(value), left);
  const both = new layers.Add().apply([shared.apply(x), shared.apply(inner.apply(right))]);
  const second = new Model({ inputs: right, outputs: new layers.Dense(3).apply(right), name: 'second' });
  const outputs = [new layers.Dense(2, { name: 'one' }).apply(both), second.apply(both)];
  return new Model({ inputs: [left, right], outputs, name: 'images' });
}

/** Models of lists of one tensor in another model. */
function listsOfOne() {
  const part = (name) => {
    const x = Input({ shape: [3] });
    return new Model({ inputs: [x], outputs: [new layers.Dense(3).apply(x)], name });
  };
  const stack = new Sequential([Input({ shape: [3] }), part('a'), new layers.Dense(3), part('b')], { name: 'stack' });
  const x = Input({ shape: [3], name: 'x' });
  const head = new layers.Dense(2, { name: 'head' });
  return new Model({ inputs: [x], outputs: [head.apply(part('c').apply([stack.apply(x)]))], name: 'lists' });
}

/** Strings in rows, or alone if the input has no other axis. */
const inRows = (data, shape) => (shape.length > 1 ? data.map((text) => [text]) : data);

/** Data of an input: strings, small integers, or numbers in [−1, 1). */
function dataOf({ shape, dtype, isString }, seed, rows) {
  const values = numbers([rows, ...shape.slice(1)], seed);
  const small = (count) => Array.from(values.data, (value) => Math.floor(((value + 1) / 2) * count));
  if (isString) {
    const texts = ['red', 'green blue', 'blue', 'other', 'red red green'];
    const data = small(texts.length).map((i) => texts[i]);
    return { strings: inRows(data, values.shape), shape: values.shape, data };
  }
  return dtype === 'int32' ? tensor(Int32Array.from(small(7)), values.shape) : values;
}

const halving = () => new schedules.ExponentialDecay(0.05, 2, 0.5);
const momentum = () => new SGD({ learningRate: 0.05, momentum: 0.9 });

/** Several optimizers; optionally, one of them has two keys. */
function several(shares) {
  const adam = new Adam();
  const others = shares ? { '.*beta': adam } : {};
  return new MultiOptimizer(new OptimizerMap(momentum(), { '.*first/.*': adam, '.*gamma': new RMSprop(), ...others }));
}

const kinds = [
  ['adam', small, () => new Adam()],
  ['amsgrad', small, () => new Adam({ amsgrad: true, useEma: true, emaMomentum: 0.9, gradientAccumulationSteps: 2 })],
  ['adamw-schedule', small, () => new AdamW({ learningRate: halving(), weightDecay: 0.02 })],
  ['sgd', small, () => new SGD()],
  ['momentum', small, () => new SGD({ learningRate: 0.1, momentum: 0.9, nesterov: true, clipnorm: 1 })],
  ['rmsprop', small, () => new RMSprop({ momentum: 0.5, centered: true })],
  ['adadelta', small, () => new Adadelta({ learningRate: 1 })],
  ['adagrad', small, () => new Adagrad()],
  ['adamax', small, () => new Adamax()],
  ['ftrl', small, () => new Ftrl()],
  ['lion', small, () => new Lion()],
  ['nadam', small, () => new Nadam()],
  ['multi', small, () => several(false)],
  // Keras does not find shared objects in the older format.
  ['multi-shared', small, () => several(true), ['keras']],
  ['loss-scale', small, () => new LossScaleOptimizer(several(false), { dynamicGrowthSteps: 2 }), ['keras']],
  ['images', images, momentum],
  ['lists', listsOfOne, () => new SGD()],
];
const ofLayers = [...layerModels, ['stacked', stacked]].map(([name, make]) => [
  ...[name, make, momentum],
  ['keras', 'h5'],
]);
const allFormats = ['keras', 'h5', 'weights.h5', 'legacy-weights.h5', 'weights.json'];
/** In GB: the state of the larger models takes several files. */
const maxShardSize = 2048 / 1024 ** 3;

const one = (list) => (list.length === 1 ? list[0] : list);
const plain = ({ data, shape, dtype = 'string' }) => ({ shape, dtype, data: [...data] });
/** The data that a model receives. */
const fed = (list) => one(list.map((each) => each.strings ?? each));

async function writeOne(folder, name, make, optimizer, formats = allFormats) {
  resetNames();
  setRandomSeed(3);
  const model = make();
  const several = model.outputs.length > 1;
  model.compile({
    optimizer: optimizer(),
    loss: several ? ['mse', new losses.LogCosh()] : 'mse',
    metrics: several ? [['mae'], [new metrics.MeanSquaredError({ name: 'square' })]] : ['mae'],
    ...(several ? { lossWeights: [1, 0.5] } : {}),
  });
  const rows = 6;
  const x = model.inputs.map((input, i) => dataOf(input, 31 + i, rows));
  const y = model.outputs.map(({ shape }, i) => numbers([rows, ...shape.slice(1)], 41 + i));
  const step = async () => (await model.trainOnBatch(fed(x), one(y))).loss;
  for (let i = 0; i < 3; i++) await step();
  const paths = formats.map((format) => `${name}.${format}`);
  for (const path of paths) {
    const whole = !path.includes('weights');
    const options = path.endsWith('.json') ? { maxShardSize } : {};
    await (whole ? model.save(join(folder, path)) : model.saveWeights(join(folder, path), options));
  }
  // Files do not hold the states of recurrent layers.
  for (const layer of model.layers) if (layer.stateful === true) layer.resetState();
  const predicted = [await model.predict(fed(x), { verbose: 0, batchSize: rows })];
  const outputs = predicted.flat().map(plain);
  const weights = model.weights.map(({ value }) => [...value.data]);
  const state = model.optimizer.variables.map(({ value }) => [...value.data]);
  const next = [await step(), await step(), await step()];
  const files = paths.map((file, i) => ({
    ...{ file, inputs: x.map(plain), targets: y.map(plain), outputs, weights },
    // The weights of the older format come without the state of the optimizer.
    ...(i === 3 ? { losses: null, state: null } : { losses: trainsOtherwise.includes(name) ? null : next, state }),
    evaluation: null,
    weightsOf: i < 2 ? null : `${name}.keras`,
    mergesWeights: name === 'lora' && formats[i] === 'keras',
    writesBack: i < 2 && !unwritable.includes(file),
  }));
  return files.filter(({ file }) => !unreadable.includes(file));
}

/** Files in test/golden/ that Keras itself cannot open, or that need custom classes or functions. */
const notConverted = /^(sharing|own|lambda|gptq-without-zeros)\.|weights/;
const golden = fileURLToPath(new URL('../test/golden', import.meta.url));

/** Converts a file to .keras and .h5. */
async function convertOne(folder, path, name) {
  const warnings = console.warn;
  console.warn = () => undefined;
  const model = await loadModel(path);
  console.warn = warnings;
  const integers = (x) =>
    tensor(
      Int32Array.from(x.data, (value) => Math.abs(value * 5)),
      x.shape,
    );
  const x = model.inputs.map(({ shape, dtype }, i) => {
    const values = numbers([6, ...shape.slice(1)], 31 + i);
    return dtype === 'int32' ? integers(values) : values;
  });
  const outputs = [await model.predict(one(x), { verbose: 0 })].flat();
  const y = outputs.map(({ shape }, i) => numbers(shape, 41 + i));
  const isCompiled = model.compiled;
  const evaluation = isCompiled ? await model.evaluate(one(x), one(y), { verbose: 0, batchSize: 6 }) : null;
  const found = [];
  for (const format of ['keras', 'h5']) {
    const file = `${name}.${format}`;
    await model.save(join(folder, file));
    found.push({
      ...{ file, inputs: x.map(plain), targets: y.map(plain), outputs: outputs.map(plain), evaluation },
      weights: model.weights.map(({ value }) => [...value.data]),
      state: isCompiled ? model.optimizer.variables.map(({ value }) => [...value.data]) : null,
      ...{ losses: null, weightsOf: null },
    });
  }
  return found;
}

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'evenkeel-keras-')));
const entries = [];
for (const kind of [...kinds, ...ofLayers]) entries.push(...(await writeOne(folder, ...kind)));
for (const group of ['files', 'older-files', 'quantized-files']) {
  for (const file of (await readdir(join(golden, group))).filter((name) => /\.(keras|h5)$/.test(name))) {
    if (notConverted.test(file)) continue;
    entries.push(...(await convertOne(folder, join(golden, group, file), `${group}-${file.replace('.', '-')}`)));
  }
}
await writeFile(join(folder, 'manifest.json'), JSON.stringify(entries));
const script = fileURLToPath(new URL('check-keras-files.py', import.meta.url));
const { status } = spawnSync(process.env.EVENKEEL_PYTHON ?? 'python3', [script, folder], { stdio: 'inherit' });
console.log(`${entries.length} files`);

/** The largest difference, in units of the tolerance of float32. */
function differs(actual, expected) {
  const scale = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / expected.length);
  return (
    actual.length !== expected.length ||
    expected.some((value, i) => !(Math.abs(actual[i] - value) <= 1e-5 * (Math.abs(value) + scale)))
  );
}

/** Opens the files that Keras wrote of the models that it opened. */
async function openBack() {
  let failures = 0;
  let count = 0;
  const fail = (file, what) => {
    console.log(`back-${file}: ${what}`);
    failures++;
  };
  for (const { file, inputs, outputs, weights, weightsOf, mergesWeights } of entries) {
    const path = join(folder, `back-${file}`);
    if (weightsOf !== null || !existsSync(path)) continue;
    count++;
    try {
      const model = await loadModel(path);
      const x = inputs.map(({ dtype, shape, data }) =>
        dtype === 'string' ? inRows(data, shape) : tensor(new arrays[dtype](data), shape),
      );
      const found = [await model.predict(one(x), { verbose: 0, batchSize: 6 })].flat();
      for (const [i, { data }] of found.entries()) if (differs(data, outputs[i].data)) fail(file, 'other predictions');
      const read = model.weights.map(({ value }) => [...value.data]);
      if (!mergesWeights && JSON.stringify(read) !== JSON.stringify(weights)) fail(file, 'other weights');
    } catch (error) {
      fail(file, error.message);
    }
  }
  console.log(`${count} files written by Keras, ${failures} failures`);
  return failures;
}

const arrays = { float32: Float32Array, int32: Int32Array, float64: Float64Array };
const failures = await openBack();
if (process.argv[2] === undefined) await rm(folder, { recursive: true });
process.exitCode = failures > 0 ? 1 : (status ?? 1);
if (process.env.EVENKEEL_RECORD) {
  const asked = ['-c', 'from importlib.metadata import version; print(version("keras"))'];
  const version = spawnSync(process.env.EVENKEEL_PYTHON ?? 'python3', asked, { encoding: 'utf8' }).stdout.trim();
  recordRun({ tests: 'npm run check:keras', runtime: `keras ${version}`, version, passed: process.exitCode === 0 });
}
