import { expect, test } from 'vitest';
import { digitsFile } from '../../../playground/digits-plugin.ts';
import { makeNetwork } from '../../../playground/src/experiment/make-network.ts';
import { type NormalizationName, normalizations } from '../../../playground/src/experiment/normalizations.ts';
import { type Settings, defaultSettings } from '../../../playground/src/experiment/settings.ts';
import { type Progress, Trainer } from '../../../playground/src/training/trainer.ts';

const file = new Uint8Array(await digitsFile({ train: 24, t10k: 32 }));

async function prepared(settings: Partial<Settings> = {}): Promise<Trainer> {
  const trainer = new Trainer({ loadDigits: () => Promise.resolve(new Response(file)), chooseEngine: () => undefined });
  await trainer.prepare({ ...defaultSettings, batchSize: 8, ...settings }, 'digits.bin');
  return trainer;
}

async function progressOf(trainer: Trainer, steps: number): Promise<readonly Progress[]> {
  const all: Progress[] = [];
  await trainer.train((progress) => all.push(progress), steps);
  return all;
}

const only = <Kind extends Progress['kind']>(
  all: readonly Progress[],
  kind: Kind,
): Extract<Progress, { kind: Kind }>[] =>
  all.filter((each): each is Extract<Progress, { kind: Kind }> => each.kind === kind);

test('The playground trains both networks on the same batches, tests them after an epoch, and continues', async () => {
  const trainer = await prepared();
  const first = await progressOf(trainer, 3);
  expect(only(first, 'step').map(({ step, epoch }) => [step, epoch])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
  ]);
  const [test] = only(first, 'test');
  expect(test).toMatchObject({ step: 3, epoch: 1 });
  expect(test!.accuracies.plain).toBeGreaterThanOrEqual(0);
  const again = await progressOf(trainer, 1);
  expect(only(again, 'step').map(({ step, epoch }) => [step, epoch])).toEqual([[4, 2]]);
});

test('The playground observes that batch normalization standardizes each channel, and leaves its statistics alone', async () => {
  const observed = await progressOf(await prepared(), 2);
  const { input, output, plain } = only(observed, 'values').at(-1)!.values;
  expect(input.channels).toHaveLength(32);
  // A channel whose variance is near ε = 0.001 has a standard deviation below 1.
  const expected = input.channels.map(({ deviation }) => deviation / Math.sqrt(deviation ** 2 + 1e-3));
  output.channels.forEach(({ mean, deviation }, channel) => {
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(deviation - expected[channel]!)).toBeLessThan(0.05);
  });
  for (const { histogram } of [input, output, plain]) {
    expect(histogram!.shares.reduce((sum, share) => sum + share)).toBeGreaterThan(0.98);
  }
  const unobserved = await prepared();
  const steps: Progress[] = [];
  await unobserved.train((progress) => steps.push(progress), 1);
  await unobserved.train((progress) => steps.push(progress), 1);
  expect(only(steps, 'step')).toEqual(only(observed, 'step'));
});

test('Pausing ends a training of the playground after the present step', async () => {
  const trainer = await prepared();
  const all: Progress[] = [];
  await trainer.train((progress) => {
    all.push(progress);
    if (progress.kind === 'step') trainer.pause();
  });
  expect(only(all, 'step')).toHaveLength(1);
});

test('A learning rate of 0 that is set during a training of the playground stops the learning', async () => {
  const trainer = await prepared({ optimizer: 'SGD', normalization: 'layer' });
  const { pixels } = trainer.testDigit(0);
  await progressOf(trainer, 1);
  const before = await trainer.predict(pixels);
  trainer.setLearningRate(0);
  await progressOf(trainer, 1);
  expect(await trainer.predict(pixels)).toEqual(before);
  trainer.setLearningRate(0.1);
  await progressOf(trainer, 1);
  expect(await trainer.predict(pixels)).not.toEqual(before);
});

test('Test digits of the playground wrap around, and need digits', async () => {
  const trainer = await prepared();
  expect(trainer.testDigit(33)).toEqual(trainer.testDigit(1));
  expect(trainer.testDigit(0).label).toBe(7);
  expect(() => new Trainer().testDigit(0)).toThrow('There are no digits: call prepare first.');
  await expect(new Trainer().predict(new Float32Array(784))).rejects.toThrow(
    'There are no networks: call prepare first.',
  );
});

const names = Object.keys(normalizations) as NormalizationName[];

test.each(names)(
  'The networks of the playground with and without %s start alike and differ in that layer alone',
  (normalization) => {
    const settings = { ...defaultSettings, normalization };
    const [normalized, plain] = [makeNetwork(settings, true), makeNetwork(settings, false)];
    const { className, wraps } = normalizations[normalization];
    const classes = ['Conv2D', 'Conv2D', 'MaxPooling2D', 'Flatten', 'Dense'];
    expect(plain.model.layers.map((layer) => layer.className)).toEqual(classes);
    expect(normalized.model.layers.map((layer) => layer.className)).toEqual(
      wraps ? classes.with(1, className) : classes.toSpliced(2, 0, className),
    );
    expect(normalized.shown.className).toBe(className);
    const kernels = ({ model }: typeof plain): unknown[] =>
      model.trainableWeights.filter(({ name }) => name === 'kernel').map(({ value }) => value.data);
    expect(kernels(normalized)).toEqual(kernels(plain));
  },
);

test.each(['renorm', 'ghost', 'spectral'] as const)(
  'The playground trains, observes and tests a network with %s',
  async (normalization) => {
    const all = await progressOf(await prepared({ normalization }), 3);
    expect(only(all, 'step').every(({ results }) => Number.isFinite(results.normalized.loss))).toBe(true);
    expect(only(all, 'values').at(-1)!.values.output.histogram).not.toBeNull();
    expect(only(all, 'test')).toHaveLength(1);
  },
);
