/**
 * A process of the bench of scaling: trains a network on its part of each batch, and prints a line of JSON with the time of a
 * step and its messages. Arguments: the network, the rows of each process, steps before and during the measurement, and `cuts`
 * to cut the programs of one process as if there were a second one, which costs nothing.
 */
import process from 'node:process';
import { BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { type Model, Sequential, distribution, setThreads, tensor } from 'evenkeel';
import { type Communicator, setWorld, world } from '../src/core/world.ts';
import { resnet20 } from './resnet20.ts';

const [network = '', rows = '', warmup = '', samples = '', mode = ''] = process.argv.slice(2);

const article = (synchronized: boolean): Model =>
  new Sequential([
    new Conv2D(32, 3, { activation: 'relu' }),
    new Conv2D(32, 3, { activation: 'relu' }),
    new BatchNormalization({ synchronized }),
    new MaxPooling2D(),
    new Flatten(),
    new Dense(10, { activation: 'softmax' }),
  ]);

const networks: Readonly<Record<string, { make: () => Model; row: readonly number[] }>> = {
  article: { make: () => article(false), row: [28, 28, 1] },
  'article-synchronized': { make: () => article(true), row: [28, 28, 1] },
  resnet20: { make: () => resnet20(), row: [32, 32, 3] },
  'resnet20-synchronized': { make: () => resnet20({ synchronized: true }), row: [32, 32, 3] },
};

/** A world of which the other process computes zeros. */
const imagined: Communicator = {
  rank: 0,
  size: 2,
  allReduce: () => Promise.resolve(),
  broadcast: () => Promise.resolve(),
  allGather: (bytes) => Promise.resolve([bytes, bytes]),
};

setThreads(1);
await distribution.initialize();
if (mode === 'cuts') setWorld(imagined);
const joined = world();
let [messages, bytes] = [0, 0];
if (joined.size > 1) {
  setWorld({
    rank: joined.rank,
    size: joined.size,
    allReduce: (values) => {
      messages++;
      bytes += values.byteLength;
      return joined.allReduce(values);
    },
    broadcast: (values, root) => joined.broadcast(values, root),
    allGather: (values) => joined.allGather(values),
  });
}
distribution.setDistribution(new distribution.DataParallel());

const chosen = networks[network];
if (chosen === undefined) throw new Error(`there is no network ${network}.`);
const count = Number(rows) * joined.size;
const shape = [count, ...chosen.row];
const x = tensor(
  Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => ((i * 7919) % 1009) / 1009),
  shape,
);
const y = tensor(Int32Array.from({ length: count }, (_, i) => (7 * i) % 10));
const model = chosen.make();
model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
for (let i = 0; i < Number(warmup); i++) await model.trainOnBatch(x, y);
[messages, bytes] = [0, 0];
const times: number[] = [];
for (let i = 0; i < Number(samples); i++) {
  const started = performance.now();
  await model.trainOnBatch(x, y);
  times.push(performance.now() - started);
}
const median = times.sort((a, b) => a - b)[times.length >> 1];
if (joined.rank === 0) {
  const steps = times.length;
  process.stdout.write(`${JSON.stringify({ time: median, messages: messages / steps, bytes: bytes / steps })}\n`);
}
