import { describe, expect, test } from 'vitest';
import { setRandomSeed } from '../../../../src/core/random.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { Model, Sequential } from '../../../../src/keras/models/index.ts';
import { diagnoseNormalization } from '../../../../src/tools/normalization/index.ts';
import { lcg } from '../../../support/lcg.ts';

const SIZE = 8;
const PIXELS = SIZE * SIZE;

/** Images of four classes: a pattern for each, weaker and stronger, with noise; brightness is positive, as of photographs. */
function images(rows: number, seed: number): { x: Tensor; y: Tensor } {
  const [patterns, noise, strength] = [lcg([4, PIXELS], 50), lcg([rows, PIXELS], seed), lcg([rows], seed + 1)];
  const y = Int32Array.from({ length: rows }, (_, i) => (i * 3 + seed) % 4);
  const x = Float32Array.from(noise, (value, i) => {
    const row = Math.floor(i / PIXELS);
    return Math.max(0, 0.5 + (0.6 + 0.3 * strength[row]!) * patterns[y[row]! * PIXELS + (i % PIXELS)]! + 0.5 * value);
  });
  return { x: new Tensor(x, [rows, SIZE, SIZE, 1]), y: new Tensor(y, [rows]) };
}

const train = images(640, 1);
const held = images(256, 2);

type Norm = () => layers.Layer;
type Output = ReturnType<typeof Input>;

const softmax = (): layers.Layer => new layers.Dense(4, { activation: 'softmax' });
const call = (x: Output, ...list: layers.Layer[]): Output => list.reduce((y, layer) => layer.apply(y), x);

const dense = (norm: Norm, isAfter = false): Sequential =>
  new Sequential([
    Input({ shape: [SIZE, SIZE, 1] }),
    new layers.Flatten(),
    ...[24, 16].flatMap((units) => [
      new layers.Dense(units),
      ...(isAfter ? [new layers.Activation('tanh'), norm()] : [norm(), new layers.ReLU()]),
    ]),
    softmax(),
  ]);

const convolutional = (norm: Norm): Sequential =>
  new Sequential([
    Input({ shape: [SIZE, SIZE, 1] }),
    ...[
      new layers.Conv2D(8, 3, { useBias: false, padding: 'same' }),
      norm(),
      new layers.ReLU(),
      new layers.MaxPooling2D(2),
    ],
    ...[new layers.Conv2D(12, 3, { useBias: false }), norm(), new layers.ReLU(), new layers.Flatten(), softmax()],
  ]);

function residual(norm: Norm): Model {
  const x = Input({ shape: [SIZE, SIZE, 1] });
  const conv = (): layers.Layer => new layers.Conv2D(8, 3, { padding: 'same', useBias: false });
  const stem = call(x, conv(), norm(), new layers.ReLU());
  const last = new layers.BatchNormalization({ momentum: 0.9, gammaInitializer: 'zeros' });
  const branch = call(stem, conv(), norm(), new layers.ReLU(), conv(), last);
  const sum = new layers.Add().apply([stem, branch]);
  return new Model({
    inputs: x,
    outputs: call(sum, new layers.ReLU(), new layers.GlobalAveragePooling2D(), softmax()),
  });
}

function nested(norm: Norm): Model {
  const x = Input({ shape: [SIZE, SIZE, 1] });
  const body = new Sequential([Input({ shape: [SIZE, SIZE, 1] }), new layers.Conv2D(8, 3), norm(), new layers.ReLU()]);
  const head = new Sequential([Input({ shape: [288] }), new layers.Dense(12), norm(), new layers.ReLU(), softmax()]);
  return new Model({ inputs: x, outputs: call(x, body, new layers.Flatten(), head) });
}

const channelsFirst = (): Sequential =>
  new Sequential([
    Input({ shape: [SIZE, SIZE, 1] }),
    new layers.Permute([3, 1, 2]),
    new layers.Conv2D(8, 3, { dataFormat: 'channels_first' }),
    new layers.BatchNormalization({ momentum: 0.9, axis: 1 }),
    ...[new layers.ReLU(), new layers.Flatten(), softmax()],
  ]);

