import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { optimizers } from 'evenkeel';
import {
  BackupAndRestore,
  CSVLogger,
  type Callback,
  type CallbackModel,
  type Logs,
  ModelCheckpoint,
  RemoteMonitor,
} from 'evenkeel/callbacks';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { expectWarning, takeOutput } from '../../../support/fail-on-console.ts';
import { loadGolden } from '../../../support/golden.ts';
import { StubModel } from '../../../support/stub-model.ts';

const root = mkdtempSync(join(tmpdir(), 'evenkeel-callbacks-'));
let folder = root;
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** Its weights are a text, which is all that its files hold. */
class FakeModel extends StubModel {
  readonly #optimizer = new optimizers.SGD();
  content = 'first';
  fails = false;
  override get optimizer(): optimizers.SGD {
    return this.#optimizer;
  }
  override save(path: string): Promise<void> {
    return this.write(path, `model ${this.content}`);
  }
  override saveWeights(path: string): Promise<void> {
    return this.write(path, this.content);
  }
  async write(path: string, text: string): Promise<void> {
    await Promise.resolve();
    if (this.fails) throw new Error('the disk is full');
    writeFileSync(path, text);
  }
  override async loadWeights(path: string): Promise<void> {
    const text = await Promise.resolve(readFileSync(path, 'utf8'));
    if (text === 'broken') throw new Error('the file is broken');
    expect(this.optimizer.built).toBe(true);
    this.content = text;
  }
}

async function begin(callback: Callback, model: CallbackModel = new FakeModel(), epochs = 9): Promise<void> {
  callback.setModel(model);
  callback.setParams({ verbose: 0, epochs, steps: 1 });
  await callback.onTrainBegin({});
}

async function epochs(callback: Callback, logs: readonly Logs[], model = new FakeModel()): Promise<FakeModel> {
  await begin(callback, model);
  for (const [epoch, values] of logs.entries()) {
    model.content = `epoch ${epoch}`;
    await callback.onEpochBegin(epoch, {});
    await callback.onEpochEnd(epoch, { ...values });
  }
  await callback.onTrainEnd({});
  return model;
}

describe('CSVLogger', () => {
  interface Case {
    readonly kind: string;
    readonly epochs: readonly Readonly<Record<string, number | string>>[];
    readonly begun: string | null;
    readonly options: { readonly separator?: string; readonly append?: boolean };
    readonly text: string;
  }
  const cases = loadGolden<Case>('python-format').cases.filter(({ kind }) => kind === 'csv');
  const numbers: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity };

  test.each(cases.map((entry, i) => ({ ...entry, i })))('a CSV file has the content of Keras ($i)', async (given) => {
    const path = at('log.csv');
    if (given.begun !== null) writeFileSync(path, given.begun);
    const logs = given.epochs.map((values) =>
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? numbers[value]! : value]),
      ),
    );
    await epochs(new CSVLogger(path, given.options), logs);
    expect(readFileSync(path, 'utf8')).toBe(given.text);
  });

  test('a second training replaces the CSV file, or appends to it with append', async () => {
    const [once, on] = [new CSVLogger(pathToFileURL(at('once'))), new CSVLogger(at('on'), { append: true })];
    for (const loss of [1, 2]) {
      await epochs(once, [{ loss }]);
      await epochs(on, [{ loss }]);
    }
    expect(readFileSync(at('once'), 'utf8')).toBe('epoch,loss,val_loss\r\n0,2.0,NA\r\n');
    expect(readFileSync(at('on'), 'utf8')).toBe('epoch,loss,val_loss\r\n0,1.0,NA\r\n0,2.0,NA\r\n');
  });

  test('each line of the CSV file is written when its epoch ends', async () => {
    const logger = new CSVLogger(at('log.csv'));
    await begin(logger);
    expect(readFileSync(at('log.csv'), 'utf8')).toBe('');
    await logger.onEpochEnd(0, { loss: 1 });
    expect(readFileSync(at('log.csv'), 'utf8')).toBe('epoch,loss,val_loss\r\n0,1.0,NA\r\n');
  });

  test('CSVLogger refuses wrong arguments', async () => {
    expect(() => new CSVLogger('')).toThrow(
      new TypeError('[CSVLogger] filename must be a path, or a URL of a file. Received: filename="".'),
    );
    expect(() => new CSVLogger('a', { separator: '::' })).toThrow(
      new ValueError(
        '[CSVLogger] separator must be one character other than a quotation mark or a line break. Received: separator="::".',
      ),
    );
    expect(() => new CSVLogger('a', { seperator: ';' } as never)).toThrow(
      new TypeError('[CSVLogger] unknown option "seperator". Did you mean "separator"?'),
    );
    await expect(begin(new CSVLogger(at('no/log.csv')))).rejects.toThrow(
      `[CSVLogger] the folder of path must exist. Received: path=${JSON.stringify(at('no/log.csv'))}. Create it first, or check the spelling.`,
    );
  });
});

