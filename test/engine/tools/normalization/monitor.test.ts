import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { setRandomSeed } from '../../../../src/core/random.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { LambdaCallback } from '../../../../src/keras/callbacks/index.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { Model, Sequential } from '../../../../src/keras/models/index.ts';
import { NormalizationMonitor, type NormalizationMonitorOptions } from '../../../../src/tools/normalization/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';
import { readEvents } from '../../../support/read-events.ts';

const x = new Tensor(lcg([24, 6], 1), [24, 6]);
const y = new Tensor(
  lcg([24, 2], 2).map((value) => value * 3),
  [24, 2],
);

/** A network with dropout, so that a draw of the monitor would be seen in the training. */
function network(): Sequential {
  setRandomSeed(7);
  const model = new Sequential(
    [
      Input({ shape: [6] }),
      new layers.Dense(5, { name: 'first' }),
      new layers.BatchNormalization({ name: 'bn', momentum: 0.8 }),
      new layers.Activation('sigmoid', { name: 'act' }),
      new layers.Dropout(0.3),
      new layers.LayerNormalization({ name: 'ln' }),
      new layers.Dense(2, { name: 'last' }),
    ],
    { name: 'net' },
  );
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  return model;
}

async function train(
  model: Sequential,
  options: NormalizationMonitorOptions,
  epochs = 2,
): Promise<NormalizationMonitor> {
  const monitor = new NormalizationMonitor(options);
  await model.fit(x, y, { epochs, batchSize: 8, verbose: 0, callbacks: [monitor] });
  return monitor;
}

const bytesOf = (model: Model): readonly unknown[] => [
  ...model.getWeights().map(({ data }) => [...data]),
  ...model.optimizer.variables.map(({ value }) => [...value.data]),
];

