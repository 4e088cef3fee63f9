import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as ek from '../../../src/index.ts';
import { tensorToStored } from '../../../src/formats/arrays/convert-stored.ts';
import { writeNpy } from '../../../src/formats/npy/npy.ts';
import { recalibrateBatchNormalization } from '../../../src/tools/normalization/index.ts';
import { expectClose } from '../../support/close.ts';
import { lcg } from '../../support/lcg.ts';
import { runCli, temporaryFolder } from '../../support/run-cli.ts';

const ROWS = 70;
const x = ek.tensor(
  lcg([ROWS, 4], 1).map((value) => 3 * value + 2),
  [ROWS, 4],
);

interface Files {
  readonly at: (name: string) => string;
  readonly model: string;
  readonly x: string;
}

/** A model with batch normalization, also in a nested model, that was trained for three steps, and data. */
async function saveFiles(): Promise<Files> {
  const at = temporaryFolder();
  ek.setRandomSeed(3);
  const inner = new ek.Sequential(
    [ek.Input({ shape: [6] }), new ek.layers.Dense(8), new ek.layers.BatchNormalization({ name: 'bn' })],
    { name: 'inner' },
  );
  const model = new ek.Sequential(
    [
      ek.Input({ shape: [4] }),
      new ek.layers.Dense(6, { name: 'first' }),
      new ek.layers.BatchNormalization({ name: 'bn' }),
      inner,
      new ek.layers.Dense(1, { name: 'last' }),
    ],
    { name: 'net' },
  );
  model.compile({ optimizer: new ek.optimizers.Adam(0.01), loss: 'mse', metrics: ['mae'] });
  await model.fit(x, lcg([ROWS], 2), { epochs: 1, batchSize: 32, verbose: 0 });
  await model.save(at('m.keras'));
  writeFileSync(at('x.npy'), writeNpy(tensorToStored(x)));
  return { at, model: at('m.keras'), x: at('x.npy') };
}

async function run(...argv: string[]): Promise<{ readonly text: string; readonly json: Record<string, unknown> }> {
  const { code, stdout, stderr } = await runCli(argv);
  expect([code, stderr]).toEqual([0, '']);
  return { text: stdout, json: argv.includes('--json') ? (JSON.parse(stdout) as Record<string, unknown>) : {} };
}

const valuesOf = (model: ek.Model): readonly (readonly number[])[] =>
  model.getWeights().map(({ data }) => Array.from(data, Number));

const statistics = (model: ek.Model): number[] =>
  model.weights
    .filter(({ name }) => name.startsWith('moving'))
    .flatMap(({ value: { data } }) => Array.from(data, Number));

describe('evenkeel diagnose', () => {
  test('diagnose prints findings, with the updates that the optimizer in the file has made', async () => {
    const files = await saveFiles();
    const { text } = await run('diagnose', files.model, '--data', files.x);
    expect(text).toMatch(/^net: recalibrate: \d of 2 layers [^\n]* not warmed up \(70 rows of data\)\.\n/);
    expect(text).toContain('after 3 updates with momentum 0.99');
    const { json } = await run('diagnose', files.model, '--data', files.x, '--json', '--updates', '5000');
    expect(json).toMatchObject({
      model: 'net',
      rows: 70,
      layers: [{ layer: 'bn', updates: 5000 }, { layer: 'inner/bn' }],
    });
    const limits = ['--threshold', 'distance=50', '--threshold', 'channelsOff=50', '--updates', '5000'];
    const calm = await run('diagnose', files.model, '--data', files.x, '--json', '--strict', ...limits);
    expect(calm.json['findings']).toEqual([]);
  });

  test('diagnose --html writes a report, and --strict then fails if there is a finding', async () => {
    const files = await saveFiles();
    const argv = ['diagnose', files.model, '--data', files.x, '--html', files.at('report.html'), '--strict'];
    const { code, stdout, stderr } = await runCli(argv);
    expect(code).toBe(1);
    expect(stdout).toContain(`${files.at('report.html')}: `);
    expect(stderr).toBe('evenkeel: the diagnosis of net has 1 finding.\n');
    expect(readFileSync(files.at('report.html'), 'utf8')).toContain('<svg');
    await runCli([...argv, '--no-plots']);
    expect(readFileSync(files.at('report.html'), 'utf8')).not.toContain('<svg');
  });
});

