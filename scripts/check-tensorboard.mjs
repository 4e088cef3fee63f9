/**
 * Trains a network with NormalizationMonitor and with the callback TensorBoard, and lets TensorBoard's own reader compare
 * the event files with a CSV file, with the history and with the weights: scripts/check-tensorboard.py. Needs a build, and
 * Python with tensorboard (EVENKEEL_PYTHON names it, else python3).
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Input, Model, Sequential, layers, setRandomSeed } from 'evenkeel';
import { TensorBoard } from 'evenkeel/callbacks';
import { NormalizationMonitor } from 'evenkeel/normalization';

setRandomSeed(1);
const model = new Sequential([
  Input({ shape: [4] }),
  new layers.Dense(40, { name: 'dense' }),
  new layers.BatchNormalization({ name: 'bn' }),
  new layers.Activation('relu', { name: 'act' }),
  new layers.LayerNormalization({ name: 'ln' }),
  new layers.Dense(1, { name: 'last' }),
]);
model.compile({ optimizer: 'adam', loss: 'mse' });
const x = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(i), Math.sin(i * i), (i % 7) / 7]);
const y = x.map(([a, b]) => [a * b]);

const folder = await mkdtemp(join(tmpdir(), 'evenkeel-tensorboard-'));
const monitor = new NormalizationMonitor({
  ...{ probe: [x, y], updateFreq: 2, inputsOf: ['act'], gradients: 'all' },
  ...{ filename: join(folder, 'bn.csv'), logDir: join(folder, 'events') },
});
await model.fit(x, y, { epochs: 4, batchSize: 16, verbose: 0, callbacks: [monitor] });

const words = Input({ shape: [4], name: 'words' });
const embedded = new layers.Embedding(8, 3, { name: 'table' }).apply(words);
const pooled = new layers.GlobalAveragePooling1D({ name: 'pool' }).apply(embedded);
const second = new Model({ inputs: words, outputs: new layers.Dense(1, { name: 'out' }).apply(pooled), name: 'text' });
second.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
const board = new TensorBoard(join(folder, 'logs'), {
  ...{ histogramFreq: 1, writeImages: true, writeStepsPerSecond: true, updateFreq: 'batch', embeddingsFreq: 1 },
});
const tokens = x.map((_, i) => [i % 8, (3 * i) % 8, (5 * i) % 8, 7]);
const { history } = await second.fit(tokens, y, {
  ...{ epochs: 3, batchSize: 16, verbose: 0, validationSplit: 0.25, callbacks: [board] },
});
const weights = second.weights.map(({ path, value }) => ({ path, values: value.toArray() }));
await writeFile(join(folder, 'training.json'), JSON.stringify({ history, weights, json: second.toJson() }));

const script = fileURLToPath(new URL('check-tensorboard.py', import.meta.url));
const { status } = spawnSync(process.env.EVENKEEL_PYTHON ?? 'python3', [script, folder], { stdio: 'inherit' });
await rm(folder, { recursive: true });
process.exitCode = status ?? 1;
