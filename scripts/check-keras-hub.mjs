/**
 * Trains the models of test/golden/hub-files, which hold layers of keras-hub, for a step, writes them, and lets keras-hub open
 * the files and predict: scripts/check-keras-hub.py. Needs a build, Python with Keras 3 (EVENKEEL_PYTHON names it, else
 * python3), and a checkout of keras-hub, which EVENKEEL_KERAS_HUB names.
 *
 *     EVENKEEL_KERAS_HUB=~/keras-hub npm run check:keras-hub
 */
import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel, tensor } from 'evenkeel';
import 'evenkeel/hub';

const place = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** An array of the golden data as a tensor. */
function arrayOf({ $array: { dtype, shape, values, base64 } }) {
  const types = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  const bytes = base64 === undefined ? null : Uint8Array.from(Buffer.from(base64, 'base64'));
  return tensor(bytes === null ? types[dtype].from(values) : new types[dtype](bytes.buffer), shape, dtype);
}

const one = (list) => (list.length === 1 ? list[0] : list);
const plain = ({ data, shape, dtype }) => ({ data: [...data], shape, dtype });

const folder = await mkdtemp(join(tmpdir(), 'evenkeel-hub-'));
const entries = [];
const { cases } = JSON.parse(await readFile(place('test/golden/hub-files.json'), 'utf8'));
for (const { file, inputs, targets } of cases) {
  const model = await loadModel(place(`test/golden/hub-files/${file}`));
  const feeds = inputs.map(arrayOf);
  if (targets !== undefined) await model.trainOnBatch(one(feeds), arrayOf(targets[0]));
  await model.save(join(folder, file));
  entries.push({ file, inputs: feeds.map(plain), output: plain(await model.predict(one(feeds), { verbose: 0 })) });
}
await writeFile(join(folder, 'manifest.json'), JSON.stringify(entries));
const python = process.env.EVENKEEL_PYTHON ?? 'python3';
const { status } = spawnSync(python, [place('scripts/check-keras-hub.py'), folder], { stdio: 'inherit' });
await rm(folder, { recursive: true });
process.exitCode = status ?? 1;
