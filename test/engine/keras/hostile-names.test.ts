import { expect, test } from 'vitest';
import * as ek from '../../../src/index.ts';
import { ProgbarLogger } from '../../../src/keras/callbacks/progbar-logger.ts';
import { temporaryFolder } from '../../support/run-cli.ts';
import { takeOutput } from '../../support/fail-on-console.ts';

/** Clears the screen, sets the window's title, forges a line and markup, and moves the cursor with a C1 code. */
const hostile = (name: string): string => `${name}\u001b[2J\u001b]0;title\u0007\u009b1A\u202e\r\nforged<b>&"`;
const controls = /[\p{Cc}\u202e]/u;
const controlsOfText = /[^\P{Cc}\n]|\u202e/u;

const x = Array.from({ length: 8 }, (_, i) => [i, -i, 1, i * i]);

function makeModel(): ek.Model {
  const input = ek.Input({ shape: [4], name: hostile('input') });
  const dense = new ek.layers.Dense(4, { name: hostile('dense') }).apply(input);
  const outputs = new ek.layers.BatchNormalization({ name: hostile('norm') }).apply(dense);
  const model = new ek.Model({ inputs: input, outputs, name: hostile('model') });
  model.compile({ loss: 'mse', metrics: [new ek.metrics.MeanAbsoluteError({ name: hostile('metric') })] });
  return model;
}