describe('ModelCheckpoint', () => {
  const losses = [{ val_loss: 3 }, { val_loss: 1 }, { val_loss: 2 }, { val_loss: 0.5 }];

  test('the model is saved after every epoch, under names with numbers and in folders that are created', async () => {
    await epochs(new ModelCheckpoint(at('a/b/{epoch:02d}-{val_loss:.2f}.keras')), losses.slice(0, 2));
    expect(readdirSync(at('a/b'))).toEqual(['01-3.00.keras', '02-1.00.keras']);
    expect(readFileSync(at('a/b/02-1.00.keras'), 'utf8')).toBe('model epoch 1');
  });

  test('saveWeightsOnly saves the weights to one file', async () => {
    await epochs(new ModelCheckpoint(at('m.weights.h5'), { saveWeightsOnly: true }), losses);
    expect(readFileSync(at('m.weights.h5'), 'utf8')).toBe('epoch 3');
    expect(readdirSync(folder)).toEqual(['m.weights.h5']);
  });

  test('saveBestOnly saves only improvements, which verbose: 1 prints', async () => {
    const path = at('{epoch}.h5');
    const checkpoint = new ModelCheckpoint(path, { saveBestOnly: true, verbose: 1 });
    await epochs(checkpoint, losses);
    expect(readdirSync(folder)).toEqual(['1.h5', '2.h5', '4.h5']);
    expect(checkpoint.best).toBe(0.5);
    expect(takeOutput().map(({ text }) => text)).toEqual([
      `Epoch 1: val_loss improved from None to 3.00000, saving model to ${at('1.h5')}`,
      `Epoch 1: finished saving model to ${at('1.h5')}`,
      `Epoch 2: val_loss improved from 3.00000 to 1.00000, saving model to ${at('2.h5')}`,
      `Epoch 2: finished saving model to ${at('2.h5')}`,
      'Epoch 3: val_loss did not improve from 1.00000',
      `Epoch 4: val_loss improved from 1.00000 to 0.50000, saving model to ${at('4.h5')}`,
      `Epoch 4: finished saving model to ${at('4.h5')}`,
    ]);
  });

  test('verbose: 1 prints a line for every file', async () => {
    await epochs(new ModelCheckpoint(at('m.keras'), { verbose: 1 }), [{}]);
    expect(takeOutput().map(({ text }) => text)).toEqual([
      `Epoch 1: saving model to ${at('m.keras')}`,
      `Epoch 1: finished saving model to ${at('m.keras')}`,
    ]);
  });

  test('the direction of the accuracy is known, other values need a mode', async () => {
    const values = [0.1, 0.3, 0.2].map((value) => ({ val_accuracy: value, mine: value }));
    const options = { saveBestOnly: true, monitor: 'val_accuracy' };
    const checkpoints = [
      new ModelCheckpoint(at('a{epoch}.h5'), options),
      new ModelCheckpoint(at('b{epoch}.h5'), { ...options, monitor: 'mine', mode: 'max' }),
      new ModelCheckpoint(at('c{epoch}.h5'), { ...options, monitor: 'mine', mode: 'min' }),
    ];
    for (const checkpoint of checkpoints) await epochs(checkpoint, values);
    expect(readdirSync(folder)).toEqual(['a1.h5', 'a2.h5', 'b1.h5', 'b2.h5', 'c1.h5']);
    await expect(epochs(new ModelCheckpoint(at('d.h5'), { ...options, monitor: 'mine' }), values)).rejects.toThrow(
      `[ModelCheckpoint] mode must be 'max' or 'min' for "mine", whose better direction is not known. Received: mode="auto".`,
    );
  });

  test('nothing is saved that does not beat the threshold', async () => {
    await epochs(new ModelCheckpoint(at('{epoch}.h5'), { saveBestOnly: true, initialValueThreshold: 1.5 }), losses);
    expect(readdirSync(folder)).toEqual(['2.h5', '4.h5']);
  });

  test('a missing value is a warning, and the model is saved', async () => {
    await epochs(new ModelCheckpoint(at('m.h5'), { saveBestOnly: true }), [{ loss: 1 }]);
    expectWarning(
      '[ModelCheckpoint] there is no value named "val_loss" to monitor. Available: loss. Every model is saved.',
    );
    expect(readdirSync(folder)).toEqual(['m.h5']);
  });

  test('with a saveFreq of batches, those of all epochs are counted', async () => {
    const checkpoint = new ModelCheckpoint(at('{epoch}-{batch:02d}-{loss:.1f}.keras'), { saveFreq: 3 });
    await begin(checkpoint);
    for (const epoch of [0, 1]) {
      checkpoint.onEpochBegin(epoch);
      for (let batch = 0; batch < 5; batch++) await checkpoint.onTrainBatchEnd(batch, { loss: batch });
      await checkpoint.onEpochEnd(epoch, { loss: 0 });
    }
    expect(readdirSync(folder)).toEqual(['1-03-2.0.keras', '2-01-0.0.keras', '2-04-3.0.keras']);
  });

  test('a failed save does not count as the best', async () => {
    const checkpoint = new ModelCheckpoint(at('m.h5'), { saveBestOnly: true });
    const model = new FakeModel();
    model.fails = true;
    await expect(epochs(checkpoint, [{ val_loss: 1 }], model)).rejects.toThrow('the disk is full');
    expect(checkpoint.best).toBeNull();
  });

  test.each([
    [
      () => new ModelCheckpoint('m.h6'),
      new ValueError(
        '[ModelCheckpoint] with saveWeightsOnly=false, filepath must end in one of .keras, .h5, .hdf5. Received: filepath="m.h6".',
      ),
    ],
    [
      () => new ModelCheckpoint('m.weights.h5'),
      new ValueError(
        '[ModelCheckpoint] with saveWeightsOnly=false, filepath must end in one of .keras, .h5, .hdf5. Received: filepath="m.weights.h5".',
      ),
    ],
    [
      () => new ModelCheckpoint('m.h5', { saveWeightsOnly: true }),
      new ValueError(
        '[ModelCheckpoint] with saveWeightsOnly=true, filepath must end in one of .weights.h5, .safetensors. Received: filepath="m.h5".',
      ),
    ],
    [
      () => new ModelCheckpoint(3 as never),
      new TypeError('[ModelCheckpoint] filepath must be a path. Received: filepath=3.'),
    ],
    [
      () => new ModelCheckpoint('m.h5', { saveFreq: 'batch' as never }),
      new TypeError('[ModelCheckpoint] saveFreq must be "epoch" or an integer ≥ 1. Received: saveFreq="batch".'),
    ],
    [
      () => new ModelCheckpoint('m.h5', { saveFreq: 0 }),
      new TypeError('[ModelCheckpoint] saveFreq must be "epoch" or an integer ≥ 1. Received: saveFreq=0.'),
    ],
    [
      () => new ModelCheckpoint('m.h5', { saveBest: true } as never),
      new TypeError('[ModelCheckpoint] unknown option "saveBest". Did you mean "saveBestOnly"?'),
    ],
    [
      () => new ModelCheckpoint('{epoch:q}.h5'),
      new ValueError(
        '[ModelCheckpoint] the format "q" cannot be used: it must be like 02d, .2f, .3e or .4g: [[fill]align][sign][0][width][grouping][.precision][type].',
      ),
    ],
  ])('refuses what cannot be honoured (%#)', (make, error) => {
    expect(make).toThrow(error);
  });

  test('ModelCheckpoint requires the values that its file name contains', async () => {
    await expect(epochs(new ModelCheckpoint(at('{acc}.h5')), [{ loss: 1 }])).rejects.toThrow(
      `[ModelCheckpoint] there is no value named "acc" for the file name. Received: filepath=${JSON.stringify(at('{acc}.h5'))}. Available: loss, epoch.`,
    );
  });
});

