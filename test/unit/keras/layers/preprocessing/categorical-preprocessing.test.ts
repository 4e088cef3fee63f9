import { type Config, Input, resetNames } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import { beforeEach, describe, expect, test } from 'vitest';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../../src/compiler/ir/value.ts';
import { fingerprint64 } from '../../../../../src/core/farm-hash.ts';
import { sipHash } from '../../../../../src/core/sip-hash.ts';
import { type NestedArray, type Tensor, tensor } from '../../../../../src/core/tensor.ts';
import { expectClose } from '../../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../../support/golden.ts';
import { evaluateFunction } from '../../../../support/gradient-check.ts';
import { callReference } from '../../../../support/layer-contract.ts';

interface Case {
  readonly class_name: string;
  readonly config: Config;
  readonly adapt: unknown;
  readonly input: NestedArray;
  readonly output: GoldenArray;
  readonly vocabulary?: readonly (string | number)[];
  readonly boundaries?: readonly number[];
}

const { cases } = loadGolden<Case>('categorical-preprocessing');

beforeEach(resetNames);

interface Adapted extends layers.Layer {
  adapt(data: unknown): Promise<void>;
}

const made = ({ class_name, config }: Case): Adapted => layers.deserialize({ class_name, config }) as Adapted;

const ofGraphs = ['CategoryEncoding', 'Discretization'];

const titled = cases.map((each, i) => ({ ...each, title: `${each.class_name}, case ${i}` }));

