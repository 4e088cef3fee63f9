import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers, loadModel, modelFromJson, ops, utils } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { resetNames } from '../../../../src/core/names.ts';
import { TFDConcat } from '../../../../src/keras/layers/feature-space/tfd-concat.ts';
import { TFDIdentity } from '../../../../src/keras/layers/feature-space/tfd-identity.ts';
import { deserializeLayer, serializeLayer } from '../../../../src/keras/layers/serialization.ts';
import { readTogether } from '../../../../src/keras/models/feature-space/lockstep.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { tensor } from '../../../../src/core/tensor.ts';

const { FeatureSpace } = utils;
const features = { size: 'float', kind: 'string_hashed' } as const;

test.each([new TFDConcat(-1), new TFDIdentity()])('%o is written where Keras has it', (layer) => {
  const written = serializeLayer(layer);
  const module = 'keras.src.layers.preprocessing.feature_space';
  expect(written).toMatchObject({ module, class_name: layer.className, registered_name: layer.className });
  expect(deserializeLayer(written)).toBeInstanceOf(layer.constructor);
});

test('TFDIdentity returns integers in its dtype', () => {
  const x = input('x', [2], 'int32');
  const y = new TFDIdentity().apply(x);
  const [found] = evaluate({ inputs: [x], outputs: [y], updates: [] }, [tensor([1, 2], [2], 'int32')]).outputs;
  expect(found).toEqual(tensor([1, 2], [2], 'float32'));
});

test('a FeatureSpace has the layers of its features and crosses by name', () => {
  resetNames();
  const space = new FeatureSpace({
    features: {
      ...features,
      age: FeatureSpace.floatDiscretized(3),
      word: FeatureSpace.stringCategorical({ maxTokens: 9 }),
    },
    crosses: [['kind', 'word'], FeatureSpace.cross(['age', 'kind'], 7, { outputMode: 'int' })],
    crossingDim: 5,
    hashingDim: 6,
  });
  expect(space.name).toBe('feature_space');
  const names = Object.entries(space.preprocessors).map(([name, layer]) => [name, layer.name]);
  expect(names).toEqual([
    ['size', 'size_preprocessor'],
    ['kind', 'kind_preprocessor'],
    ['age', 'float_discretized_preprocessor'],
    ['word', 'string_categorical_preprocessor'],
  ]);
  expect((space.preprocessors['kind'] as layers.Hashing).numBins).toBe(6);
  expect((space.preprocessors['word'] as layers.StringLookup).maxTokens).toBe(9);
  expect(Object.entries(space.crossers).map(([name, { numBins }]) => [name, numBins])).toEqual([
    ['kind_X_word', 5],
    ['age_X_kind', 7],
  ]);
  expect(space.features['age']).toMatchObject({ dtype: 'float32', outputMode: 'one_hot' });
  expect(space.crosses[1]).toMatchObject({ featureNames: ['age', 'kind'], outputMode: 'int' });
});

test('the config of a FeatureSpace leads to an equal one, without what a Normalization has learned', async () => {
  const space = new FeatureSpace({
    features: { ...features, weight: 'float_normalized', count: FeatureSpace.integerHashed(5, { outputMode: 'int' }) },
    crosses: [['kind', 'count']],
    outputMode: 'dict',
    crossingDim: 8,
    numDiscretizationBins: 4,
  });
  await space.adapt({ weight: [1, 2, 3] });
  expect(space.isAdapted).toBe(true);
  const config = space.getConfig();
  expect(config).toMatchObject({ output_mode: 'dict', crossing_dim: 8, hashing_dim: 32, num_discretization_bins: 4 });
  const copy = FeatureSpace.fromConfig(config);
  expect(copy.getConfig()).toEqual(config);
  expect(copy.isAdapted).toBe(false);
  const names = FeatureSpace.fromConfig({ features: { ...features }, crosses: [['size', 'kind']] });
  expect(names.crosses[0]?.name).toBe('size_X_kind');
});

test('layers with a vocabulary or with boundaries need no adaptation, and are adapted where they have learned', async () => {
  const given = new layers.StringLookup({ vocabulary: ['a'] });
  const learned = new layers.StringLookup();
  await learned.adapt(['a']);
  const make = (preprocessor: layers.Layer): utils.FeatureSpace =>
    new FeatureSpace({ features: { x: FeatureSpace.feature('string', preprocessor, 'one_hot') } });
  expect(make(given).isAdapted).toBe(true);
  expect(make(learned).isAdapted).toBe(false);
  await make(learned).adapt({ x: ['b', 'b', 'c'] });
  expect(learned.getVocabulary()).toEqual(['[UNK]', 'b', 'c']);
  const bins = FeatureSpace.floatDiscretized(null, { binBoundaries: [0, 1] });
  const space = new FeatureSpace({ features: { x: bins } });
  expect(space.getEncodedFeatures().shape).toEqual([null, 3]);
});

