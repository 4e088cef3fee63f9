/**
 * Trains a network with NormalizationMonitor, and lets TensorBoard's own reader compare the event file with the CSV file:
 * scripts/check-tensorboard.py. Needs a build, and Python with tensorboard (EVENKEEL_PYTHON names it, else python3).
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Input, Sequential, layers, setRandomSeed } from 'evenkeel';
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
const script = fileURLToPath(new URL('check-tensorboard.py', import.meta.url));
const { status } = spawnSync(process.env.EVENKEEL_PYTHON ?? 'python3', [script, folder], { stdio: 'inherit' });
await rm(folder, { recursive: true });
process.exitCode = status ?? 1;
