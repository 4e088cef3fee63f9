/**
 * Lets Keras write the networks of keras.applications with random weights, opens them, also by the functions of
 * evenkeel/applications, and holds the predictions against Keras's; what is written of them here, Keras opens again. Needs a
 * build, and Python with Keras 3.
 *
 *     EVENKEEL_PYTHON=~/peers/bin/python npm run check:applications -- [--folder=…] [--threads=2] [NAME …]
 *
 * With a folder the files stay there; else each network's are deleted when it is done: VGG16's are 2 GB.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const NETWORKS = [
  ...['MobileNet', 'MobileNetV2', 'MobileNetV3Small', 'MobileNetV3Large', 'EfficientNetB0', 'EfficientNetV2B0'],
  ...['DenseNet121', 'ResNet50', 'ResNet50V2', 'NASNetMobile', 'Xception', 'InceptionV3', 'InceptionResNetV2'],
  ...['ConvNeXtTiny', 'VGG16'],
];
/** In deviations of the outputs. */
const TOLERANCE = 1e-4;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string' }, threads: { type: 'string', default: '2' } },
});
const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'evenkeel-applications-')));
await mkdir(folder, { recursive: true });

/** What a script prints; throws what it complains of. */
function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr.trim() || `${command} ended with ${status}`);
  return stdout;
}

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = (...args) => run(process.env.EVENKEEL_PYTHON ?? 'python3', script('make-applications.py'), ...args);

const columns = [
  ['network', 18],
  ['parameters', 12],
  ['error', 9],
  ['baked', 9],
  ['.h5', 9],
  ['function', 10],
  ['folded', 9],
  ['ONNX', 9],
  ['merged', 10],
  ['Keras', 9],
  ['load ms', 9],
  ['first ms', 9],
  ['later ms', 9],
  ['peak MB', 9],
];
const line = (cells) => cells.map((cell, i) => String(cell)[i === 0 ? 'padEnd' : 'padStart'](columns[i][1])).join('');
const short = (error) => error.toExponential(1);

/** One network: written by Keras, opened here, written here, opened by Keras. */
function check(name) {
  python('make', folder, name);
  const found = JSON.parse(run(process.execPath, script('open-application.mjs'), folder, name, values.threads));
  const { parameters, error, baked, old, own, merged, onnx, keras, load, first, later, peak } = found;
  const errors = [error, baked, old, own, merged, onnx];
  const counts = `${found.folded}/${found.normalizations}`;
  const times = [load, first, later].map((time) => time.toFixed(0));
  console.log(line([name, parameters, ...errors.map(short), counts, short(keras), ...times, (peak / 1e6).toFixed(0)]));
  const worst = Math.max(...errors);
  if (!(worst < TOLERANCE)) throw new Error(`off by ${worst} of a deviation`);
  python('open', folder, name);
}

console.log(line(columns.map(([title]) => title)));
const failures = [];
for (const name of positionals.length === 0 ? NETWORKS : positionals) {
  try {
    check(name);
  } catch (error) {
    failures.push(name);
    console.log(`${name}: ${error.message}`);
  }
  if (values.folder === undefined) {
    const files = (await readdir(folder)).filter((file) => file.startsWith(`${name}.`));
    await Promise.all(files.map((file) => rm(join(folder, file))));
  }
}
if (values.folder === undefined) await rm(folder, { recursive: true });
console.log(failures.length === 0 ? 'all as in Keras' : `${failures.length} failed: ${failures.join(', ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