test('the encoding of a FeatureSpace follows a new vocabulary', async () => {
  const space = new FeatureSpace({ features: { x: 'string_categorical' } });
  await space.adapt({ x: ['a', 'b'] });
  expect(space.getEncodedFeatures().shape).toEqual([null, 3]);
  await space.adapt({ x: ['a', 'b', 'c'] });
  expect(space.getEncodedFeatures().shape).toEqual([null, 4]);
  expect(space.oneHotEncoders['x']?.numTokens).toBe(4);
});

test('a FeatureSpace in the mode dict returns symbolic tensors by name', () => {
  const space = new FeatureSpace({ features, outputMode: 'dict', hashingDim: 3 });
  const encoded = space.getEncodedFeatures();
  expect(Object.entries(encoded).map(([name, { shape }]) => [name, shape])).toEqual([
    ['kind', [null, 3]],
    ['size', [null, 1]],
  ]);
  expect(space.concat).toBeNull();
  expect(space.getInputs()['kind']?.isString).toBe(true);
});

describe('a file of a FeatureSpace', () => {
  test('has the state of its preprocessors', async () => {
    const space = new FeatureSpace({ features: { weight: 'float_normalized', word: 'string_categorical' } });
    await space.adapt({ weight: [1, 3], word: ['a', 'b'] });
    const restored = await loadModel<utils.FeatureSpace>(await space.toBytes());
    expect(restored).toBeInstanceOf(FeatureSpace);
    expect(restored.isAdapted).toBe(true);
    expect((restored.preprocessors['weight'] as layers.Normalization).mean).toEqual(tensor([2]));
    expect((restored.preprocessors['word'] as layers.StringLookup).getVocabulary()).toEqual(['[UNK]', 'b', 'a']);
    expect(JSON.parse(JSON.stringify(restored))).toEqual(JSON.parse(JSON.stringify(space)));
  });

  test('of a space that has not been adapted is not', async () => {
    const bytes = await new FeatureSpace({ features: { weight: 'float_normalized' } }).toBytes();
    expect((await loadModel<utils.FeatureSpace>(bytes)).isAdapted).toBe(false);
  });

  test('may have preprocessors of custom classes', async () => {
    class Doubled extends layers.Layer {
      static override readonly className: string = 'Doubled';
      override call(x: Parameters<layers.Layer['call']>[0]): never {
        return ops.multiply(x as never, 2) as never;
      }
    }
    const x = FeatureSpace.feature('float32', new Doubled(), 'float');
    const bytes = await new FeatureSpace({ features: { x } }).toBytes();
    const restored = await loadModel<utils.FeatureSpace>(bytes, { customObjects: { Doubled } });
    expect(restored.preprocessors['x']).toBeInstanceOf(Doubled);
    await expect(loadModel(bytes)).rejects.toThrow(/^\[loadModel\] config\.json: .* unknown layer "Doubled"/);
  });

  test('is written under a name that ends in .keras only', async () => {
    const space = new FeatureSpace({ features, name: 's' });
    await expect(space.save('space.h5')).rejects.toThrow(
      '[FeatureSpace s save] the name must end in .keras. Received: path="space.h5".',
    );
    await expect(space.save('space.keras', { overwrite: 1 } as never)).rejects.toThrow(
      /overwrite must be true or false/,
    );
  });

  test('is saved to a path, and kept with overwrite=false', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'evenkeel-feature-space-'));
    try {
      const path = join(folder, 'space.keras');
      const space = new FeatureSpace({ features });
      await space.save(path);
      expect((await loadModel<utils.FeatureSpace>(path)).getConfig()).toEqual(space.getConfig());
      await expect(space.save(path, { overwrite: false })).rejects.toThrow(/the file must not exist/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('is no JSON of a model', () => {
    const json = JSON.stringify(new FeatureSpace({ features }));
    expect(() => modelFromJson(json)).toThrow(/must contain a model. Received: FeatureSpace\.$/);
  });
});

describe('FeatureSpace refuses', () => {
  test.each([
    [{}, /^\[FeatureSpace s\] features must be a record of at least one feature. Received: undefined\.$/],
    [{ features: {} }, /features must be a record of at least one feature/],
    [{ features: { x: 'number' } }, /a feature must be one of "float", .* Received: "x"="number"\.$/],
    [{ features, outputMode: 'list' }, /outputMode must be one of "concat", "dict"/],
    [{ features, crosses: 'size' }, /crosses must be a list. Received: crosses="size"\.$/],
    [{ features, crosses: [['size']] }, /featureNames must be a list of at least two names of features/],
    [{ features, crosses: [['size', 'x']] }, /crosses must be of features. Received: "x", which is not among/],
    [
      {
        features,
        crosses: [
          ['size', 'kind'],
          ['size', 'kind'],
        ],
      },
      /a second one named "size_X_kind"\.$/,
    ],
    [{ features, crosses: [['size', 'kind']], crossingDim: null }, /crossingDim must be given with crosses/],
    [{ features, hashingDim: 0 }, /hashingDim must be a positive integer/],
    [{ features, numDiscretizationBins: 1.5 }, /numDiscretizationBins must be a positive integer/],
    [{ features, mode: 'dict' }, /unknown option "mode"/],
  ])('%j', (options, message) => {
    expect(() => new FeatureSpace({ ...options, name: 's' } as never)).toThrow(message);
  });

  test.each([
    ['a layer', () => FeatureSpace.feature('string', 'lookup' as never, 'int'), /preprocessor must be a layer/],
    ['strings', () => FeatureSpace.feature('string', new layers.Identity(), 'int'), /preprocessor of strings must be/],
    ['a dtype', () => FeatureSpace.feature('text', new layers.Identity(), 'int'), /text/],
    ['a mode', () => FeatureSpace.stringHashed(3, { outputMode: 'count' as never }), /outputMode must be one of/],
    ['an option', () => FeatureSpace.float({ scale: 2 } as never), /\[FeatureSpace\.float\] unknown option "scale"/],
    ['bins', () => FeatureSpace.floatDiscretized(3, { binBoundaries: [1] }), /only one of binBoundaries and numBins/],
    ['a cross', () => FeatureSpace.cross(['a', 'b'], 0), /crossingDim must be a positive integer/],
  ])('another value for %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('a cross of numbers', () => {
    const space = new FeatureSpace({ features, crosses: [['size', 'kind']], name: 's' });
    expect(() => space.getEncodedFeatures()).toThrow(
      '[FeatureSpace s] crosses must be of integers or strings. Received: "size_X_kind", in which "size" is float32. Choose the type "float_discretized" for the feature.',
    );
  });

  test('ones at categories of which the number is unknown', () => {
    const feature = FeatureSpace.feature('int32', new layers.Identity({ dtype: 'int32', name: 'same' }), 'one_hot');
    expect(() => new FeatureSpace({ features: { x: feature }, name: 's' }).getInputs()).toThrow(
      '[FeatureSpace s] the number of categories of a feature with outputMode "one_hot" must be known. Received: "x", preprocessed by Identity same. Choose outputMode "int".',
    );
  });

  test.each([
    [7, /adapt needs a record of arrays, or an iterable of records. Received: dataset=7\.$/],
    [[1, 2], /an element of the dataset must be a record of features. Received: 1\.$/],
    [{ x: 1 }, /adapt needs arrays. Received: one value for the feature "x"\.$/],
    [{ y: [1] }, /the data must have every feature. Received: \["y"\], without "x"\.$/],
    [[{ x: 1 }, { x: [1] }], /the values of a feature must have one rank. Received: ranks 0 and 1 for "x"\.$/],
    [[], /adapt needs data/],
  ])('to be adapted to %j', async (dataset, message) => {
    const space = new FeatureSpace({ features: { x: 'float_normalized' } });
    await expect(space.adapt(dataset as never)).rejects.toThrow(message);
    expect(space.isAdapted).toBe(false);
  });
});

