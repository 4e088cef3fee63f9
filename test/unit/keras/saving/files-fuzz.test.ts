import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Json } from '../../../../src/core/config.ts';
import * as ek from '../../../../src/index.ts';
import { readHdf5, writeHdf5 } from '../../../../src/formats/hdf5/hdf5.ts';
import { parseJson } from '../../../../src/formats/json/json.ts';
import { readSafetensors, writeSafetensors } from '../../../../src/formats/safetensors/safetensors.ts';
import type { StoredArray, StoredAttribute, StoredGroup } from '../../../../src/formats/arrays/stored.ts';
import { readZip, writeZip } from '../../../../src/formats/zip/zip.ts';
import { damage, numbers } from '../../../support/damage.ts';
import { mutateArray, mutateJson } from '../../../support/mutate-model.ts';

/** The number of mutations of each kind, from EVENKEEL_FUZZ; 0 for the defaults. */
const scale = Number(process.env['EVENKEEL_FUZZ'] ?? 0);

/** The maximum time to read a file, in milliseconds. */
const longest = 5000;

/** The maximum growth of the process, in KiB, regardless of the sizes that files declare. */
const floor = 400 * 1024;

const MEMBER = 'model.weights.h5';
type Next = (below: number) => number;
type Mutate = (bytes: Uint8Array, next: Next) => Promise<Uint8Array> | Uint8Array;