describe('NormalizationMonitor', () => {
  test('weights and losses after training are equal to the bit with and without the monitor', async () => {
    const alone = network();
    const history = await alone.fit(x, y, { epochs: 2, batchSize: 8, verbose: 0, validationSplit: 0.25 });
    const watched = network();
    const monitor = new NormalizationMonitor({
      ...{ probe: [x, y], updateFreq: 1, inputsOf: ['act', 'last'], gradients: 'all' },
    });
    const callbacks = [monitor];
    const same = await watched.fit(x, y, { epochs: 2, batchSize: 8, verbose: 0, validationSplit: 0.25, callbacks });
    expect(monitor.records.length).toBe(7);
    expect(bytesOf(watched)).toEqual(bytesOf(alone));
    expect(same.history).toEqual(history.history);
  });

  test('records hold the weights of each normalization layer at the end of each epoch', async () => {
    const model = network();
    const bn = model.getLayer('bn') as layers.BatchNormalization;
    const seen: unknown[] = [];
    const look = (): unknown => seen.push(bn.getWeights().map((weight) => weight.toArray()));
    const monitor = new NormalizationMonitor();
    const callbacks = [monitor, new LambdaCallback({ onTrainBegin: () => void look(), onEpochEnd: () => void look() })];
    await model.fit(x, y, { epochs: 2, batchSize: 8, verbose: 0, callbacks });
    const { records } = monitor;
    expect(records.map(({ step, epoch }) => [step, epoch])).toEqual([
      [0, 0],
      [3, 0],
      [6, 1],
    ]);
    expect(
      records.map(({ layers: [first] }) => [first?.gamma, first?.beta, first?.movingMean, first?.movingVariance]),
    ).toEqual(seen);
    expect(records[0]?.layers.map(({ layer }) => layer)).toEqual(['bn', 'ln']);
    expect(records[2]?.layers[1]).toMatchObject({ batchMean: null, movingMean: null, movingVariance: null });
    expect(records[2]?.layers[0]).toMatchObject({ batchMean: null, batchVariance: null });
    expect(JSON.parse(JSON.stringify(records))).toEqual(records);
  });

  test('batch statistics and percentiles are those of the probe at the input of the layer', async () => {
    const model = network();
    const { records } = await train(model, { probe: [x], inputsOf: ['bn'], unit: 1, percentiles: [0, 15, 50, 100] }, 1);
    const inputs = new Model({ inputs: model.inputs, outputs: (model.getLayer('first') as layers.Dense).output });
    const { data } = await inputs.predict(x);
    const unit = Array.from({ length: 24 }, (_, row) => Number(data[row * 5 + 1]));
    const mean = unit.reduce((sum, value) => sum + value, 0) / 24;
    const variance = unit.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 24;
    const last = records.at(-1)!;
    expectClose([last.layers[0]!.batchMean![1]!, last.layers[0]!.batchVariance![1]!], [mean, variance], { rtol: 1e-5 });
    const sorted = [...unit].sort((a, b) => a - b);
    // numpy.percentile: 15 % of 23 intervals is position 3.45, and 50 % is 11.5.
    const at = (position: number): number => {
      const below = Math.floor(position);
      return sorted[below]! + (sorted[below + 1]! - sorted[below]!) * (position - below);
    };
    expectClose(last.inputs['bn']!, [sorted[0]!, at(3.45), at(11.5), sorted[23]!], { rtol: 1e-5 });
  });

  test('norms of gradients are those of the loss in a training step', async () => {
    const model = new Sequential(
      [
        Input({ shape: [1] }),
        new layers.BatchNormalization({ name: 'bn', epsilon: 1e-12 }),
        new layers.Dense(1, { name: 'dense', useBias: false, kernelInitializer: 'ones' }),
      ],
      { name: 'net' },
    );
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    // Normalized: -1 and 1, whose errors are -1 and -2; ∂loss/∂y = error, so γ: 1 − 2 = -1, β: -3, kernel as γ.
    const sgd = { optimizer: 'sgd', loss: 'mse' } as const;
    const all = new NormalizationMonitor({
      probe: [
        [[1], [3]],
        [[0], [3]],
      ],
      gradients: 'all',
    });
    await model.fit([[1], [3]], [[0], [3]], { verbose: 0, callbacks: [all] });
    const { gradientNorms } = all.records[0]!;
    expect(Object.keys(gradientNorms)).toEqual(['net/bn/gamma', 'net/bn/beta', 'net/dense/kernel']);
    expectClose(Object.values(gradientNorms), [1, 3, 1], { rtol: 1e-4 });
    model.compile(sgd);
    const some = new NormalizationMonitor({
      probe: [
        [[1], [3]],
        [[0], [3]],
      ],
      gradients: 'normalization',
    });
    await model.fit([[1], [3]], [[0], [3]], { verbose: 0, callbacks: [some] });
    expect(Object.keys(some.records[0]!.gradientNorms)).toEqual(['net/bn/gamma', 'net/bn/beta']);
  });

  test('the interval counts steps over all epochs, and a second training starts its own records', async () => {
    const monitor = new NormalizationMonitor({ updateFreq: 2 });
    const model = network();
    await model.fit(x, y, { epochs: 2, batchSize: 8, verbose: 0, callbacks: [monitor] });
    expect(monitor.records.map(({ step }) => step)).toEqual([0, 2, 4, 6]);
    await model.fit(x, y, { batchSize: 8, verbose: 0, callbacks: [monitor] });
    expect(monitor.records.map(({ step }) => step)).toEqual([0, 2]);
  });

  test('a model without an Input is built before the monitor looks at it', async () => {
    const model = new Sequential([new layers.BatchNormalization({ name: 'bn' }), new layers.Dense(2)]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const { records } = await train(model, { probe: [x] }, 1);
    expect(records.map(({ layers: [bn] }) => bn?.batchMean?.length)).toEqual([6, 6]);
  });

  test('layers of nested models have their path as name', async () => {
    const inner = new Sequential([Input({ shape: [6] }), new layers.BatchNormalization({ name: 'bn' })], {
      name: 'inner',
    });
    const model = new Sequential([Input({ shape: [6] }), inner, new layers.Dense(2)]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const { records } = await train(model, { layers: ['inner/bn'], inputsOf: ['inner/bn'], probe: [x] }, 1);
    expect(records[0]?.layers[0]?.batchMean).toHaveLength(6);
    expect(records[0]?.inputs['inner/bn']).toHaveLength(3);
  });

  test('the CSV file has one number per line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-'));
    try {
      const filename = join(folder, 'bn.csv');
      const options = {
        filename,
        layers: ['bn'],
        probe: [x, y],
        inputsOf: ['act'],
        gradients: 'normalization',
      } as const;
      const { records } = await train(network(), options, 1);
      const [header, ...lines] = readFileSync(filename, 'utf8').trimEnd().split('\n');
      expect(header).toBe('step,epoch,name,quantity,channel,value');
      expect(lines).toHaveLength(2 * (6 * 5 + 3 + 2));
      expect(lines[0]).toBe(`0,0,bn,batch_mean,0,${records[0]!.layers[0]!.batchMean![0]}`);
      expect(lines).toContain(`3,0,act,input_percentile_15,,${records[1]!.inputs['act']![0]}`);
      expect(lines).toContain(`3,0,net/bn/gamma,gradient_norm,,${records[1]!.gradientNorms['net/bn/gamma']}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the event file for TensorBoard has the values of the records', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-'));
    try {
      const logDir = join(folder, 'runs', 'first');
      const options = { logDir, layers: ['bn'], probe: [x, y], inputsOf: ['act'], gradients: 'normalization' } as const;
      const { records } = await train(network(), options, 1);
      const [name = ''] = readdirSync(logDir);
      expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.\d{6}\.[0-9a-f]{8}$/);
      const values = readEvents(readFileSync(join(logDir, name)));
      const [start, end] = [values.filter(({ step }) => step === 0), values.filter(({ step }) => step === 3)];
      expect(end.map(({ tag }) => tag)).toEqual([
        ...['batch_mean', 'batch_variance', 'moving_mean', 'moving_variance', 'gamma', 'beta'].flatMap((quantity) => [
          `bn/${quantity}`,
          `bn/${quantity}_median`,
        ]),
        ...[15, 50, 85].map((level) => `act/input_percentile_${level}`),
        ...['net/bn/gamma/gradient_norm', 'net/bn/beta/gradient_norm'],
      ]);
      expect(start.map(({ tag }) => tag)).toEqual(end.map(({ tag }) => tag));
      const last = records[1]!;
      const means = last.layers[0]!.movingMean!;
      const find = (tag: string) => end.find((value) => value.tag === tag);
      expect(find('bn/moving_mean')!.histogram).toEqual({
        ...{ minimum: Math.min(...means), maximum: Math.max(...means), count: 5 },
      });
      expect(find('bn/moving_mean_median')!.scalar).toBe(Math.fround([...means].sort((a, b) => a - b)[2]!));
      expect(find('act/input_percentile_85')!.scalar).toBe(Math.fround(last.inputs['act']![2]!));
      expect(find('net/bn/beta/gradient_norm')!.scalar).toBe(Math.fround(last.gradientNorms['net/bn/beta']!));
      await train(network(), { logDir: pathToFileURL(logDir) }, 1);
      expect(readdirSync(logDir)).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a probe that does not fit the model leaves no files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-'));
    try {
      const [filename, logDir] = [join(folder, 'bn.csv'), join(folder, 'runs')];
      await expect(train(network(), { filename, logDir, probe: [[[1]]] })).rejects.toThrow('expected axis -1');
      expect([existsSync(filename), existsSync(logDir)]).toEqual([false, false]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('plots show each quantity as SVG', async () => {
    const monitor = await train(network(), { probe: [x, y], inputsOf: ['act'], gradients: 'all', updateFreq: 1 }, 2);
    for (const quantity of ['mean', 'variance', 'gamma', 'beta', 'inputs', 'gradients'] as const) {
      expect(await monitor.plot(quantity).svg()).toContain('<svg');
    }
    expect(monitor.plot('gamma', { layers: ['ln'] }).title).toBe('Scale γ: ln');
    expect(() => monitor.plot('mean', { layers: ['ln'] })).toThrow(
      '[NormalizationMonitor.plot] layers must be names that have records of the quantity. Received: "ln". Recorded: bn.',
    );
  });
});