describe('readTogether', () => {
  const collect =
    (into: number[]) =>
    async (elements: AsyncIterable<number>): Promise<void> => {
      for await (const element of elements) into.push(element);
    };

  test('gives every element to every consumer, and reads each when all have asked for it', async () => {
    const log: string[] = [];
    function* source(): Generator<number> {
      for (const i of [1, 2, 3]) {
        log.push(`read ${i}`);
        yield i;
      }
    }
    const slow = async (elements: AsyncIterable<number>): Promise<void> => {
      for await (const element of elements) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        log.push(`slow ${element}`);
      }
    };
    const fast: number[] = [];
    await readTogether(source(), [slow, collect(fast)]);
    expect(fast).toEqual([1, 2, 3]);
    expect(log).toEqual(['read 1', 'slow 1', 'read 2', 'slow 2', 'read 3', 'slow 3']);
  });

  test('ends all consumers when one fails, and closes the source', async () => {
    let isClosed = false;
    function* source(): Generator<number> {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        isClosed = true;
      }
    }
    const failing = async (elements: AsyncIterable<number>): Promise<void> => {
      for await (const element of elements) if (element === 2) throw new Error('enough');
    };
    const seen: number[] = [];
    await expect(readTogether(source(), [collect(seen), failing])).rejects.toThrow('enough');
    expect(isClosed).toBe(true);
    expect(seen).toEqual([0, 1, 2]);
  });

  test('goes on when a consumer has read enough', async () => {
    const seen: number[] = [];
    const first = async (elements: AsyncIterable<number>): Promise<void> => {
      for await (const element of elements) if (element === 1) return;
    };
    await readTogether([1, 2, 3], [first, collect(seen)]);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('passes an error of the source on', async () => {
    const source = {
      async *[Symbol.asyncIterator](): AsyncGenerator<number> {
        yield await Promise.resolve(1);
        throw new Error('broken');
      },
    };
    const [a, b]: number[][] = [[], []];
    await expect(readTogether(source, [collect(a!), collect(b!)])).rejects.toThrow('broken');
    expect([a, b]).toEqual([[1], [1]]);
  });
});