describe('evenkeel recalibrate', () => {
  test('recalibrate writes the statistics that recalibrateBatchNormalization computes, and keeps the rest', async () => {
    const files = await saveFiles();
    const out = files.at('out.keras');
    const { json } = await run('recalibrate', files.model, '--data', files.x, '-o', out, '--json', '--batch-size', '7');
    expect(json).toMatchObject({
      ...{ from: files.model, to: out, format: 'keras', bytes: readFileSync(out).length, rows: 70 },
      layers: [{ layer: 'bn', entries: 70 }, { layer: 'inner/bn' }],
    });
    const [given, made] = [await ek.loadModel(files.model), await ek.loadModel(out)];
    const before = statistics(given);
    await recalibrateBatchNormalization(given, x);
    expect(statistics(given)).not.toEqual(before);
    expectClose(statistics(made), statistics(given), { rtol: 1e-5 });
    expect(made.trainableWeights.map(({ value }) => value)).toEqual(given.trainableWeights.map(({ value }) => value));
    expect(made.optimizer.variables.map(({ value }) => value)).toEqual(
      given.optimizer.variables.map(({ value }) => value),
    );
    const { text } = await run('recalibrate', files.model, '--data', files.x, '-o', out, '--scale', '1/2');
    expect(text).toMatch(/^Layer +Entries +Mean shift +Largest +Variance\n/);
    expect(text).toContain(`\n70 rows of data\n${out}: `);
  });

  test('recalibrate replaces the file of the model itself, and writes weights alone', async () => {
    const files = await saveFiles();
    const before = valuesOf(await ek.loadModel(files.model));
    const layer = ['--layers', 'inner/bn', '--method', 'simultaneous'];
    await run('recalibrate', files.model, '--data', files.x, '-o', files.model, ...layer);
    const after = await ek.loadModel(files.model);
    const changed = valuesOf(after).map((values, i) => !values.every((value, j) => value === before[i]![j]));
    expect(after.weights.filter((_, i) => changed[i]).map(({ path }) => path)).toEqual([
      'net/inner/bn/moving_mean',
      'net/inner/bn/moving_variance',
    ]);
    await run('recalibrate', files.model, '--data', files.x, '-o', files.at('w.safetensors'));
    await after.loadWeights(files.at('w.safetensors'));
    expect(statistics(after)).toHaveLength(28);
  });

  test('adapt blends the old statistics with those of the data', async () => {
    const files = await saveFiles();
    const [blend, full] = [files.at('blend.keras'), files.at('full.keras')];
    await run('adapt', files.model, '--data', files.x, '-o', full, '--layers', 'bn');
    await run('adapt', files.model, '--data', files.x, '-o', blend, '--layers', 'bn', '--prior-count', '70');
    const [old, mixed, fresh] = await Promise.all([files.model, blend, full].map(async (path) => ek.loadModel(path)));
    expectClose(
      statistics(mixed!),
      statistics(old!).map((value, i) => (value + statistics(fresh!)[i]!) / 2),
      { rtol: 1e-5 },
    );
  });
});

