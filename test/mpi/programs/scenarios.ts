/**
 * A program that each process of a world runs: trains networks on one process or on several, and writes what became of them.
 * Arguments: a folder for a file of each process, and the names of scenarios.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import {
  Input,
  type Layer,
  type Model,
  Sequential,
  type Tensor,
  distribution,
  jit,
  layers,
  ops,
  optimizers,
  tensor,
} from 'evenkeel';
import { resnet20 } from '../../../bench/resnet20.ts';
import { lcg } from '../../support/lcg.ts';

/** The result of a scenario in one process. */
export interface Outcome {
  readonly scenario: string;
  readonly rank: number;
  readonly losses: readonly number[];
  /** A checksum of all weights, in hexadecimal: equal for equal bits. */
  readonly bits: string;
  /** The weights, of networks that have few. */
  readonly weights: readonly number[];
}

type Scenario = () => Promise<Omit<Outcome, 'scenario' | 'rank'>>;

const STEPS = 10;

function initialize(model: Model, dtype: 'float32' | 'float64'): void {
  model.setWeights(
    model.weights.map(({ name, shape, size }, k) => {
      if (name !== 'kernel')
        return tensor(new Float64Array(size).fill(/gamma|variance/.test(name) ? 1 : 0), shape, dtype);
      const limit = Math.sqrt(6 / (size / (shape.at(-1) ?? 1)));
      return tensor(lcg(shape, 1000 + k, -limit, limit), shape, dtype);
    }),
  );
}

/** Ten steps, each with a batch of all processes. */
async function train(model: Model, x: Tensor, y: Tensor, steps = STEPS): ReturnType<Scenario> {
  const found: number[] = [];
  for (let step = 0; step < steps; step++) found.push((await model.trainOnBatch(x, y))['loss'] ?? NaN);
  const weights = model.getWeights();
  const count = weights.reduce((sum, { size }) => sum + size, 0);
  const hash = createHash('sha256');
  for (const { data } of weights) hash.update(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return {
    losses: found,
    bits: hash.digest('hex'),
    weights: count > 5000 ? [] : weights.flatMap(({ data }) => [...data]),
  };
}

/** The network of bench/article.mjs, whose statistics are pooled. */
function article(): Model {
  const model = new Sequential([
    Input({ shape: [12, 12, 1] }),
    new layers.Conv2D(32, 3, { activation: 'relu' }),
    new layers.Conv2D(32, 3, { activation: 'relu' }),
    new layers.BatchNormalization({ synchronized: true }),
    new layers.MaxPooling2D(),
    new layers.Flatten(),
    new layers.Dense(10, { activation: 'softmax' }),
  ]);
  initialize(model, 'float32');
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  return model;
}

/** Two layers whose gradients travel in messages of their own: 26 MiB each. */
function wide(): Model {
  const units = 2600;
  const model = new Sequential([
    Input({ shape: [units] }),
    new layers.Dense(units, { activation: 'relu' }),
    new layers.Dense(units),
  ]);
  initialize(model, 'float32');
  model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.01 }), loss: 'mse' });
  return model;
}

/** Three hidden layers of sigmoids, in double precision. */
function dense(isNormalized: boolean): Model {
  const dtype = 'float64';
  const hidden = (): Layer[] => [
    new layers.Dense(20, { dtype }),
    ...(isNormalized ? [new layers.BatchNormalization({ dtype, synchronized: true })] : []),
    new layers.Activation('sigmoid', { dtype }),
  ];
  const model = new Sequential([
    Input({ shape: [12], dtype }),
    ...[hidden(), hidden(), hidden()].flat(),
    new layers.Dense(4, { dtype }),
  ]);
  initialize(model, dtype);
  const optimizer = new optimizers.SGD({ learningRate: 0.2, momentum: 0.9 });
  model.compile({ optimizer, loss: 'mse' });
  return model;
}

// A prime number of rows: the parts are unequal for 2, 3 and 4 processes.
const ROWS = 23;
const classes = (rows: number): Tensor => tensor(Int32Array.from({ length: rows }, (_, i) => (7 * i) % 10));
const x = tensor(lcg([ROWS, 12], 1, -1, 1), [ROWS, 12], 'float64');
const y = tensor(lcg([ROWS, 4], 2, -1, 1), [ROWS, 4], 'float64');

/** Trains until something ends it, and says how far it has come. */
async function trainForever(folder: string, rank: number): Promise<never> {
  const model = dense(true);
  for (let step = 1; ; step++) {
    await model.trainOnBatch(x, y);
    writeFileSync(`${folder}/${rank}.step`, String(step));
  }
}

const scenarios: Readonly<Record<string, Scenario>> = {
  article32: () => train(article(), tensor(lcg([ROWS, 12, 12, 1], 3, 0, 1), [ROWS, 12, 12, 1]), classes(ROWS)),
  dense64: () => train(dense(false), x, y),
  synchronized64: () => train(dense(true), x, y),
  wide: () =>
    train(wide(), tensor(lcg([3, 2600], 5, -1, 1), [3, 2600]), tensor(lcg([3, 2600], 6, -1, 1), [3, 2600]), 4),
  resnet20: () => {
    const model = resnet20({ shape: [8, 8, 3], synchronized: true });
    initialize(model, 'float32');
    model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.01 }), loss: 'sparse_categorical_crossentropy' });
    return train(model, tensor(lcg([12, 8, 8, 3], 100, 0, 1), [12, 8, 8, 3]), classes(12));
  },
};

const [folder = '.', ...names] = process.argv.slice(2);
await distribution.initialize({ timeout: names.includes('forever') ? 8 : 1800 });
distribution.setDistribution(new distribution.DataParallel());
const rank = distribution.rank();
const outcomes: Outcome[] = [];
writeFileSync(`${folder}/${rank}.pid`, String(process.pid));
for (const scenario of names) {
  if (scenario === 'forever') await trainForever(folder, rank);
  if (scenario === 'throw' || scenario === 'kill' || scenario === 'leave') {
    await jit((x) => ops.allReduce(x))([1]);
    // The others wait for this process.
    if (rank === 1 && scenario === 'throw') throw new Error('the error of process 1');
    if (rank === 1 && scenario === 'kill') process.kill(process.pid, 'SIGKILL');
    if (rank === 1) process.exit(0);
    await jit((x) => ops.allReduce(x))([1]);
    continue;
  }
  const outcome = await scenarios[scenario]?.();
  if (outcome === undefined) throw new Error(`there is no scenario ${scenario}.`);
  outcomes.push({ scenario, rank, ...outcome });
}
// A launcher mixes the lines of long outputs.
writeFileSync(`${folder}/${rank}.json`, JSON.stringify(outcomes));