const batch =
  (options: layers.BatchNormalizationOptions = {}): Norm =>
  () =>
    new layers.BatchNormalization({ momentum: 0.9, ...options });

const networks: Readonly<Record<string, () => Model>> = {
  'a dense network': () => dense(batch()),
  'a dense network with normalization after the activations': () => dense(batch(), true),
  'a dense network with renorm': () => dense(batch({ renorm: true })),
  'a convolutional network': () => convolutional(batch()),
  'a network with channels first': channelsFirst,
  'a residual network with γ = 0 at first': () => residual(batch()),
  'a model in a model': () => nested(batch()),
  'a network with layer normalization only': () => dense(() => new layers.LayerNormalization()),
  'a network with group normalization only': () => convolutional(() => new layers.GroupNormalization({ groups: 4 })),
};
const withBatchNormalization = Object.keys(networks).filter((name) => !name.includes('only'));

async function trained(name: string, batchSize = 32, epochs = 3): Promise<Model> {
  setRandomSeed(11);
  const model = networks[name]!();
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  await model.fit(train.x, train.y, { batchSize, epochs, verbose: 0 });
  return model;
}

/** A model with the same weights, of which no history of training is known. */
function copyOf(name: string, model: Model): Model {
  const copy = networks[name]!();
  copy.setWeights(model.getWeights());
  return copy;
}

const normalizationsOf = (model: Model): layers.BatchNormalization[] =>
  model.sublayers.flatMap((layer) => [
    ...(layer instanceof layers.BatchNormalization ? [layer] : []),
    ...(layer instanceof Model ? normalizationsOf(layer as Model) : []),
  ]);

const kindsOf = async (model: Model, x: Tensor, options: object = {}): Promise<string[]> =>
  (await diagnoseNormalization(model, x, options)).findings.map(({ kind }) => kind);

const mapped = (x: Tensor, change: (value: number) => number): Tensor =>
  new Tensor(Float32Array.from(x.data as Float32Array, change), x.shape);

describe.each(Object.keys(networks))('%s', (name) => {
  test(`${name} that is healthy has no findings, on the data of training and on other data, with history and without`, async () => {
    const model = await trained(name);
    for (const { x } of [train, held]) {
      expect(await kindsOf(model, x)).toEqual([]);
      expect(await kindsOf(copyOf(name, model), x)).toEqual([]);
    }
  });

  test.for([
    [8, 1],
    [128, 10],
  ])(`${name} that was trained in batches of %i has no findings`, async ([batchSize, epochs]) => {
    const model = await trained(name, batchSize, epochs);
    expect(await kindsOf(model, held.x, { batchSize })).toEqual([]);
    expect(await kindsOf(copyOf(name, model), held.x)).toEqual([]);
  });
});

describe.each(withBatchNormalization)('%s that is broken', (name) => {
  test(`${name} with statistics that were never updated, in another order, or of other data is diagnosed`, async () => {
    const model = await trained(name);
    const first = (kinds: readonly string[]): string | undefined => kinds[0];

    const cold = copyOf(name, model);
    for (const { movingMean, movingVariance } of normalizationsOf(cold)) {
      movingMean.assign(mapped(movingMean.value, () => 0));
      movingVariance.assign(mapped(movingVariance.value, () => 1));
    }
    expect(first(await kindsOf(cold, held.x))).toBe('not-warmed-up');

    const shuffled = copyOf(name, model);
    for (const { movingMean, movingVariance } of normalizationsOf(shuffled)) {
      for (const each of [movingMean, movingVariance]) {
        each.assign(new Tensor(each.value.data.toReversed(), each.shape));
      }
    }
    expect(first(await kindsOf(shuffled, held.x))).toBe('shuffled-statistics');

    for (const change of [
      (value: number) => 1.5 - value,
      (value: number) => 255 * value,
      (value: number) => value / 5,
    ]) {
      for (const each of [model, copyOf(name, model)]) {
        expect(await kindsOf(each, mapped(held.x, change))).toEqual(['domain-shift']);
      }
    }
  });
});