describe('evenkeel freeze', () => {
  test('freeze and unfreeze change whether batch normalization is trained', async () => {
    const files = await saveFiles();
    const [frozen, thawed] = [files.at('frozen.keras'), files.at('thawed.keras')];
    const { json } = await run('freeze', files.model, '-o', frozen, '--layers', 'inner/bn', '--json');
    expect(json).toMatchObject({ layers: ['inner/bn'], from: files.model, to: frozen });
    const model = await ek.loadModel(frozen);
    expect(model.weights.filter(({ path }) => path.includes('bn')).map(({ trainable }) => trainable)).toEqual([
      ...[true, true, false, false],
      ...[false, false, false, false],
    ]);
    await model.fit(x, lcg([ROWS], 2), { verbose: 0 });
    expect((await run('summary', frozen)).text).toContain('Frozen normalization: ');
    expect((await run('unfreeze', frozen, '-o', thawed)).text).toMatch(/^unfrozen: inner\/bn\n/);
    expect((await ek.loadModel(thawed)).trainableWeights).toHaveLength(10);
    const again = await run('unfreeze', thawed, '-o', thawed);
    expect(again.text).toMatch(/^Batch normalization was unfrozen before\.\n/);
  });

  test('freeze refuses a file of weights, which cannot say that a layer is frozen', async () => {
    expect(await runCli(['freeze', 'a.keras', '-o', 'b.weights.h5'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'evenkeel: the output file must end in one of .keras, .h5, .hdf5. Received: b.weights.h5.\n',
    });
  });
});

describe('evenkeel replace-normalization', () => {
  test('replace-normalization writes a compiled model with other normalization', async () => {
    const files = await saveFiles();
    const out = files.at('out.h5');
    const argv = ['replace-normalization', files.model, 'GroupNormalization', '-o', out];
    const { json } = await run(...argv, '--groups', '3', '--layers', 'bn', '--json');
    expect(json).toMatchObject({
      replaced: [{ normalization: 'bn', by: 'GroupNormalization', carried: ['gamma', 'beta'] }],
      kept: ['inner/bn'],
    });
    const model = await ek.loadModel(out);
    expect((model.getLayer('bn') as ek.layers.GroupNormalization).groups).toBe(3);
    expect(Object.keys(await model.evaluate(x, lcg([ROWS], 2), { verbose: 0 }))).toEqual(['loss', 'mae']);
    const { text } = await run(...argv);
    expect(text).toMatch(/^Layer +Replaced by +Weights carried over +Weights dropped\n/);
    expect(
      await runCli(['replace-normalization', 'a', 'LayerNormalization', '--groups', '3', '-o', 'b.keras']),
    ).toEqual({
      code: 2,
      stdout: '',
      stderr: 'evenkeel: --groups requires GroupNormalization. Received: LayerNormalization.\n',
    });
  });
});

describe('commands that change a model', () => {
  test('predict and evaluate use the statistics of each batch with --test-time-statistics', async () => {
    const files = await saveFiles();
    const predict = async (...more: string[]): Promise<unknown> =>
      (await run('predict', files.model, files.x, '--json', ...more)).json['outputs'];
    const [moving, batch] = [await predict(), await predict('--test-time-statistics')];
    expect(batch).not.toEqual(moving);
    expect(await predict('--test-time-statistics', '--prior-count', '1e12')).not.toEqual(batch);
    writeFileSync(files.at('y.npy'), writeNpy(tensorToStored(ek.tensor(lcg([ROWS, 1], 2), [ROWS, 1]))));
    const evaluate = async (...more: string[]): Promise<unknown> =>
      (await run('evaluate', files.model, '--data', files.x, '--labels', files.at('y.npy'), '--json', ...more)).json[
        'results'
      ];
    expect(await evaluate('--test-time-statistics')).not.toEqual(await evaluate());
    expect((await runCli(['predict', 'a', 'b', '--prior-count', '3'])).stderr).toBe(
      'evenkeel: --prior-count requires --test-time-statistics.\n',
    );
  });

  test.each<readonly [what: string, argv: (files: Files) => string[], message: RegExp]>([
    [
      'an unknown layer',
      ({ x: data }) => ['recalibrate', '--data', data, '--layers', 'bm'],
      /^evenkeel: \[recalibrateBatchNormalization\] [^\n]*Received: "bm"/,
    ],
    ['data of another shape', ({ at }) => ['adapt', '--data', at('wide.npy')], /^evenkeel: \[[^\n]*\[2, 99\]/],
    ['empty data', ({ at }) => ['recalibrate', '--data', at('empty.npy')], /^evenkeel: \[[^\n]*/],
    [
      'too many files of data',
      ({ x: data }) => ['recalibrate', '--data', data, data],
      /^evenkeel: --data must name one \.npy file, one for each input of the model: [^\n]* Received: 2\./,
    ],
    ['data with NaN', ({ at }) => ['recalibrate', '--data', at('nan.npy')], /^evenkeel: \[[^\n]* must be finite/],
    ['an unknown layer to freeze', () => ['freeze', '--layers', 'bm'], /^evenkeel: \[freezeBatchNormalization\] /],
  ])('%s is refused with one line, and leaves an existing output file unchanged', async (_, argv, message) => {
    const files = await saveFiles();
    const write = (name: string, data: Float32Array, shape: readonly number[]): void =>
      writeFileSync(files.at(name), writeNpy(tensorToStored(ek.tensor(data, shape))));
    write('wide.npy', new Float32Array(198), [2, 99]);
    write('empty.npy', new Float32Array(0), [0, 4]);
    write('nan.npy', new Float32Array(8).fill(NaN), [2, 4]);
    const out = files.at('out.keras');
    writeFileSync(out, 'before');
    const [command = '', ...options] = argv(files);
    const ran = await runCli([command, files.model, ...options, '-o', out]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).toMatch(/^[^\n]+\n$/);
    expect(readFileSync(out, 'utf8')).toBe('before');
  });

  test('a model without batch normalization is refused by every command that changes it', async () => {
    const at = temporaryFolder();
    const model = new ek.Sequential([ek.Input({ shape: [4] }), new ek.layers.Dense(1)]);
    await model.save(at('m.keras'));
    writeFileSync(at('x.npy'), writeNpy(tensorToStored(x)));
    for (const argv of [
      ['recalibrate', at('m.keras'), '--data', at('x.npy')],
      ['adapt', at('m.keras'), '--data', at('x.npy')],
      ['freeze', at('m.keras')],
      ['unfreeze', at('m.keras')],
      ['replace-normalization', at('m.keras'), 'LayerNormalization'],
    ]) {
      const { code, stderr } = await runCli([...argv, '-o', at('out.keras')]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/must have a BatchNormalization layer\. Received: [^\n]*\n$/);
    }
    expect((await runCli(['diagnose', at('m.keras'), '--data', at('x.npy')])).code).toBe(2);
    expect(existsSync(at('out.keras'))).toBe(false);
  });

  test('an interrupt leaves the model unchanged and no temporary files', async () => {
    const files = await saveFiles();
    const before = readFileSync(files.model);
    for (const argv of [
      ['recalibrate', files.model, '--data', files.x, '-o', files.model],
      ['freeze', files.model, '-o', files.model],
      ['diagnose', files.model, '--data', files.x, '--html', files.at('report.html')],
    ]) {
      expect(await runCli(argv, { signal: AbortSignal.abort() })).toEqual({ code: 130, stdout: '', stderr: '' });
    }
    expect(readFileSync(files.model).equals(before)).toBe(true);
    expect(readdirSync(dirname(files.model)).sort()).toEqual(['m.keras', 'x.npy']);
  });

  test('progress is shown for each pass over the data', async () => {
    const files = await saveFiles();
    const argv = ['recalibrate', files.model, '--data', files.x, '-o', files.at('out.keras'), '--json'];
    expect((await runCli(argv, { isTTY: true })).stderr).toContain('Reading data ');
  });
});
