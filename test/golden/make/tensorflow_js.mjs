/**
 * Models that TensorFlow.js saved, with the numbers that it predicts: test/golden/tensorflow-js.json.gz.
 *
 *     npm install --prefix /some/folder --legacy-peer-deps @tensorflow/tfjs@4.22.0 @upscalerjs/default-model@1.0.0
 *     node test/golden/make/tensorflow_js.mjs /some/folder
 *
 * A case is a model: its name, the artifacts that `model.save` passes to its handler ("artifacts", of which the bytes of the
 * weights are base64), "inputs" and "outputs" of `predict` (arrays as in README.md). Cases named "training …" were saved after
 * three steps on the inputs and "y", and have the "losses" of the next three. Cases named "converted …" are the models of
 * tensorflow_js_converter.py, which runs first, and "upscaler" is the first quarter of the network of @upscalerjs/default-model
 * (under the MIT License, which is in "about"), quantized as tensorflowjs does. Other weights and inputs are those of `lcg` in common.py; TensorFlow.js computes with
 * its CPU backend.
 */
import { Blob, Buffer, File } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { decode } from 'fast-png';

const require = createRequire(join(resolve(process.argv[2] ?? '.'), 'package.json'));
const tf = require('@tensorflow/tfjs');
tf.env().set('PROD', true);
await tf.setBackend('cpu');
const { layers } = tf;

const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);

function lcg(shape, seed, low = -1, high = 1) {
  let x = seed;
  return Float32Array.from({ length: sizeOf(shape) }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return low + (high - low) * ((x >>> 8) / 2 ** 24);
  });
}

function array(data, shape, dtype = 'float32') {
  const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return { $array: { dtype, shape, base64 } };
}

const arrayOf = async (tensor) => array(await tensor.data(), tensor.shape, tensor.dtype);

/** Weights in (−1, 1), and statistics and scales that are positive. */
function setWeights(model, seed) {
  model.layers.forEach((layer, i) => {
    const values = layer.weights.map((weight, k) => {
      const positive = /variance/.test(weight.name);
      return tf.tensor(lcg(weight.shape, seed + 100 * i + k, positive ? 0.5 : -1, positive ? 1.5 : 1), weight.shape);
    });
    if (values.length > 0) layer.setWeights(values);
  });
}

async function saved(model, options) {
  let artifacts;
  const handler = {
    save: async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  };
  await model.save(handler, options);
  return { ...artifacts, weightData: Buffer.from(artifacts.weightData).toString('base64') };
}

function inputFor({ shape, dtype }, seed, high) {
  const known = shape.map((size, axis) => size ?? (axis === 0 ? 2 : 5));
  if (dtype !== 'int32') return tf.tensor(lcg(known, seed), known);
  return tf.tensor(Int32Array.from(lcg(known, seed, 0, high)), known, 'int32');
}

async function caseOf(name, model, { high = 5, inputs, ...more } = {}) {
  setWeights(model, name.length);
  const given = inputs ?? model.inputs.map((each, i) => inputFor(each, 1000 + i, high));
  const predicted = [model.predict(given.length === 1 ? given[0] : given)].flat();
  return {
    name,
    ...more,
    artifacts: await saved(model),
    inputs: await Promise.all(given.map(arrayOf)),
    outputs: await Promise.all(predicted.map(arrayOf)),
  };
}

const stack = (inputShape, ...rest) => {
  const model = tf.sequential();
  rest.forEach((layer, i) => model.add(i === 0 ? layer(inputShape) : layer()));
  return model;
};

/** A model of one layer, or of some in sequence. `with` makes each of them from its options. */
const one = (inputShape, make, options = {}) => stack(inputShape, (shape) => make({ inputShape: shape, ...options }));

const merged = (shapes, make, options = {}) => {
  const inputs = shapes.map((shape) => tf.input({ shape }));
  return tf.model({ inputs, outputs: make(options).apply(inputs) });
};

