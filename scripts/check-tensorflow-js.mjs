/**
 * Loads public models of TensorFlow.js from npm, and compares the predictions with those of TensorFlow.js itself; what is converted
 * to .keras predicts the same again. Needs a build.
 *
 *     npm run check:tensorflow-js -- [--folder=…]
 *
 * The packages have 300 MB, and are installed into a folder of their own; a given folder is kept, and used again.
 */
import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextEncoder, parseArgs } from 'node:util';
import { decode } from 'fast-png';
import { Layer, loadModel, ops, tensor } from 'evenkeel';

const PACKAGES = [
  '@tensorflow/tfjs@4.22.0',
  '@upscalerjs/default-model@1.0.0',
  '@upscalerjs/esrgan-thick@1.0.0',
  'nsfwjs@4.4.0',
];
/** Relative to the root mean square of the outputs: both compute in float32, in different orders. */
const TOLERANCE = 1e-4;

const { values } = parseArgs({ options: { folder: { type: 'string' } } });
const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'evenkeel-tensorflow-js-')));
await mkdir(folder, { recursive: true });
const modules = join(folder, 'node_modules');
if (!existsSync(join(modules, 'nsfwjs'))) {
  await writeFile(join(folder, 'package.json'), '{}');
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', ...PACKAGES],
    { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (status !== 0) throw new Error(stderr);
}
const require = createRequire(join(folder, 'package.json'));
const tf = require('@tensorflow/tfjs');
tf.env().set('PROD', true);
await tf.setBackend('cpu');

/** The files of a folder that a model.json names, by name. */
function filesOf(path) {
  const json = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'));
  const names = json.weightsManifest.flatMap(({ paths }) => paths);
  return { json, shards: names.map((name) => readFileSync(join(path, name))) };
}

function byTensorFlowJs({ json, shards }) {
  const weightSpecs = json.weightsManifest.flatMap(({ weights }) => weights);
  const weightData = Uint8Array.from(Buffer.concat(shards)).buffer;
  return tf.loadLayersModel(tf.io.fromMemory({ ...json, weightSpecs, weightData }));
}

// The layers that @upscalerjs/esrgan-thick registers in TensorFlow.js, there and here.
class MultiplyBetaJs extends tf.layers.Layer {
  static className = 'MultiplyBeta';
  constructor() {
    super({});
  }
  call(inputs) {
    return tf.mul([inputs].flat()[0], 0.2);
  }
}
class PixelShuffleJs extends tf.layers.Layer {
  static className = 'PixelShuffle2x';
  constructor() {
    super({});
  }
  computeOutputShape([batch, height, width]) {
    return [batch, height, width, 3];
  }
  call(inputs) {
    return tf.depthToSpace([inputs].flat()[0], 2, 'NHWC');
  }
}
tf.serialization.registerClass(MultiplyBetaJs);
tf.serialization.registerClass(PixelShuffleJs);

class MultiplyBeta extends Layer {
  static className = 'MultiplyBeta';
  constructor({ beta = 0.2, ...options } = {}) {
    super(options);
    this.beta = beta;
  }
  call(x) {
    return ops.multiply(x, this.beta);
  }
  getConfig() {
    return { ...super.getConfig(), beta: this.beta };
  }
}
class PixelShuffle2x extends Layer {
  static className = 'PixelShuffle2x';
  constructor({ scale = 2, ...options } = {}) {
    super(options);
    this.scale = scale;
  }
  call(x) {
    return ops.depthToSpace(x, this.scale);
  }
  getConfig() {
    return { ...super.getConfig(), scale: this.scale };
  }
}

/** A square of an image, from its top left. */
function square(path, size, channels = 3) {
  const image = decode(readFileSync(path));
  const pixels = [];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let c = 0; c < channels; c++) pixels.push(image.data[(y * image.width + x) * image.channels + c]);
    }
  }
  return { pixels, shape: [1, size, size, channels] };
}

const upscaler = join(modules, '@upscalerjs/default-model');
const esrgan = join(modules, '@upscalerjs/esrgan-thick');
const image = join(upscaler, 'assets/fixture.png');
const nsfwjs = join(modules, 'nsfwjs/dist/models/mobilenet_v2');
const wave = (shape) => ({
  pixels: Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i) / 2 + 0.5),
  shape,
});
const nsfwjsFiles = () => {
  const shard = Buffer.from(require(join(nsfwjs, 'group1-shard1of1.min.js')), 'base64');
  return { json: require(join(nsfwjs, 'model.min.js')), shards: [shard] };
};

const models = [
  {
    name: '@upscalerjs/default-model',
    files: () => filesOf(join(upscaler, 'models')),
    source: join(upscaler, 'models/model.json'),
    input: square(image, 32),
  },
  {
    name: '@upscalerjs/esrgan-thick, 2x',
    files: () => filesOf(join(esrgan, 'models/x2')),
    source: join(esrgan, 'models/x2/model.json'),
    customObjects: { MultiplyBeta, PixelShuffle2x },
    input: { ...square(image, 16), scale: 1 / 255 },
  },
  { name: 'nsfwjs, MobileNetV2 in uint8', files: nsfwjsFiles, input: wave([1, 224, 224, 3]) },
];

function errorOf(actual, expected) {
  const rms = Math.sqrt(expected.reduce((sum, each) => sum + each * each, 0) / expected.length);
  return actual.reduce((worst, each, i) => Math.max(worst, Math.abs(each - expected[i])), 0) / rms;
}

/** Compares one model. Returns whether it predicts the same. */
async function check({ name, files, source, customObjects = {}, input }) {
  const read = files();
  const { pixels, shape, scale = 1 } = input;
  const numbers = Float32Array.from(pixels, (pixel) => pixel * scale);
  const theirs = await (await byTensorFlowJs(read)).predict(tf.tensor(numbers, shape)).data();
  const names = read.json.weightsManifest.flatMap(({ paths }) => paths);
  const record = {
    'model.json': new TextEncoder().encode(JSON.stringify(read.json)),
    ...Object.fromEntries(names.map((path, i) => [path, read.shards[i]])),
  };
  const model = await loadModel(source ?? record, { customObjects });
  const again = await loadModel(await model.toBytes('keras'), { customObjects });
  const errors = [];
  for (const each of [model, again]) {
    const { data } = await each.predict(tensor(numbers, shape), { verbose: 0 });
    errors.push(data.length === theirs.length ? errorOf(data, theirs) : NaN);
  }
  const isSame = errors.every((error) => error < TOLERANCE);
  const shown = errors.map((error) => error.toExponential(1)).join(', as .keras ');
  console.log(`${isSame ? 'fine ' : 'WRONG'} ${name}: ${model.countParams()} parameters, error ${shown}`);
  return isSame;
}

const failures = [];
for (const model of models) {
  const isSame = await check(model).catch((error) => console.log(`WRONG ${model.name}: ${error.message}`));
  if (isSame !== true) failures.push(model.name);
}
if (values.folder === undefined) await rm(folder, { recursive: true });
console.log(failures.length === 0 ? 'all as in TensorFlow.js' : `${failures.length} failed: ${failures.join(', ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