test.each(titled)('$title of Keras, has its config and its result', async (golden) => {
  const layer = made(golden);
  expect(JSON.stringify(layer.getConfig())).toBe(JSON.stringify(golden.config));
  if (golden.adapt !== null) await layer.adapt(golden.adapt);
  if (layer instanceof layers.Discretization && golden.boundaries !== undefined) {
    expectClose(layer.boundaries!, golden.boundaries, { rtol: 1e-5 });
  }
  if (golden.vocabulary !== undefined) {
    expect((layer as layers.StringLookup).getVocabulary()).toEqual(golden.vocabulary);
  }
  const run = (each: layers.Layer): Tensor | Promise<Tensor> =>
    ofGraphs.includes(golden.class_name)
      ? callReference(
          each,
          tensor(golden.input, undefined, golden.class_name === 'Discretization' ? 'float32' : 'int32'),
        )
      : each.apply(golden.input);
  const found = await run(layer);
  expect(found.shape).toEqual(golden.output.shape);
  expectClose(found.data, golden.output.data, { rtol: 1e-5 });
  // The config of an adapted layer holds what it has learned.
  const copy = layers.deserialize(JSON.parse(JSON.stringify(layers.serialize(layer))) as never);
  expect((await run(copy)).data).toEqual(found.data);
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('fingerprint64 and sipHash are those of their authors', () => {
  // The last test vector of the paper on SipHash, and FarmHash's constant for nothing.
  const key = [0x0706050403020100n, 0x0f0e0d0c0b0a0908n] as const;
  expect(
    sipHash(
      Uint8Array.from({ length: 15 }, (_, i) => i),
      key,
    ),
  ).toBe(0xa129ca6149be45e5n);
  expect(fingerprint64(bytes(''))).toBe(0x9ae16a3b2f90404fn);
});

test('adapt reads batches, and stops after the given number of steps', async () => {
  const batches = [
    [['a'], ['b']],
    [['c'], ['a']],
    [['d'], ['d']],
  ];
  async function* stream(): AsyncGenerator<string[][]> {
    for (const batch of batches) yield await Promise.resolve(batch);
  }
  const layer = new layers.StringLookup();
  await layer.adapt(stream(), { steps: 2 });
  expect(layer.getVocabulary({ includeSpecialTokens: false })).toEqual(['a', 'c', 'b']);
});

test('TextVectorization accepts functions, and writes them by name', async () => {
  const shout = (text: string): string => text.toUpperCase();
  const atCommas = (text: string): readonly string[] => text.split(',');
  const layer = new layers.TextVectorization({ standardize: shout, split: atCommas });
  await layer.adapt(['a,b', 'b']);
  expect(layer.getVocabulary()).toEqual(['', '[UNK]', 'B', 'A']);
  expect((await layer.apply(['b,c,a'])).toArray()).toEqual([[2, 1, 3]]);
  const copy = layers.deserialize(layers.serialize(layer), { shout, atCommas }) as layers.TextVectorization;
  expect((await copy.apply(['b,c,a'])).toArray()).toEqual([[2, 1, 3]]);
});

test('decode returns the tokens of indices', async () => {
  const strings = new layers.StringLookup({ vocabulary: ['a', 'b'], maskToken: '' });
  expect(
    strings.decode([
      [0, 1],
      [2, 3],
    ]),
  ).toEqual([
    ['', '[UNK]'],
    ['a', 'b'],
  ]);
  const inverse = new layers.IntegerLookup({ vocabulary: [12, 36], invert: true });
  expect((await inverse.apply([[2, 0]])).toArray()).toEqual([[36, -1]]);
});

test('CategoryEncoding weighs counts', () => {
  const layer = new layers.CategoryEncoding(3, { outputMode: 'count' });
  const counted = layer.apply([Input({ shape: [2], dtype: 'int32' }), Input({ shape: [2] })]);
  expect(counted.shape).toEqual([null, 3]);
});

test('CategoryEncoding accepts the weights of counts as an option of the call, as Keras does', () => {
  const layer = new layers.CategoryEncoding(3, { outputMode: 'count' });
  const counted = evaluateFunction(
    ([indices, countWeights]) => layer.applyIn(new Trace(), indices!, false, null, { countWeights }) as Value,
    [tensor([0, 2, 2], [1, 3], 'int32'), tensor([0.5, 1, 2], [1, 3])],
  );
  expect(counted.toArray()).toEqual([[0.5, 0, 3]]);
});

describe('layers of categories refuse', () => {
  test.each([
    [
      'both ends of nothing',
      () => new layers.Discretization({ name: 'x' }),
      '[Discretization x] binBoundaries or numBins must be given. Received: binBoundaries=null, numBins=null.',
    ],
    [
      'bins in floats',
      () => new layers.Hashing(3, { name: 'x', dtype: 'float32' }),
      '[Hashing x] dtype must be "int32" or "int64" with outputMode "int". Received: dtype="float32".',
    ],
    [
      'sparse results',
      () => new layers.StringLookup({ name: 'x', sparse: true as never, outputMode: 'count' }),
      '[StringLookup x] sparse must be false: tensors are dense. Received: sparse=true.',
    ],
    [
      'a repeated token',
      () => new layers.StringLookup({ name: 'x', vocabulary: ['a', 'a'] }),
      '[StringLookup x] the tokens of the vocabulary must differ. Received: "a" twice.',
    ],
    [
      'a reserved token',
      () => new layers.StringLookup({ name: 'x', maskToken: 'm', vocabulary: ['a', 'm'] }),
      '[StringLookup x] the vocabulary must have the special tokens ["m", "[UNK]"] before the others, or not at all. Received: "m" among the others.',
    ],
    [
      'too many tokens',
      () => new layers.StringLookup({ name: 'x', maxTokens: 2, vocabulary: ['a', 'b'] }),
      '[StringLookup x] the vocabulary must have at most maxTokens entries. Received: 3 entries, maxTokens=2.',
    ],
    [
      'weights without tf_idf',
      () => new layers.StringLookup({ name: 'x', idfWeights: [1], vocabulary: ['a'] }),
      '[StringLookup x] idfWeights can be given with outputMode "tf_idf" only. Received: outputMode="int".',
    ],
    [
      'a value of a graph',
      () => new layers.StringLookup({ name: 'x' }).apply(input('x', [1], 'int32')),
      '[StringLookup x] strings and their indices are computed before the graph of a model. Apply the layer to an Input of the model, or to the data.',
    ],
    [
      'a length of encoded texts',
      () => new layers.TextVectorization({ name: 'x', outputMode: 'count', outputSequenceLength: 2 }),
      '[TextVectorization x] outputSequenceLength can be given with outputMode "int" only. Received: outputMode="count".',
    ],
  ] as const)('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });

  test.each([
    [
      'a token out of the vocabulary',
      () => new layers.StringLookup({ name: 'x', numOovIndices: 0, vocabulary: ['a'] }).apply(['b']),
      '[StringLookup x] all tokens must be in the vocabulary with numOovIndices=0. Received: "b".',
    ],
    [
      'numbers as strings',
      () => new layers.StringLookup({ name: 'x', vocabulary: ['a'] }).apply([1]),
      '[StringLookup x] a token must be a string. Received: a token=1.',
    ],
    [
      'ragged strings',
      () => new layers.StringLookup({ name: 'x', vocabulary: ['a'] }).apply([['a'], ['a', 'b']]),
      '[StringLookup x] the input must be nested arrays of strings, all of one length on each axis. Received: [["a"], ["a", "b"]].',
    ],
    [
      'one input of a crossing',
      () => new layers.HashedCrossing(3, { name: 'x' }).apply(['a']),
      '[HashedCrossing x] the input must be a list of at least two arrays. Received: ["a"].',
    ],
    [
      'a second adapt',
      () => new layers.StringLookup({ name: 'x', vocabulary: ['a'] }).adapt(['b']),
      '[StringLookup x] adapt cannot change a vocabulary that was given. Make a layer without one.',
    ],
    [
      'nothing to adapt to',
      () => new layers.StringLookup({ name: 'x' }).adapt([]),
      '[StringLookup x] adapt needs data. Received: no tokens.',
    ],
  ] as const)('%s', async (_, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});

test('Discretization refuses boundaries together with a number of bins, and reads both from a config', () => {
  expect(() => new layers.Discretization({ binBoundaries: [0, 1], numBins: 3, name: 'bins' })).toThrow(
    '[Discretization bins] only one of binBoundaries and numBins must be given. Received: both. Leave out numBins, or adapt the layer to data.',
  );
  const adapted = layers.Discretization.fromConfig({ bin_boundaries: [0, 1], num_bins: 3 }) as layers.Discretization;
  expect(adapted).toMatchObject({ boundaries: [0, 1], numBins: 3 });
  expect(adapted.getConfig()).toMatchObject({ bin_boundaries: [0, 1], num_bins: 3 });
});