describe('BackupAndRestore', () => {
  /** Trains from where the model is told to begin, until an epoch that fails. */
  async function train(backup: BackupAndRestore, model: FakeModel, last: number, failsIn: number): Promise<number[]> {
    await begin(backup, model, last);
    const done: number[] = [];
    for (let epoch = model.initialEpoch; epoch < last; epoch++) {
      backup.onEpochBegin(epoch);
      for (let batch = 0; batch < 4; batch++) {
        if (epoch === failsIn && batch === 3) return done;
        model.content = `epoch ${epoch}, batch ${batch}`;
        await backup.onTrainBatchEnd(batch);
      }
      await backup.onEpochEnd(epoch);
      done.push(epoch);
    }
    await backup.onTrainEnd();
    return done;
  }

  test('training resumes after the last complete epoch, and removes the backup at its end', async () => {
    expect(await train(new BackupAndRestore(at('b')), new FakeModel(), 5, 2)).toEqual([0, 1]);
    expect(readFileSync(at('b/training_metadata.json'), 'utf8')).toBe('{"epoch": 2, "batch": 0}');
    const model = new FakeModel();
    const backup = new BackupAndRestore(at('b/'));
    await begin(backup, model);
    expect(model).toMatchObject({ content: 'epoch 1, batch 3', initialEpoch: 2 });
    expect(await train(backup, model, 5, -1)).toEqual([2, 3, 4]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a backup after a batch contains the current epoch', async () => {
    expect(await train(new BackupAndRestore(at('b'), { saveFreq: 3 }), new FakeModel(), 5, 1)).toEqual([0]);
    expect(readFileSync(at('b/training_metadata.json'), 'utf8')).toBe('{"epoch": 1, "batch": 1}');
    const model = new FakeModel();
    expect(await train(new BackupAndRestore(at('b'), { saveFreq: 3 }), model, 5, 1)).toEqual([]);
    expect(readFileSync(at('b/training_metadata.json'), 'utf8')).toBe('{"epoch": 1, "batch": 2}');
  });

  test('the previous backup is used if the last one cannot be read', async () => {
    const options = { doubleCheckpoint: true };
    await train(new BackupAndRestore(at('b'), options), new FakeModel(), 5, 3);
    expect(readdirSync(at('b'))).toEqual([
      'latest.weights.h5',
      'latest.weights.h5.bkp',
      'training_metadata.json',
      'training_metadata.json.bkp',
    ]);
    writeFileSync(at('b/latest.weights.h5'), 'broken');
    const model = new FakeModel();
    const backup = new BackupAndRestore(at('b'), options);
    await begin(backup, model);
    expect(model).toMatchObject({ content: 'epoch 1, batch 3', initialEpoch: 2 });
    await backup.onTrainEnd();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an unreadable backup without a previous one is an error, and changes nothing', async () => {
    await train(new BackupAndRestore(at('b')), new FakeModel(), 5, 3);
    writeFileSync(at('b/latest.weights.h5'), 'broken');
    const model = new FakeModel();
    await expect(begin(new BackupAndRestore(at('b')), model)).rejects.toThrow('the file is broken');
    expect(model).toMatchObject({ content: 'first', initialEpoch: 0 });
  });

  test('deleteCheckpoint: false keeps the backup, and other files in the folder always remain', async () => {
    await train(new BackupAndRestore(at('b'), { deleteCheckpoint: false }), new FakeModel(), 2, -1);
    expect(readdirSync(at('b'))).toEqual(['latest.weights.h5', 'training_metadata.json']);
    writeFileSync(at('b/mine'), '');
    await train(new BackupAndRestore(at('b')), new FakeModel(), 3, -1);
    expect(readdirSync(at('b'))).toEqual(['mine']);
  });

  test('BackupAndRestore refuses wrong arguments and models', async () => {
    expect(() => new BackupAndRestore('')).toThrow(
      new ValueError('[BackupAndRestore] backupDir must be the path of a folder. Received: backupDir="".'),
    );
    expect(() => new BackupAndRestore('b', { saveFreq: false as never })).toThrow(
      new TypeError('[BackupAndRestore] saveFreq must be "epoch" or an integer ≥ 1. Received: saveFreq=false.'),
    );
    const model = new FakeModel();
    model.built = false;
    await expect(begin(new BackupAndRestore(at('b')), model)).rejects.toThrow(
      '[BackupAndRestore] the model must be built before training. Received: model, which is not. Give its first layer an input shape, or call model.build(shape).',
    );
    mkdirSync(at('b'));
    writeFileSync(at('b/training_metadata.json'), '{"epoch": "two"}');
    await expect(begin(new BackupAndRestore(at('b')))).rejects.toThrow(
      `[BackupAndRestore] the backup must contain the next epoch: {"epoch": 3, "batch": 0}. Received: "{\\"epoch\\": \\"two\\"}" in ${JSON.stringify(at('b/training_metadata.json'))}. Remove the folder to start from the beginning.`,
    );
  });
});

describe('RemoteMonitor', () => {
  const seen: { readonly url: string; readonly type: string; readonly extra: string; readonly body: string }[] = [];

  async function serve(): Promise<{ readonly server: Server; readonly root: string }> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { 'content-type': type = '', 'x-run': extra = '' } = request.headers;
        seen.push({ url: request.url ?? '', type, extra: String(extra), body });
        response.statusCode = 500;
        response.end('not read');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, root: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  test('RemoteMonitor posts the values of every epoch, in a form or as JSON, and continues without a server', async () => {
    const { server, root: url } = await serve();
    await epochs(new RemoteMonitor({ root: url, field: 'values' }), [{ loss: 0.5, 'a&b': 1 }]);
    await epochs(new RemoteMonitor({ root: url, path: '/x', headers: { 'X-Run': '7' }, sendAsJson: true }), [
      { loss: 0.5 },
      { loss: NaN },
    ]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(seen).toEqual([
      {
        url: '/publish/epoch/end/',
        type: 'application/x-www-form-urlencoded;charset=UTF-8',
        extra: '',
        body: new URLSearchParams({ values: '{"epoch":0,"loss":0.5,"a&b":1}' }).toString(),
      },
      { url: '/x', type: 'application/json', extra: '7', body: '{"epoch":0,"loss":0.5}' },
      { url: '/x', type: 'application/json', extra: '7', body: '{"epoch":1,"loss":null}' },
    ]);
    await epochs(new RemoteMonitor({ root: url }), [{ loss: 1 }]);
    expectWarning(
      `[RemoteMonitor] could not reach the server at ${url}: "TypeError: fetch failed". Training continues.`,
    );
  });

  test('RemoteMonitor refuses options of other types', () => {
    expect(() => new RemoteMonitor({ root: 3 as never })).toThrow(
      new TypeError('[RemoteMonitor] root must be a string. Received: root=3.'),
    );
  });
});
