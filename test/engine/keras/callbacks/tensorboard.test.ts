import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Input, Model, Sequential, Tensor, layers, modelFromJson, optimizers, tensor } from 'evenkeel';
import { LambdaCallback, TensorBoard, type TensorBoardOptions } from 'evenkeel/callbacks';
import { decode } from 'fast-png';
import { afterAll, describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { type ReadValue, readEvents } from '../../../support/read-events.ts';

const root = mkdtempSync(join(tmpdir(), 'evenkeel-tensorboard-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const newFolder = (): string => join(root, String(count++));

type Run = 'train' | 'validation';
type RunValue = ReadValue & { readonly run: Run };

function readRuns(folder: string): readonly RunValue[] {
  const runs = readdirSync(folder).filter((name): name is Run => name === 'train' || name === 'validation');
  return runs.flatMap((run) =>
    readdirSync(join(folder, run))
      .sort()
      .flatMap((file) => readEvents(readFileSync(join(folder, run, file))).map((value) => ({ run, ...value }))),
  );
}

// Here, the path of a weight in a nested model begins with the name of the outer one.
const keyOf = ({ run, step, tag }: { readonly run: string; readonly step: number; readonly tag: string }): string =>
  `${run} ${step} ${tag.replace(/^outer\/(?=inner\/)/, '')}`;

const scalarsOf = (values: readonly RunValue[]): Record<string, number> =>
  Object.fromEntries(
    values
      .filter(({ plugin }) => plugin?.name === 'scalars')
      .map((value) => [keyOf(value), value.tensor?.numbers[0] ?? NaN]),
  );

interface GoldenEvent {
  readonly run: string;
  readonly step: number;
  readonly tag: string;
  readonly plugin: string;
  readonly content: string;
  readonly value?: string | GoldenArray | readonly GoldenArray[];
}

interface Case {
  readonly name: string;
  readonly model: string;
  readonly weights: readonly GoldenArray[];
  readonly x: GoldenArray;
  readonly y: GoldenArray;
  readonly xv: GoldenArray;
  readonly yv: GoldenArray;
  readonly options: Readonly<Record<string, never>>;
  readonly events: readonly GoldenEvent[];
  readonly evaluated: readonly GoldenEvent[];
}

const cases = new Map(loadGolden<Case>('tensorboard-callback').cases.map((each) => [each.name, each]));
const arrayOf = ({ data, shape }: GoldenArray): Tensor => new Tensor(data as Float32Array, shape);

const camel = (options: Case['options']): TensorBoardOptions =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key.replace(/_(\w)/g, (_, c: string) => c.toUpperCase()), value]),
  );

/** The events of a training and of an evaluation, as Keras's script makes them. */
async function run({ model: json, weights, x, y, xv, yv, options }: Case) {
  const model = modelFromJson(json);
  model.setWeights(weights.map(arrayOf));
  model.compile({ optimizer: new optimizers.SGD(0.01, { name: 'sgd' }), loss: 'mse', metrics: ['mae'] });
  const [folder, other] = [newFolder(), newFolder()];
  await model.fit(arrayOf(x), arrayOf(y), {
    ...{ batchSize: 4, epochs: 3, shuffle: false, verbose: 0, validationData: [arrayOf(xv), arrayOf(yv)] },
    callbacks: [new TensorBoard(folder, camel(options))],
  });
  await model.evaluate(arrayOf(xv), arrayOf(yv), { verbose: 0, callbacks: [new TensorBoard(other, camel(options))] });
  return { model, events: readRuns(folder), evaluated: readRuns(other) };
}

function expectEvent(found: RunValue | undefined, { plugin, content, value }: GoldenEvent): void {
  expect(found?.plugin).toEqual({ name: plugin, content });
  const { numbers = [], strings = [], shape = [] } = found?.tensor ?? {};
  const texts = strings.map((bytes) => new TextDecoder().decode(bytes));
  if (value === undefined) expect(numbers[0]).toBeGreaterThan(0);
  else if (typeof value === 'string') expect(JSON.parse(texts[0] ?? '')).toEqual(JSON.parse(value));
  else if ('data' in value) {
    expect(shape).toEqual(value.shape);
    // A value at the limit of two buckets of a histogram may be in either of them.
    expectClose(numbers, value.data, { rtol: plugin === 'histograms' ? 1e-4 : 1e-5 });
  } else {
    const [first] = value;
    expect(texts.slice(0, 2)).toEqual([String(first?.shape[1]), String(first?.shape[0])]);
    const images = strings.slice(2).map((bytes) => [...decode(bytes).data]);
    expect(images.length).toBe(value.length);
    // The weights of a training are equal to about 1e-6, so that a value that is nearly whole may be truncated to its neighbor.
    for (const [i, { data }] of value.entries()) {
      expect(Math.max(...images[i]!.map((pixel, k) => Math.abs(pixel - (data[k] ?? NaN))))).toBeLessThanOrEqual(1);
    }
  }
}

