import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Input, Model, Sequential, type Tensor, cloneModel, loadModel, optimizers, resetNames, tensor } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import { beforeEach, describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

/** The fields are described in test/golden/make/vocabulary_files.py. */
interface Case {
  readonly file: string;
  readonly input: never;
  readonly output: GoldenArray;
  readonly vocabularies: readonly (readonly (string | number)[])[];
  readonly targets: GoldenArray;
  readonly losses: readonly number[];
}

const { cases } = loadGolden<Case>('vocabulary-files');
const pathOf = (file: string): string =>
  fileURLToPath(new URL(`../../../golden/vocabulary-files/${file}`, import.meta.url));

beforeEach(resetNames);

const vocabulariesOf = (model: { readonly layers: readonly layers.Layer[] }): unknown =>
  model.layers.flatMap((layer) => ('getVocabulary' in layer ? [(layer as layers.StringLookup).getVocabulary()] : []));

describe.each(cases)('$file of Keras', ({ file, input, output, vocabularies, targets, losses }) => {
  test('opens with its vocabulary, and predicts what Keras does', async () => {
    const model = await loadModel(pathOf(file));
    expect(vocabulariesOf(model)).toEqual(vocabularies);
    const found = await model.predict(input, { verbose: 0 });
    expectClose(found.data, output.data, { rtol: 1e-5 });
    expect((await model.predictOnBatch(input)).data).toEqual(found.data);
    expect((await model.apply(input as readonly number[])).data).toEqual(found.data);
  });

  test('trains as in Keras', async () => {
    const model = await loadModel(pathOf(file));
    const y = tensor(targets.data, targets.shape);
    for (const expected of losses) {
      const { loss } = await model.trainOnBatch(input, y);
      expectClose([loss!], [expected], { rtol: 1e-4 });
    }
  });

  test.each(['keras', 'h5'] as const)('is written with its vocabulary as .%s', async (format) => {
    const model = await loadModel(pathOf(file));
    const copy = await loadModel(await model.toBytes(format));
    expect(vocabulariesOf(copy)).toEqual(vocabularies);
    const found = await copy.predict(input, { verbose: 0 });
    expect(found.data).toEqual((await model.predict(input, { verbose: 0 })).data);
  });
});

const vectorizer = (): layers.TextVectorization =>
  new layers.TextVectorization({ vocabulary: ['a', 'b'], outputSequenceLength: 2 });

function classifier(): Sequential {
  const head = new layers.Dense(1, { kernelInitializer: 'ones' });
  const counts = new layers.TextVectorization({ vocabulary: ['a', 'b'], outputMode: 'count', name: 'counts' });
  return new Sequential([Input({ shape: [1], dtype: 'string' }), counts, head]);
}

test('a model of strings trains on arrays and on batches, and evaluates', async () => {
  const [x, y] = [
    [['a b'], ['a'], ['c c c'], ['b a a']],
    [[1], [0], [2], [3]],
  ];
  const run = async (fit: (model: Sequential) => Promise<unknown>): Promise<Tensor> => {
    const model = classifier();
    model.compile({ optimizer: new optimizers.SGD(0.1), loss: 'mse' });
    await fit(model);
    return model.predict(x, { verbose: 0 });
  };
  const options = { verbose: 0, shuffle: false, batchSize: 2 } as const;
  const inArrays = await run((model) => model.fit(x, y, { ...options, validationData: [x, y] }));
  const batches = [0, 2].map((i) => [x.slice(i, i + 2), y.slice(i, i + 2)] as const);
  const inBatches = await run((model) => model.fit(batches, { verbose: 0 }));
  async function* stream(): AsyncGenerator<readonly [string[][], number[][]]> {
    for (const [given, target] of batches) yield await Promise.resolve([given, target] as const);
  }
  const streamed = await run((model) => model.fit(stream(), { verbose: 0 }));
  expectClose(inBatches.data, inArrays.data, { rtol: 1e-6 });
  expectClose(streamed.data, inArrays.data, { rtol: 1e-6 });
  const model = classifier();
  model.compile({ loss: 'mse' });
  expect((await model.evaluate(x, y, { verbose: 0 }))['loss']).toBeCloseTo(0.75);
});

test('a Sequential model whose first layer reads strings is built by its data', async () => {
  const model = new Sequential([vectorizer(), new layers.Embedding(4, 2, { embeddingsInitializer: 'ones' })]);
  expect((await model.predict([['a'], ['b a']], { verbose: 0 })).shape).toEqual([2, 2, 2]);
  expect(model.inputs[0]!.toString()).toBe('KerasTensor(shape=[null, 1], dtype=string, name=input_layer)');
  expect((await model.predict(['a', 'b'], { verbose: 0 })).shape).toEqual([2, 2, 2]);
});

test('integers are encoded exactly, and reach the graph too', async () => {
  const given = Input({ shape: [1], dtype: 'int32', name: 'given' });
  const index = new layers.IntegerLookup({ vocabulary: [7, 16777217], outputMode: 'one_hot' }).apply(given);
  const model = new Model({ inputs: given, outputs: [index, new layers.Rescaling(0.5).apply(given)] });
  const [hot, half] = await model.predict([[16777217], [7], [8]], { verbose: 0 });
  expect(hot.toArray()).toEqual([
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
  ]);
  expect(half.toArray()).toEqual([[8388608], [3.5], [4]]);
});

test('a clone of a model of strings reads strings', async () => {
  const model = classifier();
  const copy = cloneModel(model);
  copy.setWeights(model.getWeights());
  const x = [['a b b'], ['z']];
  expect((await copy.predict(x, { verbose: 0 })).toArray()).toEqual((await model.predict(x, { verbose: 0 })).toArray());
});

test('a model of strings exports the graph after the layers of the host', async () => {
  const bytes = await classifier().toBytes('onnx');
  expect(new TextDecoder('latin1').decode(bytes)).toContain('counts');
});

test('a vocabulary is read from a file with a token in each line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-vocabulary-'));
  try {
    const path = join(folder, 'words.txt');
    await writeFile(path, 'earth\nwind\r\nfire\n');
    const lookup = new layers.StringLookup({ vocabulary: path });
    expect(lookup.getVocabulary()).toEqual(['[UNK]', 'earth', 'wind', 'fire']);
    expect(new layers.TextVectorization({ vocabulary: path }).vocabularySize()).toBe(5);
    await writeFile(path, '5\n-3');
    expect(new layers.IntegerLookup({ vocabulary: path }).getVocabulary()).toEqual([-1, 5, -3]);
    await writeFile(path, '5\nx');
    expect(() => new layers.IntegerLookup({ name: 'x', vocabulary: path })).toThrow(
      '[IntegerLookup x] each line of the vocabulary must be an integer. Received: "x".',
    );
    const config = { ...lookup.getConfig(), vocabulary: path };
    expect(() => layers.deserialize({ class_name: 'StringLookup', config })).toThrow(
      /the vocabulary in a config must be a list: other files are not read/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('models of strings refuse', () => {
  const texts = (): ReturnType<typeof Input> => Input({ shape: [1], dtype: 'string', name: 'texts' });

  test.each([
    [
      'strings in a graph',
      () => new layers.Dense(2, { name: 'x' }).apply(texts()),
      '[Dense x] strings must be replaced by numbers first. Received: KerasTensor(shape=[null, 1], dtype=string, name=texts). Apply TextVectorization, StringLookup or Hashing to it.',
    ],
    [
      'strings for a layer of integers',
      () => new layers.IntegerLookup({ name: 'x', vocabulary: [1] }).apply(texts()),
      /^\[IntegerLookup x\] strings must be replaced by numbers first/,
    ],
    [
      'strings as results',
      () => new layers.StringLookup({ name: 'x', vocabulary: ['a'], invert: true }).apply(Input({ shape: [1] })),
      '[StringLookup x] strings are no tensor. Use decode(indices), which returns arrays of strings.',
    ],
    [
      'a layer of the host after the graph',
      () => {
        const x = Input({ shape: [1] });
        const late = new layers.Hashing(3, { name: 'x' }).apply(new layers.Rescaling(2, { name: 'y' }).apply(x));
        return new Model({ inputs: x, outputs: late, name: 'm' });
      },
      '[Functional m] layers of strings and of their indices must come first. Received: Hashing x, applied to a result of Rescaling y. Apply it to an Input.',
    ],
    [
      'to be part of another model',
      () => {
        const inner = classifier();
        return inner.apply(texts());
      },
      /^\[Sequential sequential\] a model whose first layers compute on the host cannot be part of another/,
    ],
  ] as const)('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });

  test('data of another shape', async () => {
    await expect(classifier().predict([['a', 'b']], { verbose: 0 })).rejects.toThrow(
      '[Sequential sequential] expected inputs of shape [null, 1] for "input_layer". Received: shape [1, 2].',
    );
  });

  test('a record without an input', async () => {
    const [left, right] = ['left', 'right'].map((name) => Input({ shape: [1], dtype: 'string', name }));
    const hashed = [left!, right!].map((each) => new layers.Hashing(3, { outputMode: 'one_hot' }).apply(each));
    const model = new Model({ inputs: [left!, right!], outputs: new layers.Add().apply(hashed), name: 'm' });
    expect((await model.predict({ left: [['a']], right: [['b']] }, { verbose: 0 })).shape).toEqual([1, 3]);
    expect((await model.predict([[['a']], [['b']]], { verbose: 0 })).shape).toEqual([1, 3]);
    await expect(model.predict({ left: [['a']] }, { verbose: 0 })).rejects.toThrow(
      '[Functional m] there must be data for every input. Received: ["left"], without "right".',
    );
  });
});