const bytesOf = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../golden/files/${file}`, import.meta.url)));

const text = (json: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(json));

/** Changes the JSON in a .keras file; its checksums are right. */
function mutateConfig(bytes: Uint8Array, next: Next): Uint8Array {
  const members = readZip(bytes, 'fuzz');
  const config = parseJson(new TextDecoder().decode(members.get('config.json')), 'fuzz');
  return writeZip(members.set('config.json', text(mutateJson(config, next))));
}

/** Changes the bytes of the weights in a .keras file; its checksums are right. */
function damageMember(bytes: Uint8Array, next: Next): Uint8Array {
  const members = readZip(bytes, 'fuzz');
  return writeZip(members.set(MEMBER, damage(members.get(MEMBER)!, next)));
}

async function mutateMember(bytes: Uint8Array, next: Next): Promise<Uint8Array> {
  const members = readZip(bytes, 'fuzz');
  return writeZip(members.set(MEMBER, await mutateArrays(members.get(MEMBER)!, next)));
}

/** Changes the type, the shape or the values of one array of an HDF5 file, or its name. */
async function mutateArrays(bytes: Uint8Array, next: Next): Promise<Uint8Array> {
  return writeHdf5(mutateGroup(await readHdf5(bytes, 'fuzz'), next));
}

function mutateGroup(group: StoredGroup, next: Next): StoredGroup {
  const children = [...group.children];
  const [name = '', child] = children[next(children.length)] ?? [];
  if (child === undefined) return group;
  const changed = child.kind === 'group' ? mutateGroup(child, next) : mutateArray(child, next);
  const others = children.filter(([other]) => other !== name);
  switch (next(12)) {
    case 0:
      return { ...group, children: new Map(others) };
    case 1:
      return { ...group, children: new Map([...others, [`${name}_1`, changed]]) };
    default:
      return { ...group, children: new Map([...others, [name, changed]]) };
  }
}

/** Changes the JSON in an attribute of a legacy .h5. */
async function mutateAttribute(bytes: Uint8Array, next: Next): Promise<Uint8Array> {
  const tree = await readHdf5(bytes, 'fuzz');
  const name = next(4) === 0 ? 'training_config' : 'model_config';
  const found = tree.attributes.get(name);
  if (typeof found !== 'string') return bytes;
  const changed: StoredAttribute = JSON.stringify(mutateJson(parseJson(found, 'fuzz'), next));
  return writeHdf5({ ...tree, attributes: new Map([...tree.attributes, [name, changed]]) });
}

function mutateTensors(bytes: Uint8Array, next: Next): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes, 'fuzz');
  const names = [...tensors.keys()];
  const name = names[next(names.length)]!;
  const array: StoredArray = tensors.get(name)!;
  return writeSafetensors(new Map([...tensors, [name, mutateArray(array, next)]]), metadata);
}

/** The result of reading a file: a model, or a message. */
async function outcomeOf(read: () => Promise<ek.Model>): Promise<ek.Model | string> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!['ValueError', 'TypeError', 'NotImplementedError'].includes(error.name)) throw error;
    if (
      !/^\[[^\]]+\] /.test(error.message) ||
      /internal:|Cannot read|is not a function|is not iterable/.test(error.message)
    )
      throw error;
    expect(error.message.length).toBeLessThan(6000);
    return error.message;
  }
}

const weightsOf = (model: ek.Model): readonly unknown[] => model.getWeights().map(({ shape, data }) => [shape, data]);

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50;

/** Every array in a model file, as a string of numbers. */
async function arraysIn(bytes: Uint8Array): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const look = (item: StoredGroup | StoredArray): void => {
    if (item.kind === 'group') item.children.forEach(look);
    else found.add(Float32Array.from(item.data as Iterable<number>, Number).join());
  };
  look(await readHdf5(isZip(bytes) ? readZip(bytes, 'fuzz').get(MEMBER)! : bytes, 'fuzz'));
  return found;
}

/** Checks that the weights of a model are in the file it was read from, and that it can be written. */
async function checkModel(model: ek.Model, bytes: Uint8Array): Promise<void> {
  const stored = await arraysIn(bytes);
  for (const { data } of model.getWeights()) {
    if (!stored.has(Float32Array.from(data).join())) throw new Error(`weights that no file has: ${data.join()}`);
  }
  const again = await ek.loadModel(await model.toBytes('keras'));
  expect(weightsOf(again)).toEqual(weightsOf(model));
}

/** A model with many kinds of layers. */
async function ours(): Promise<Uint8Array> {
  const { layers, Input } = ek;
  const image = Input({ shape: [8, 8, 2], name: 'image' });
  let x = new layers.SeparableConv2D(3, 3, { padding: 'same', depthMultiplier: 2 }).apply(image);
  x = new layers.GroupNormalization({ groups: 3 }).apply(x);
  x = new layers.PReLU({ sharedAxes: [1, 2] }).apply(x);
  x = new layers.UpSampling2D({ size: 2, interpolation: 'bilinear' }).apply(x);
  x = new layers.AveragePooling2D({ padding: 'same' }).apply(x);
  x = new layers.SpectralNormalization(new layers.Conv2D(4, 3)).apply(x);
  x = new layers.Conv2DTranspose(2, 2, { strides: 2 }).apply(x);
  x = new layers.LayerNormalization({ axis: [1, 2, 3] }).apply(x);
  const tokens = Input({ shape: [4], dtype: 'int32', name: 'tokens' });
  let y = new layers.Embedding(7, 3, { maskZero: true }).apply(tokens);
  y = new layers.WeightNormalization(new layers.Conv1D(2, 2, { padding: 'causal' })).apply(y);
  y = new layers.RMSNormalization().apply(y);
  y = new layers.Reshape([8]).apply(y);
  const both = new layers.Concatenate().apply([new layers.Flatten().apply(x), new layers.Dropout(0.5).apply(y)]);
  const outputs = new layers.Dense(2, { activation: 'softmax', kernelRegularizer: 'l2' }).apply(both);
  const model = new ek.Model({ inputs: [image, tokens], outputs });
  model.compile({
    optimizer: new ek.optimizers.Adam({ learningRate: new ek.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5) }),
    loss: 'categorical_crossentropy',
    metrics: [new ek.metrics.AUC(), new ek.metrics.PrecisionAtRecall(0.5)],
  });
  return model.toBytes('keras');
}

const kerasFiles = ['adam', 'adamw-schedule', 'gathering', 'images', 'momentum', 'rmsprop', 'sharing', 'untrained'];
const legacyFiles = ['adam', 'images', 'tf-keras-2.9', 'tf-keras-2.12'];
const whole: readonly (readonly [kind: string, files: readonly string[], copies: number, mutate: Mutate])[] = [
  ['a .keras with other bytes', kerasFiles.map((name) => `${name}.keras`), 10, damage],
  ['a .keras with another config', kerasFiles.map((name) => `${name}.keras`), 40, mutateConfig],
  ['a .keras with other bytes of weights', kerasFiles.map((name) => `${name}.keras`), 10, damageMember],
  ['a .keras with other arrays', kerasFiles.map((name) => `${name}.keras`), 8, mutateMember],
  ['an .h5 with other bytes', legacyFiles.map((name) => `${name}.h5`), 20, damage],
  ['an .h5 with another config', legacyFiles.map((name) => `${name}.h5`), 20, mutateAttribute],
  ['an .h5 with other arrays', legacyFiles.map((name) => `${name}.h5`), 10, mutateArrays],
];

async function fuzz(
  good: Uint8Array,
  copies: number,
  seed: number,
  mutate: Mutate,
  read: (bytes: Uint8Array) => Promise<ek.Model>,
  check: (model: ek.Model, bytes: Uint8Array) => Promise<void> = checkModel,
): Promise<number> {
  const next = numbers(seed);
  let refused = 0;
  const failures: string[] = [];
  for (let i = 0; i < copies; i++) {
    const bytes = await mutate(good, next);
    const before = process.resourceUsage().maxRSS;
    const start = performance.now();
    try {
      const outcome = await outcomeOf(() => read(bytes));
      if (typeof outcome === 'string') refused++;
      else await check(outcome, bytes);
    } catch (error) {
      const { cause = error } = error as Error;
      failures.push(`${i}: ${String(error)}\n${(cause as Error).stack?.split('\n').slice(0, 7).join('\n')}`);
    }
    const time = performance.now() - start;
    if (time > longest) throw new Error(`copy ${i} took ${time} ms`);
    const grown = process.resourceUsage().maxRSS - before;
    if (grown > floor) throw new Error(`copy ${i} took ${grown} KiB`);
  }
  if (failures.length > 0) throw new Error(failures.slice(0, 8).join('\n----\n'));
  return refused;
}

describe('a damaged model', () => {
  // An optimizer's state that does not fit is skipped with a warning, as in Keras.
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  const cases = whole.flatMap(([kind, files, copies, mutate]) =>
    files.map((file) => ({ kind, file, copies: scale || copies, mutate })),
  );
  test.each(cases)(
    'a damaged model is read, or refused with one clear error: $kind, $file',
    async ({ file, copies, mutate }) => {
      const good = bytesOf(file);
      const refused = await fuzz(good, copies, file.length * 1000 + 1, mutate, (bytes) => ek.loadModel(bytes));
      expect(refused).toBeGreaterThan(0);
    },
    600_000,
  );

  test('a damaged model: one written here, with many kinds of layers and a changed config, is read or refused with one clear error', async () => {
    const good = await ours();
    expect(await fuzz(good, scale || 100, 3, mutateConfig, (bytes) => ek.loadModel(bytes))).toBeGreaterThan(0);
  }, 600_000);

  const weights = [
    ['adam.weights.h5', damage],
    ['adam.weights.h5', mutateArrays],
    ['plain-weights.h5', damage],
    ['plain-weights.h5', mutateArrays],
    ['safetensors', damage],
    ['safetensors', mutateTensors],
  ] as const;
  test.each(weights)(
    'damaged weights are read, or refused without changing the model: %s',
    async (file, mutate) => {
      const model = await ek.loadModel(bytesOf('untrained.keras'));
      const good = file === 'safetensors' ? await model.toBytes('safetensors') : bytesOf(file);
      const first = model.getWeights();
      const read = async (bytes: Uint8Array): Promise<ek.Model> => {
        model.setWeights(first);
        const before = weightsOf(model);
        try {
          await model.loadWeights(bytes);
        } catch (error) {
          expect(weightsOf(model)).toEqual(before);
          throw error;
        }
        return model;
      };
      const arrays = async (bytes: Uint8Array): Promise<ReadonlySet<string>> => {
        if (file !== 'safetensors') return arraysIn(bytes);
        const { tensors } = readSafetensors(bytes, 'fuzz');
        return new Set(
          [...tensors.values()].map(({ data }) => Float32Array.from(data as Iterable<number>, Number).join()),
        );
      };
      const check = async (_: ek.Model, bytes: Uint8Array): Promise<void> => {
        const stored = await arrays(bytes);
        for (const { data } of model.getWeights()) expect(stored.has(Float32Array.from(data).join())).toBe(true);
      };
      expect(await fuzz(good, scale || 40, file.length, mutate, read, check)).toBeGreaterThan(0);
    },
    600_000,
  );
});

describe('a model that declares more weights than its file contains', () => {
  /** A small model with one string in its config replaced. */
  async function declare(model: ek.Model, from: string, to: string): Promise<string> {
    const members = readZip(await model.toBytes('keras'), 'test');
    const config = new TextDecoder().decode(members.get('config.json'));
    expect(config).toContain(from);
    const bytes = writeZip(members.set('config.json', new TextEncoder().encode(config.replaceAll(from, to))));
    return ek.loadModel(bytes).then(
      () => 'a model',
      (error: unknown) => String(error),
    );
  }

  const sequential = (shape: readonly number[], ...layers: readonly ek.Layer[]): ek.Model =>
    new ek.Sequential([ek.Input({ shape }), ...layers], { name: 'small' });

  test('a model that declares more weights than its file contains is refused before any allocation: units', async () => {
    const model = sequential([4], new ek.layers.Dense(7, { name: 'wide' }));
    expect(await declare(model, '"units": 7', '"units": 1000000000')).toBe(
      'ValueError: [loadModel] config.json: [Dense wide] the sizes that a file declares must match the values that it contains. Received: the weight kernel of shape [4, 1000000000], for which the file has no values.',
    );
  });

  test('a model that declares more weights than its file contains is refused before any allocation: filters, windows, rows, thresholds, classes', async () => {
    const conv = sequential([9, 9, 1], new ek.layers.Conv2D(7, 3, { padding: 'same', name: 'conv' }));
    const embedding = sequential([4], new ek.layers.Embedding(77, 2, { name: 'table' }));
    const auc = sequential([4], new ek.layers.Dense(1));
    auc.compile({ loss: 'mse', metrics: [new ek.metrics.AUC({ numThresholds: 77 })] });
    const iou = sequential([4], new ek.layers.Dense(1));
    iou.compile({ loss: 'mse', metrics: [new ek.metrics.MeanIoU(77)] });
    const outcomes = [
      await declare(conv, '"filters": 7', '"filters": 900000000'),
      await declare(conv, '"kernel_size": [3, 3]', '"kernel_size": [90000, 90000]'),
      await declare(embedding, '"input_dim": 77', '"input_dim": 1e15'),
      await declare(auc, '"num_thresholds": 77', '"num_thresholds": 2000000000'),
      await declare(iou, '"num_classes": 77', '"num_classes": 1000000000'),
    ];
    const what = (received: string): string =>
      `the sizes that a file declares must match the values that it contains. Received: ${received}, for which the file has no values.`;
    const tooLarge = (weight: string, shape: string): string =>
      `the weight ${weight} must have at most 8589934592 elements. Received: shape=${shape}.`;
    expect(outcomes).toEqual([
      `ValueError: [loadModel] config.json: [Conv2D conv] ${what('the weight kernel of shape [3, 3, 1, 900000000]')}`,
      `ValueError: [loadModel] config.json: [Conv2D conv] ${tooLarge('kernel', '[90000, 90000, 1, 7]')}`,
      `ValueError: [loadModel] config.json: [Embedding table] ${tooLarge('embeddings', '[1000000000000000, 2]')}`,
      `ValueError: [loadModel] compile_config: [AUC] ${what('numThresholds of shape [2000000000]')}`,
      `ValueError: [loadModel] compile_config: [MeanIoU] ${what('numClasses of shape [1000000000]')}`,
    ]);
  });
});