const image = [6, 5, 3];
const sequence = [4, 3];
const initialized = { kernelInitializer: 'heNormal', biasInitializer: 'randomUniform' };
const makers = {
  activationElu: () => one([4], layers.elu),
  reLU: () => one([4], layers.reLU, { maxValue: 0.5 }),
  leakyReLU: () => one([4], layers.leakyReLU),
  prelu: () => one(image, layers.prelu, { sharedAxes: [1, 2] }),
  softmax: () => one([4], layers.softmax),
  thresholdedReLU: () => one([4], layers.thresholdedReLU, { theta: 0.3 }),
  conv1d: () => one(sequence, layers.conv1d, { filters: 2, kernelSize: 3, padding: 'same', dilationRate: 2 }),
  conv2d: () => one(image, layers.conv2d, { filters: 4, kernelSize: 3, strides: 2, padding: 'same', ...initialized }),
  conv2dTranspose: () => one(image, layers.conv2dTranspose, { filters: 2, kernelSize: 3, strides: 2 }),
  conv3d: () => one([4, 4, 4, 2], layers.conv3d, { filters: 3, kernelSize: 2, activation: 'relu' }),
  conv3dTranspose: () => one([2, 2, 2, 2], layers.conv3dTranspose, { filters: 2, kernelSize: 2, strides: 2 }),
  separableConv2d: () => one(image, layers.separableConv2d, { filters: 4, kernelSize: 3 }),
  depthwiseConv2d: () => one(image, layers.depthwiseConv2d, { kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
  cropping2D: () =>
    one(image, layers.cropping2D, {
      cropping: [
        [1, 2],
        [0, 1],
      ],
    }),
  upSampling2d: () => one(image, layers.upSampling2d, { size: [2, 3] }),
  zeroPadding2d: () =>
    one(image, layers.zeroPadding2d, {
      padding: [
        [1, 2],
        [0, 1],
      ],
    }),
  averagePooling1d: () => one(sequence, layers.averagePooling1d, { poolSize: 2, padding: 'same' }),
  averagePooling2d: () => one(image, layers.averagePooling2d, { poolSize: [2, 3], strides: [1, 2], padding: 'same' }),
  averagePooling3d: () => one([4, 4, 4, 2], layers.averagePooling3d, { poolSize: 2 }),
  maxPooling1d: () => one(sequence, layers.maxPooling1d, { poolSize: 2, strides: 1 }),
  maxPooling2d: () => one(image, layers.maxPooling2d, { poolSize: 2 }),
  maxPooling3d: () => one([4, 4, 4, 2], layers.maxPooling3d, { poolSize: 2, padding: 'same' }),
  globalAveragePooling1d: () => one(sequence, layers.globalAveragePooling1d),
  globalAveragePooling2d: () => one(image, layers.globalAveragePooling2d),
  globalMaxPooling1d: () => one(sequence, layers.globalMaxPooling1d),
  globalMaxPooling2d: () => one(image, layers.globalMaxPooling2d),
  activation: () => one([4], layers.activation, { activation: 'softsign' }),
  dense: () =>
    one(sequence, layers.dense, {
      units: 3,
      activation: 'tanh',
      kernelRegularizer: tf.regularizers.l1l2({ l1: 0.1, l2: 0.2 }),
      biasRegularizer: 'l1l2',
      kernelConstraint: tf.constraints.maxNorm({ maxValue: 2 }),
      biasConstraint: 'nonNeg',
      kernelInitializer: tf.initializers.varianceScaling({ scale: 2, mode: 'fanOut', distribution: 'normal' }),
      biasInitializer: tf.initializers.constant({ value: 0.5 }),
    }),
  dropout: () => one([4], layers.dropout, { rate: 0.4, seed: 3 }),
  spatialDropout1d: () => one(sequence, layers.spatialDropout1d, { rate: 0.4 }),
  gaussianNoise: () => one([4], layers.gaussianNoise, { stddev: 0.4 }),
  gaussianDropout: () => one([4], layers.gaussianDropout, { rate: 0.4 }),
  alphaDropout: () => one([4], layers.alphaDropout, { rate: 0.4 }),
  flatten: () => one(image, layers.flatten),
  flattenChannelsFirst: () => one([2, 3, 4], layers.flatten, { dataFormat: 'channelsFirst' }),
  repeatVector: () => one([3], layers.repeatVector, { n: 4 }),
  reshape: () => one([6], layers.reshape, { targetShape: [3, null] }),
  permute: () => one([2, 3, 4], layers.permute, { dims: [3, 1, 2] }),
  embedding: () => one([4], layers.embedding, { inputDim: 5, outputDim: 3 }),
  masking: () =>
    stack(
      sequence,
      (inputShape) => layers.masking({ inputShape, maskValue: 0 }),
      () => layers.lstm({ units: 2, recurrentActivation: 'sigmoid' }),
    ),
  maskedEmbedding: () =>
    stack(
      [4],
      (inputShape) => layers.embedding({ inputShape, inputDim: 3, outputDim: 3, maskZero: true }),
      () => layers.simpleRNN({ units: 2 }),
    ),
  add: () => merged([[3], [3], [3]], layers.add),
  average: () => merged([[3], [3]], layers.average),
  concatenate: () =>
    merged(
      [
        [2, 3],
        [2, 4],
      ],
      layers.concatenate,
    ),
  maximum: () => merged([[3], [3]], layers.maximum),
  minimum: () => merged([[3], [3]], layers.minimum),
  multiply: () => merged([[3], [3]], layers.multiply),
  dot: () =>
    merged(
      [
        [3, 2],
        [3, 4],
      ],
      layers.dot,
      { axes: 1, normalize: true },
    ),
  batchNormalization: () => one(image, layers.batchNormalization, { momentum: 0.9, epsilon: 1e-2 }),
  // Over other axes than the last one, the CPU backend of TensorFlow.js ignores the shape of the statistics.
  batchNormalizationWithoutScale: () => one(sequence, layers.batchNormalization, { scale: false }),
  layerNormalization: () => one(sequence, layers.layerNormalization),
  layerNormalizationAxes: () => one(image, layers.layerNormalization, { axis: [-2, -1], center: false }),
  simpleRNN: () => one(sequence, layers.simpleRNN, { units: 2, returnSequences: true, goBackwards: true }),
  gru: () => one(sequence, layers.gru, { units: 2 }),
  gruSigmoid: () => one(sequence, layers.gru, { units: 2, recurrentActivation: 'sigmoid', implementation: 1 }),
  lstm: () => one(sequence, layers.lstm, { units: 2 }),
  lstmSequences: () => one(sequence, layers.lstm, { units: 2, returnSequences: true, recurrentActivation: 'sigmoid' }),
  lstmWithoutBias: () => one(sequence, layers.lstm, { units: 2, useBias: false, unitForgetBias: false, dropout: 0.2 }),
  convLstm2d: () => one([3, 4, 4, 2], layers.convLstm2d, { filters: 2, kernelSize: 3, padding: 'same' }),
  rnn: () => one(sequence, layers.rnn, { cell: layers.gruCell({ units: 2 }) }),
  stackedRNNCells: () =>
    one(sequence, layers.rnn, { cell: [layers.lstmCell({ units: 2 }), layers.simpleRNNCell({ units: 3 })] }),
  bidirectional: () => one(sequence, layers.bidirectional, { layer: layers.lstm({ units: 2, returnSequences: true }) }),
  bidirectionalSum: () => one(sequence, layers.bidirectional, { layer: layers.gru({ units: 2 }), mergeMode: 'sum' }),
  timeDistributed: () => one(sequence, layers.timeDistributed, { layer: layers.dense({ units: 2 }) }),
  rescaling: () => one(image, layers.rescaling, { scale: 1 / 255, offset: -1 }),
  // These two overwrite the input shape of their own config, so that they do not come first.
  centerCrop: () =>
    stack(
      image,
      (inputShape) => layers.rescaling({ inputShape, scale: 2 }),
      () => layers.centerCrop({ height: 4, width: 3 }),
    ),
  categoryEncoding: () =>
    stack(
      [2, 2],
      (inputShape) => layers.flatten({ inputShape }),
      () => layers.categoryEncoding({ numTokens: 5, outputMode: 'multiHot' }),
    ),
};

const activations = [
  ...['elu', 'gelu', 'hardSigmoid', 'linear', 'logSoftmax', 'mish', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax'],
  ...['softplus', 'softsign', 'swish', 'tanh'],
];
for (const activation of activations) {
  makers[`dense ${activation}`] = () => one([3], layers.dense, { units: 4, activation });
}

const initializers = [
  ...['glorotNormal', 'glorotUniform', 'heNormal', 'heUniform', 'leCunNormal', 'leCunUniform', 'ones', 'zeros'],
  ...['orthogonal', 'randomNormal', 'randomUniform', 'truncatedNormal', 'varianceScaling', 'identity'],
];
for (const kernelInitializer of initializers) {
  makers[`dense ${kernelInitializer}`] = () => one([3], layers.dense, { units: 3, kernelInitializer });
}
for (const kernelConstraint of ['maxNorm', 'minMaxNorm', 'nonNeg', 'unitNorm']) {
  makers[`dense ${kernelConstraint}`] = () => one([3], layers.dense, { units: 3, kernelConstraint });
}

makers['nested models'] = () => {
  const features = tf.sequential({
    name: 'features',
    layers: [
      layers.conv2d({ inputShape: image, filters: 2, kernelSize: 2, name: 'conv' }),
      layers.batchNormalization({ name: 'bn' }),
      layers.flatten(),
    ],
  });
  const head = tf.sequential({
    name: 'head',
    layers: [layers.dense({ inputShape: features.outputShape.slice(1), units: 2 })],
  });
  return tf.sequential({ layers: [features, head] });
};
makers['a shared layer'] = () => {
  const inputs = [tf.input({ shape: [3], name: 'left' }), tf.input({ shape: [3], name: 'right' })];
  const shared = layers.dense({ units: 2, name: 'shared_layer' });
  const both = layers.concatenate({ name: 'bothSides' }).apply(inputs.map((each) => shared.apply(each)));
  const outputs = [layers.dense({ units: 1, name: 'regression' }), layers.dense({ units: 2, name: 'class' })];
  return tf.model({ inputs, outputs: outputs.map((each) => each.apply(both)), name: 'two_towers' });
};

/** Integers below a number, or inputs that are integers in float32. */
const OPTIONS = {
  maskedEmbedding: { high: 3 },
  categoryEncoding: { inputs: [tf.tensor([0, 1, 3, 3, 4, 0, 1, 2], [2, 2, 2])] },
};

/** A layer with an option and a weight, as users of TensorFlow.js write them. */
class Scaled extends layers.Layer {
  static className = 'Scaled';
  constructor(args) {
    super(args);
    this.startValue = args.startValue;
  }
  build(inputShape) {
    const starts = tf.initializers.constant({ value: this.startValue });
    this.factors = this.addWeight('factors', [inputShape.at(-1)], 'float32', starts);
    super.build(inputShape);
  }
  call(inputs) {
    return tf.mul([inputs].flat()[0], this.factors.read());
  }
  getConfig() {
    return { ...super.getConfig(), startValue: this.startValue };
  }
}
tf.serialization.registerClass(Scaled);
makers['a custom layer'] = () => one([3], (options) => new Scaled(options), { startValue: 2 });

const cases = [];
for (const [name, make] of Object.entries(makers)) {
  try {
    cases.push(await caseOf(name, make(), OPTIONS[name]));
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  }
}

// Training: the state of each optimizer after some steps, and the losses of the next ones.
const optimizers = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.05, 0.8),
  nesterov: () => tf.train.momentum(0.05, 0.8, true),
  adam: () => tf.train.adam(0.02, 0.8, 0.95, 1e-7),
  rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0, 1e-7),
  // A centered one takes the square root of a number below 0 where a gradient is 0.
  'rmsprop with momentum': () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7),
  adagrad: () => tf.train.adagrad(0.05, 0.2),
  adadelta: () => tf.train.adadelta(0.5, 0.9, 1e-6),
};
for (const [name, make] of Object.entries(optimizers)) {
  const model = tf.sequential({
    layers: [layers.dense({ inputShape: [3], units: 4, activation: 'tanh' }), layers.dense({ units: 2 })],
  });
  setWeights(model, name.length);
  model.compile({ optimizer: make(), loss: 'meanSquaredError', metrics: ['mae'] });
  const x = tf.tensor(lcg([6, 3], 7), [6, 3]);
  const y = tf.tensor(lcg([6, 2], 8), [6, 2]);
  for (let i = 0; i < 3; i++) await model.trainOnBatch(x, y);
  const artifacts = await saved(model, { includeOptimizer: true });
  const outputs = [await arrayOf(model.predict(x))];
  const losses = [];
  for (let i = 0; i < 3; i++) losses.push((await model.trainOnBatch(x, y))[0]);
  cases.push({ name: `training ${name}`, artifacts, inputs: [await arrayOf(x)], y: await arrayOf(y), outputs, losses });
}

