import { fileURLToPath } from 'node:url';
import { Model, type Tensor, layers, loadModel, resetNames, tensor, utils } from 'evenkeel';
import { Dataset, makeCsvDataset } from 'evenkeel/data';
import { beforeEach, describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { type FeatureSpaceCase, type Output, spaceOf } from '../../../support/feature-space.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

type Row = Readonly<Record<string, never>>;

const { cases } = loadGolden<FeatureSpaceCase>('feature-space');

const pathOf = (file: string): string =>
  fileURLToPath(new URL(`../../../golden/feature-space/${file}`, import.meta.url));

beforeEach(resetNames);

function expectArray(found: Tensor, expected: GoldenArray): void {
  expect(found.shape).toEqual(expected.shape);
  expect(found.dtype).toBe(expected.dtype);
  expectClose(found.data, expected.data, { rtol: 1e-5 });
}

/** Compares encoded features with Keras's: an array, or a record of them. */
function expectOutput(found: Tensor | Readonly<Record<string, Tensor>>, expected: Output): void {
  if ('data' in expected) {
    expectArray(found as Tensor, expected as GoldenArray);
    return;
  }
  const records = found as Readonly<Record<string, Tensor>>;
  expect(Object.keys(records).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, each] of Object.entries(expected)) expectArray(records[name]!, each);
}

/** The rows of a record of lists. */
function rowsOf(data: Readonly<Record<string, readonly unknown[]>>): readonly Row[] {
  const count = Object.values(data)[0]!.length;
  return Array.from({ length: count }, (_, i) => {
    return Object.fromEntries(Object.entries(data).map(([name, values]) => [name, values[i]])) as Row;
  });
}

/** The space of a case, adapted to a dataset as in Keras. */
async function adapted(given: FeatureSpaceCase): Promise<utils.AnyFeatureSpace> {
  const space = spaceOf(given);
  if (given.adapt === null) return space;
  const dataset = Dataset.fromIterable(rowsOf(given.adapt));
  await space.adapt(given.batch === null ? dataset : dataset.batch(given.batch));
  return space;
}

/** Compares the state of preprocessors with Keras's. */
function expectLearned(space: utils.AnyFeatureSpace, { learned }: FeatureSpaceCase): void {
  for (const [name, expected] of Object.entries(learned)) {
    const layer = space.preprocessors[name];
    if (layer instanceof layers.Normalization) {
      expectClose(layer.mean!.data, expected.mean!.data, { rtol: 1e-5 });
      expectClose(layer.variance!.data, expected.variance!.data, { rtol: 1e-5 });
    } else if (layer instanceof layers.Discretization) {
      expectClose(layer.boundaries!, expected.boundaries!, { rtol: 1e-5 });
    } else {
      expect((layer as layers.StringLookup).getVocabulary()).toEqual(expected.vocabulary);
    }
  }
}

/** Whether all values of the data of a call are single, in lists or not. */
const isOfSingleValues = (data: Readonly<Record<string, unknown>>): boolean =>
  Object.values(data).every((values) => Array.isArray(values) && !Array.isArray(values[0]));

describe.each(cases)('FeatureSpace encodes as Keras does: $title', (given) => {
  test('data', async () => {
    const space = await adapted(given);
    for (const [data, expected] of given.calls) expectOutput(await space.apply(data), expected);
  });

  test('what the preprocessors learn', async () => {
    expectLearned(await adapted(given), given);
  });
});

const HOST_AFTER_GRAPH = 'integers as they are, in a cross';
const ofSingleValues = cases.filter(
  ({ title, calls }) => title !== HOST_AFTER_GRAPH && calls.some(([data]) => isOfSingleValues(data)),
);

test.each(ofSingleValues)('FeatureSpace encodes as Keras does in a model of raw data: $title', async (given) => {
  const space = await adapted(given);
  const model = new Model({ inputs: space.getInputs(), outputs: space.getEncodedFeatures() as never });
  for (const [data, expected] of given.calls) {
    if (isOfSingleValues(data)) expectOutput(await model.predict(data, { verbose: 0 }), expected);
  }
});