describe('TensorBoard', () => {
  test.for(['defaults', 'everything', 'images', 'nested'])(
    'TensorBoard writes the events of Keras: %s',
    async (name) => {
      const golden = cases.get(name)!;
      const made = await run(golden);
      for (const part of ['events', 'evaluated'] as const) {
        const found = new Map(made[part].map((each) => [keyOf(each), each]));
        expect([...found.keys()].sort()).toEqual(golden[part].map(keyOf).sort());
        for (const event of golden[part]) expectEvent(found.get(keyOf(event)), event);
      }
    },
  );

  // Keras applies the interval of batches to epochs and evaluations as well, if they end between two batches that are due.
  test('TensorBoard writes every epoch and evaluation in addition to the events of Keras at intervals of batches', async () => {
    const golden = cases.get('intervals')!;
    const made = await run(golden);
    for (const part of ['events', 'evaluated'] as const) {
      const found = new Map(made[part].map((each) => [keyOf(each), each]));
      for (const event of golden[part]) expectEvent(found.get(keyOf(event)), event);
      const others = new Set(golden[part].map(keyOf));
      const more = [...found.values()].filter((each) => !others.has(keyOf(each)));
      expect(more.filter(({ tag }) => !/^(epoch|evaluation)_/.test(tag) && !tag.endsWith('/histogram'))).toEqual([]);
    }
    const tags = made.events.filter(({ tag }) => tag === 'epoch_loss').map(({ run, step }) => `${run} ${step}`);
    expect(tags.sort()).toEqual([0, 1, 2].flatMap((i) => [`train ${i}`, `validation ${i}`]).sort());
    expect(made.evaluated.map(({ tag }) => tag)).toEqual([
      'evaluation_loss_vs_iterations',
      'evaluation_mae_vs_iterations',
    ]);
  });

  const makeModel = (): Sequential => {
    const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros', name: 'dense' })], { name: 'net' });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    return model;
  };
  const [x, y] = [
    [[1], [2]],
    [[2], [4]],
  ];

  test('TensorBoard writes the graph of a model that its first step builds', async () => {
    const folder = newFolder();
    const model = makeModel();
    await model.fit([[tensor(x), tensor(y)]], { epochs: 1, verbose: 0, callbacks: [new TensorBoard(folder)] });
    const graph = readRuns(folder).find(({ tag }) => tag === 'keras');
    const text = new TextDecoder().decode(graph?.tensor?.strings[0]);
    expect(JSON.parse(text)).toEqual(JSON.parse(model.toJson()));
  });

  test('TensorBoard writes no graph of a model whose class defines call, and warns of one that is not JSON', async () => {
    class Line extends Model {
      readonly dense = new layers.Dense(1);
      override call(x: never): never {
        return this.dense.apply(x) as never;
      }
    }
    const line = new Line();
    line.compile({ optimizer: 'sgd', loss: 'mse' });
    const folder = newFolder();
    await line.fit(x, y, { verbose: 0, callbacks: [new TensorBoard(folder)] });
    expect(readRuns(folder).map(({ tag }) => tag)).toEqual(['epoch_loss', 'epoch_learning_rate']);

    const broken = makeModel();
    broken.toJson = () => {
      throw new Error('no JSON');
    };
    const other = newFolder();
    await broken.fit(x, y, { verbose: 0, callbacks: [new TensorBoard(other)] });
    expectWarning('[TensorBoard] the graph is not written: no JSON');
    expect(readRuns(other).map(({ tag }) => tag)).toEqual(['epoch_loss', 'epoch_learning_rate']);
  });

  test('a TensorBoard that is used twice begins new files, and counts batches from the start of each fit', async () => {
    const folder = newFolder();
    const board = new TensorBoard(folder, { updateFreq: 'batch', writeGraph: false });
    const model = makeModel();
    for (let i = 0; i < 2; i++) await model.fit(x, y, { batchSize: 1, verbose: 0, callbacks: [board] });
    expect(readdirSync(join(folder, 'train')).length).toBe(2);
    const batches = readRuns(folder).filter(({ tag }) => tag === 'batch_loss');
    expect(batches.map(({ step }) => step)).toEqual([1, 2, 1, 2]);
  });

  test('TensorBoard writes each number of a metric with several, and the learning rate of a schedule', async () => {
    const model = new Sequential([Input({ shape: [1] }), new layers.Dense(2, { activation: 'softmax' })]);
    const schedule = new optimizers.schedules.ExponentialDecay(0.5, 1, 0.5);
    model.compile({ optimizer: new optimizers.SGD(schedule), loss: 'categorical_crossentropy', metrics: ['f1_score'] });
    const folder = newFolder();
    const targets = [
      [1, 0],
      [0, 1],
    ];
    await model.fit(x, targets, { verbose: 0, callbacks: [new TensorBoard(folder, { writeGraph: false })] });
    const found = scalarsOf(readRuns(folder));
    expect(Object.keys(found)).toEqual([
      'train 0 epoch_f1_score_0',
      'train 0 epoch_f1_score_1',
      'train 0 epoch_loss',
      'train 0 epoch_learning_rate',
    ]);
    expect(found['train 0 epoch_learning_rate']).toBe(0.25);
  });

  test('an interrupted training leaves the events of its batches', async () => {
    const folder = newFolder();
    const stop = new LambdaCallback({
      onTrainBatchEnd: (batch) => {
        if (batch === 1) throw new Error('the power is gone');
      },
    });
    const board = new TensorBoard(folder, { updateFreq: 1, writeGraph: false });
    const fit = makeModel().fit(x, y, { batchSize: 1, verbose: 0, callbacks: [board, stop] });
    await expect(fit).rejects.toThrow('the power is gone');
    await expect
      .poll(() => readRuns(folder).map(({ tag, step }) => `${tag} ${step}`))
      .toEqual(['batch_loss 1', 'batch_loss 2']);
  });

  test('a training with TensorBoard is the same as one without', async () => {
    const [plain, watched] = [makeModel(), makeModel()];
    const options = { epochs: 3, batchSize: 1, shuffle: false, verbose: 0 } as const;
    const { history } = await plain.fit(x, y, options);
    const board = new TensorBoard(newFolder(), {
      histogramFreq: 1,
      writeImages: true,
      updateFreq: 1,
      embeddingsFreq: 1,
    });
    expect((await watched.fit(x, y, { ...options, callbacks: [board] })).history).toEqual(history);
  });

  test('TensorBoard writes the matrices of Embedding layers for the projector', async () => {
    const folder = newFolder();
    const model = new Sequential(
      [Input({ shape: [2] }), new layers.Embedding(3, 2, { name: 'words' }), new layers.Flatten(), new layers.Dense(1)],
      { name: 'net' },
    );
    model.compile({ optimizer: new optimizers.SGD(0), loss: 'mse' });
    const matrix = model.weights[0]!;
    matrix.assign([
      [0.1, 2],
      [-3, 4e-20],
      [0, 0.25],
    ]);
    const board = new TensorBoard(folder, {
      embeddingsFreq: 1,
      embeddingsMetadata: { words: 'words.tsv' },
      writeGraph: false,
    });
    await model.fit([[0, 1]], [[1]], { verbose: 0, callbacks: [board] });
    expect(readFileSync(join(folder, 'projector_config.pbtxt'), 'utf8')).toBe(
      [
        'embeddings {',
        '  tensor_name: "net/words/embeddings"',
        '  metadata_path: "words.tsv"',
        '  tensor_shape: 3',
        '  tensor_shape: 2',
        '  tensor_path: "embedding-words.tsv"',
        '}\n',
      ].join('\n'),
    );
    expect(readFileSync(join(folder, 'embedding-words.tsv'), 'utf8')).toBe('0.1\t2.0\n-3.0\t4e-20\n0.0\t0.25\n');
    const wrong = new TensorBoard(newFolder(), { embeddingsFreq: 1, embeddingsMetadata: { word: 'a', words: 'b' } });
    await expect(model.fit([[0, 1]], [[1]], { verbose: 0, callbacks: [wrong] })).rejects.toThrow(
      '[TensorBoard] embeddingsMetadata must name Embedding layers of the model. Received: word. Its Embedding layers: words.',
    );
  });
});