// The models of tensorflow_js_converter.py, of which only the predictions are stored here. TensorFlow.js cannot read all of them.
const converted = JSON.parse(
  gunzipSync(readFileSync(new URL('../tensorflow-js-converted.json.gz', import.meta.url))).toString(),
);
for (const { name, files } of converted.cases) {
  const contents = Object.entries(files).map(([file, base64]) => new File([Buffer.from(base64, 'base64')], file));
  const json = JSON.parse(await contents.find((file) => file.name === 'model.json').text());
  const pieces = json.weightsManifest
    .flatMap(({ paths }) => paths)
    .map((path) => contents.find((file) => file.name === path));
  const weightData = await new Blob(pieces).arrayBuffer();
  const weightSpecs = json.weightsManifest.flatMap(({ weights }) => weights);
  try {
    const model = await tf.loadLayersModel(tf.io.fromMemory({ ...json, weightSpecs, weightData }));
    const inputs = model.inputs.map((each, i) => inputFor(each, 2000 + i, 5));
    const outputs = [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
    cases.push({
      name: `converted ${name}`,
      inputs: await Promise.all(inputs.map(arrayOf)),
      outputs: await Promise.all(outputs.map(arrayOf)),
    });
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  }
}

/** Integers, with the numbers that they stand for: quantize_weights of tensorflowjs, where 0 stands for itself. */
function quantized(numbers) {
  const [low, high] = [Math.min(0, ...numbers), Math.max(0, ...numbers)];
  const scale = (high - low) / 255;
  const min = Math.round(low / scale) * scale;
  const bytes = numbers.map((number) => Math.max(0, Math.min(255, Math.round((number - min) / scale))));
  return { bytes: Uint8Array.from(bytes), quantization: { dtype: 'uint8', scale, min, original_dtype: 'float32' } };
}

const upscaler = join(resolve(process.argv[2] ?? '.'), 'node_modules/@upscalerjs/default-model');
{
  const { modelTopology, weightsManifest, ...rest } = JSON.parse(
    readFileSync(join(upscaler, 'models/model.json'), 'utf8'),
  );
  const bytes = readFileSync(join(upscaler, 'models', weightsManifest[0].paths[0]));
  const { config } = modelTopology.model_config;
  const last = config.layers.findIndex(({ name }) => name === 'LRL_1');
  config.layers = config.layers.slice(0, last + 1);
  config.output_layers = [['LRL_1', 0, 0]];
  const kept = new Set(config.layers.map(({ name }) => name));
  const [weightSpecs, pieces] = [[], []];
  let offset = 0;
  for (const { name, shape } of weightsManifest[0].weights) {
    const size = sizeOf(shape);
    const numbers = Array.from({ length: size }, (_, i) => bytes.readFloatLE(offset + 4 * i));
    offset += 4 * size;
    if (!kept.has(name.split('/')[0])) continue;
    const { bytes: integers, quantization } = quantized(numbers);
    weightSpecs.push({ name, shape, dtype: 'float32', quantization });
    pieces.push(integers);
  }
  const weights = Buffer.concat(pieces);
  const artifacts = { ...rest, modelTopology, weightSpecs };
  const weightData = Uint8Array.from(weights).buffer;
  const model = await tf.loadLayersModel(tf.io.fromMemory({ ...artifacts, weightData }));
  const image = decode(readFileSync(join(upscaler, 'assets/fixture.png')));
  const size = 8;
  const pixels = Array.from({ length: size * size * 3 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3 / size), Math.floor(i / 3) % size];
    return image.data[((row + 60) * image.width + column + 60) * image.channels + (i % 3)];
  });
  const inputs = [tf.tensor(Float32Array.from(pixels), [1, size, size, 3])];
  cases.push({
    name: 'upscaler',
    artifacts: { ...artifacts, weightData: weights.toString('base64') },
    inputs: await Promise.all(inputs.map(arrayOf)),
    outputs: [await arrayOf(model.predict(inputs[0]))],
  });
}

const about = {
  script: 'test/golden/make/tensorflow_js.mjs',
  versions: { '@tensorflow/tfjs': tf.version.tfjs, '@upscalerjs/default-model': '1.0.0', node: process.version },
  license: readFileSync(join(upscaler, 'LICENSE'), 'utf8'),
};
const lines = cases.map((each) => JSON.stringify(each)).join(',\n');
const text = `{"about": ${JSON.stringify(about)}, "cases": [\n${lines}\n]}\n`;
writeFileSync(new URL('../tensorflow-js.json.gz', import.meta.url), gzipSync(text, { level: 9 }));
console.log(`${cases.length} models, ${text.length} characters`);