async function messageOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${String(run)} must fail.`);
}

test('errors about layers, models, inputs and weights with hostile names are one line without control characters', async () => {
  const model = makeModel();
  const [, dense, norm] = model.layers as readonly [ek.Layer, ek.Layer, ek.Layer];
  const other = new ek.Sequential([ek.Input({ shape: [2] }), new ek.layers.Dense(1)]);
  const twice = (): unknown => new ek.Sequential([dense, norm, new ek.layers.Dense(4, { name: dense.name })]);
  const weights = await other.toBytes('safetensors');
  const config: ek.Config = { ...model.getConfig(), name: hostile('read') };
  const inner = (config['layers'] as Record<string, unknown>[])[1];
  const calls: readonly (() => unknown)[] = [
    twice,
    () => model.getLayer('none'),
    () => model.getLayer(hostile('none')),
    async () => model.predict([[1, 2]]),
    async () => model.predict([[[1]], [[2]]]),
    async () => model.predict({ [hostile('other')]: x }),
    async () => model.fit(x, [[1]]),
    async () => model.fit(x, x, { [hostile('epochs')]: 3 } as never),
    async () => model.save(hostile('m.txt')),
    async () => model.loadWeights(weights),
    async () => ek.loadModel(hostile('m.keras')),
    async () => ek.loadModel(new TextEncoder().encode(hostile('m'))),
    () => dense.setWeights([[1]]),
    () => norm.apply(ek.Input({ shape: [7], name: hostile('wide') })),
    () => norm.apply([ek.Input({ shape: [4] }), ek.Input({ shape: [4] })] as never),
    () => dense.apply(null as never),
    () => (dense.trainable = 'no' as never),
    () => new ek.layers.Dense(-1, { name: hostile('dense') }),
    () => new ek.layers.Dense(2, { name: hostile('dense'), [hostile('units')]: 3 }),
    () => new ek.layers.Dense(2, { name: hostile('dense'), activation: hostile('relu') as never }),
    () => new ek.layers.Dense(2, { name: `${hostile('a')}/` }),
    () => ek.layers.deserialize({ class_name: hostile('Dense'), config: {} }),
    () => ek.layers.deserialize({ class_name: 'Dense', module: hostile('other.layers'), config: { units: 1 } }),
    () => ek.layers.deserialize({ class_name: 'Dense', config: { units: 1, [hostile('option')]: 1 } }),
    () => ek.layers.deserialize({ class_name: 'Dense', config: { units: hostile('1'), name: hostile('dense') } }),
    () => ek.Model.fromConfig({ ...config, layers: [inner, inner] } as never),
    () => ek.Model.fromConfig({ ...config, output_layers: [[hostile('none'), 0, 0]] }),
    () => model.compile({ loss: hostile('mse') as never }),
    async () => {
      model.compile({ metrics: [hostile('mae')], loss: 'mse' });
      await model.fit(x, x);
    },
    async () => {
      model.compile({ loss: { [hostile('output')]: 'mse' } as never });
      await model.fit(x, x);
    },
    () => model.compile({ optimizer: hostile('sgd') as never, loss: 'mse' }),
    () => model.compile({ optimizer: new ek.optimizers.Adam({ name: hostile('adam'), [hostile('lr')]: 1 }) }),
    () => ek.metrics.get(hostile('metric')),
    () => ek.initializers.get({ class_name: hostile('Ones'), config: {} }),
    () => new ek.Model({ inputs: ek.Input({ shape: [4], name: hostile('a') }), outputs: model.outputs[0]! }),
    () => new ek.callbacks.EarlyStopping({ monitor: hostile('loss'), mode: hostile('min') as never }),
    async () =>
      model.fit(x, x, { verbose: 0, callbacks: [new ek.callbacks.EarlyStopping({ monitor: hostile('metric') })] }),
    () => model.getLayer({ index: 99 }),
  ];
  for (const call of calls) {
    const message = await messageOf(call);
    expect(message, String(call)).not.toMatch(controls);
  }
  takeOutput();
});

test('what training, summary and warnings print has hostile names escaped', async () => {
  const model = makeModel();
  const at = temporaryFolder();
  const { EarlyStopping, ModelCheckpoint } = ek.callbacks;
  const callbacks = [
    new EarlyStopping({ monitor: hostile('metric'), mode: 'min', patience: 0, verbose: 1, restoreBestWeights: true }),
    new EarlyStopping({ monitor: hostile('missing'), mode: 'min' }),
    new ModelCheckpoint(`${at('')}/${hostile('m').replaceAll('/', '')}.keras`, { verbose: 1, saveBestOnly: true, monitor: hostile('metric'), mode: 'min' }), // prettier-ignore
  ];
  await model.fit(x, x, { epochs: 2, verbose: 2, callbacks });
  await model.evaluate({ [hostile('input')]: x, [hostile('extra')]: x }, x, { verbose: 2 });
  model.trainable = false;
  model.compile({ loss: 'mse' });
  await model.fit(x, x, { verbose: 0 });
  model.summary({ lineLength: 400 });
  const printed = takeOutput();
  expect(printed.length).toBeGreaterThan(6);
  for (const { text } of printed) {
    expect(text).not.toMatch(controlsOfText);
    expect(text).not.toMatch(/^forged/m);
  }
  expect(printed.some(({ text }) => text.includes('metric\\u001b[2J'))).toBe(true);
});

test('a progress bar shows a hostile name escaped, on one line', async () => {
  const lines: string[] = [];
  const logger = new ProgbarLogger({
    prepare: () => undefined,
    interactive: true,
    columns: 400,
    openBar: async (_total, render) =>
      Promise.resolve({
        update: () => void lines.push(render({ bar: '━', secondsLeft: 1 })),
        close: (line) => void lines.push(line),
      }),
  });
  logger.setParams({ verbose: 1, epochs: 1, steps: 1 });
  await logger.onEpochBegin(0);
  logger.onTrainBatchEnd(0, { [hostile('loss')]: 1 });
  logger.onEpochEnd(0, { [hostile('loss')]: 1 });
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).not.toMatch(controls);
});

test('a diagnosis of a model with hostile names has them escaped in its text and in its page', async () => {
  const diagnosis = await ek.normalization.diagnoseNormalization(makeModel(), x);
  const text = String(diagnosis);
  const page = await diagnosis.toHtml();
  expect(text).toContain('model\\u001b[2J');
  expect(text).not.toMatch(controlsOfText);
  expect(text).not.toMatch(/^forged/m);
  expect(page).not.toMatch(controlsOfText);
  expect(page).not.toContain('forged<b>');
});