const withFile = cases.filter(({ file }) => file !== undefined);

describe.each(withFile)('the FeatureSpace that Keras saved as $file', (given) => {
  const load = (): Promise<utils.AnyFeatureSpace> => loadModel<utils.AnyFeatureSpace>(pathOf(given.file!));

  test('is read, adapted, and encodes as Keras does', async () => {
    const space = await load();
    expect(space).toBeInstanceOf(utils.FeatureSpace);
    expect(space.isAdapted).toBe(true);
    expectLearned(space, given);
    for (const [data, expected] of given.calls) expectOutput(await space.apply(data), expected);
  });

  test('is written and read again', async () => {
    const first = await load();
    const again = await loadModel<utils.AnyFeatureSpace>(await first.toBytes());
    expect(again.getConfig()).toEqual(first.getConfig());
    for (const [data, expected] of given.calls) expectOutput(await again.apply(data), expected);
  });

  test('is adapted again', async () => {
    const space = await load();
    const other = Object.fromEntries(Object.entries(given.adapt!).map(([name, values]) => [name, values.slice(0, 4)]));
    await space.adapt(other as never);
    const fresh = spaceOf(given);
    await fresh.adapt(other as never);
    const [data] = given.calls[0]!;
    expect(await space.apply(data)).toEqual(await fresh.apply(data));
  });
});

test('a model with encoded features that Keras saved predicts and is written', async () => {
  const given = cases.find(({ model }) => model !== undefined)!;
  const model = await loadModel(pathOf(given.model!));
  const [data] = given.calls[0]!;
  expectArray(await model.predict(data, { verbose: 0 }), given.prediction!);
  const again = await loadModel(await model.toBytes());
  expectArray(await again.predict(data, { verbose: 0 }), given.prediction!);
  expect(model.layers.map(({ className }) => className)).toContain('TFDConcat');
});

const people = {
  age: [21, 35, 42, 58, 63, 30],
  city: ['Bern', 'Basel', 'Bern', 'Chur', 'Basel', 'Bern'],
};

const spaceOfPeople = (): utils.FeatureSpace =>
  new utils.FeatureSpace({ features: { age: 'float_normalized', city: 'string_categorical' } });

test('adapt reads rows, batches, pairs with targets, streams and a record of arrays alike', async () => {
  const encoded = async (dataset: utils.FeatureDataset): Promise<Tensor> => {
    const space = spaceOfPeople();
    await space.adapt(dataset);
    return space.apply(people);
  };
  const rows = rowsOf(people);
  async function* stream(): AsyncGenerator<Row> {
    for (const row of rows) yield await Promise.resolve(row);
  }
  const expected = await encoded(people);
  for (const dataset of [rows, Dataset.fromIterable(rows).batch(4), rows.map((row) => [row, 1] as const), stream()]) {
    expectClose((await encoded(dataset as utils.FeatureDataset)).data, expected.data, { rtol: 1e-6 });
  }
});

test('adapt reads a stream once for all features', async () => {
  let passes = 0;
  const space = spaceOfPeople();
  await space.adapt({
    *[Symbol.iterator]() {
      passes++;
      yield* rowsOf(people);
    },
  });
  expect(passes).toBe(1);
});

test('a model is trained on encoded features, and predicts from raw data', async () => {
  const space = spaceOfPeople();
  await space.adapt(people);
  const labels = [0, 1, 1, 1, 1, 0];
  const encoded = space.getEncodedFeatures();
  const outputs = new layers.Dense(1).apply(encoded);
  const training = new Model({ inputs: encoded, outputs });
  training.compile({ optimizer: 'adam', loss: 'mse' });
  const rows = Dataset.fromIterable(rowsOf(people).map((row, i) => [row, labels[i]!] as const)).batch(2);
  await training.fit(rows.map(async ([x, y]) => [await space.apply(x), y] as const) as never, { verbose: 0 });
  const model = new Model({ inputs: space.getInputs(), outputs });
  const expected = await training.predict(await space.apply(people), { verbose: 0 });
  expectClose((await model.predict(people, { verbose: 0 })).data, expected.data, { rtol: 1e-6 });
});

test('a FeatureSpace is adapted to the batches of a CSV file, and encodes them', async () => {
  const csv = new TextEncoder().encode('age,city,label\n20,Bern,0\n40,Basel,1\n30,Bern,1\n');
  const dataset = makeCsvDataset(csv, 2, { labelName: 'label', shuffle: false });
  const space = spaceOfPeople();
  await space.adapt(dataset);
  const [first] = await dataset.map(async ([x, y]) => [await space.apply(x), y] as const).toArray();
  expectClose(first![0].data, [-1.2247449, 0, 1, 0, 1.2247449, 0, 0, 1], { rtol: 1e-6 });
  expect(first![1]).toEqual(tensor([0, 1], [2], 'int32'));
});

describe('FeatureSpace refuses', () => {
  test('data before it is adapted', async () => {
    const message =
      '[FeatureSpace people] the features ["age", "city"] must be adapted first. Call await adapt(dataset).';
    const { features } = spaceOfPeople();
    const space = new utils.FeatureSpace({ features, name: 'people' });
    await expect(space.apply(people)).rejects.toThrow(message);
    expect(() => space.getInputs()).toThrow(message);
    expect(() => space.getEncodedFeatures()).toThrow(message);
  });

  test.each([
    [{ age: [1] }, /the data must have every feature. Received: \["age"\], without "city"\.$/],
    [{ ...people, size: [1] }, /the data must have the features \["age", "city"\] only\. Received: "size", too\.$/],
    [{ age: [1], city: ['a', 'b'] }, /the same number of rows. Received: 1 of "age", 2 of "city"\.$/],
    [
      { age: ['x'], city: ['a'] },
      /^\[FeatureSpace feature_space feature age\] elements must be numbers or booleans\. Received: "x" at \[0\]\.$/,
    ],
    [{ age: [1], city: [1] }, /a token must be a string/],
    [[people], /the data must be a record of features\. Received: \[/],
  ])('%j', async (data, message) => {
    const space = spaceOfPeople();
    await space.adapt(people);
    await expect(space.apply(data as never)).rejects.toThrow(message);
    expect((await space.apply(people)).shape).toEqual([6, 5]);
  });

  test('in a model, a cross of features that a graph preprocesses', () => {
    const space = spaceOf(cases.find(({ title }) => title === HOST_AFTER_GRAPH)!);
    expect(() => new Model({ inputs: space.getInputs(), outputs: space.getEncodedFeatures() as never })).toThrow(
      /layers of strings and of their indices must come first. Received: HashedCrossing x_X_y, applied to a result of Identity/,
    );
  });

  test('an encoding that does not fit the dtype', async () => {
    const concatenated = new utils.FeatureSpace({
      features: { city: utils.FeatureSpace.stringHashed(3, { outputMode: 'int' }) },
      name: 's',
    });
    const message =
      '[FeatureSpace s] features must be encoded to be concatenated. Received: int32 for "city". Choose outputMode "one_hot" for the feature, or "dict" for the FeatureSpace.';
    await expect(concatenated.apply({ city: ['a'] })).rejects.toThrow(message);
    expect(() => concatenated.getEncodedFeatures()).toThrow(message);
  });

  test('a failed adaptation of a part, until it is adapted again', async () => {
    const space = spaceOfPeople();
    await space.adapt(people);
    const before = await space.apply(people);
    await expect(space.adapt([{ age: 1 }] as never)).rejects.toThrow(/every feature/);
    expect((await space.apply(people)).data).toEqual(before.data);
    await expect(space.adapt({ age: [NaN, 1], city: ['x', 'y'] })).rejects.toThrow(/finite numbers/);
    await space.adapt(people);
    expect((await space.apply(people)).data).toEqual(before.data);
  });
});
