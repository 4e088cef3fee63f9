import { describe, expect, test } from 'vitest';
import { GroupBuilder, mergeGroups } from '../../../../src/keras/saving/groups.ts';
import { fromKeras, toKeras } from '../../../../src/keras/saving/saving-lib/dialect.ts';
import { setStrings, stringsOf } from '../../../../src/keras/saving/legacy/attributes.ts';
import { inKerasOrder } from '../../../../src/keras/saving/legacy/optimizer-order.ts';
import { readLegacyModelConfig } from '../../../../src/keras/saving/legacy/read-legacy-config.ts';
import { readTrainingConfig } from '../../../../src/keras/saving/legacy/read-training-config.ts';
import type { Saveable, SaveableList } from '../../../../src/keras/saving/keras-saveable.ts';
import { shardsOf } from '../../../../src/keras/saving/formats/sharded-weights.ts';
import { fileFormats, formatNamed, formatOf, formatToWrite } from '../../../../src/keras/saving/formats/formats.ts';
import { SourceFile } from '../../../../src/keras/saving/source-file.ts';
import type { StoredArray, StoredGroup } from '../../../../src/formats/arrays/stored.ts';
import { writeHdf5 } from '../../../../src/formats/hdf5/hdf5.ts';
import { walk } from '../../../../src/keras/saving/walk.ts';
import { writeJson } from '../../../../src/formats/json/write-json.ts';

function saveable(className: string, children: readonly (readonly [string, Saveable | SaveableList])[] = []): Saveable {
  return { name: className.toLowerCase(), className, ownVariables: [], children };
}

const scalar = (value: number): StoredArray => ({
  kind: 'array',
  dtype: 'float32',
  shape: [],
  data: Float32Array.of(value),
});
const valueOf = ({ data }: StoredArray): number => Number(data[0]);

describe('walk', () => {
  test('numbers the members of each list by class, and visits shared objects once, at their first path', () => {
    const shared = saveable('Dense');
    const block = saveable('MyBlock', [['inner', shared]]);
    const nested = [saveable('Conv2D'), [saveable('Dense'), shared], [saveable('ReLU')], saveable('Conv2D')];
    const root = saveable('Model', [
      ['layers', [shared, saveable('Dense'), block]],
      ['table', nested],
    ]);
    expect(walk(root).map(({ path }) => path)).toEqual([
      ...['', 'layers/dense', 'layers/dense_1', 'layers/my_block'],
      ...['table/conv2d', 'table/container/dense', 'table/container_1/re_lu', 'table/conv2d_1'],
    ]);
  });
});

describe('lists of strings', () => {
  test('are split into several attributes where one would be too long for HDF5', () => {
    const builder = new GroupBuilder();
    const names = Array.from({ length: 5000 }, (_, i) => `layer_with_a_long_name_${i}`);
    setStrings(builder, 'layer_names', names);
    const group = builder.build();
    expect([...group.attributes.keys()]).toEqual(['layer_names0', 'layer_names1', 'layer_names2']);
    expect(stringsOf(group, 'layer_names')).toEqual(names);
  });

  test('may be empty, in the form of NumPy', () => {
    const builder = new GroupBuilder();
    setStrings(builder, 'weight_names', []);
    expect(builder.build().attributes.get('weight_names')).toMatchObject({ dtype: 'float64', shape: [0] });
    expect(stringsOf(builder.build(), 'weight_names')).toEqual([]);
    expect(stringsOf(builder.build(), 'other')).toBeUndefined();
  });
});

describe('writeJson', () => {
  test('distinguishes the values that Python distinguishes', () => {
    expect(writeJson({ units: 3, rate: 0, momentum: 1, learning_rate: 0.5, scale: true, seed: null })).toBe(
      '{"units": 3, "rate": 0.0, "momentum": 1.0, "learning_rate": 0.5, "scale": true, "seed": null}',
    );
    expect(writeJson({ values: [NaN, Infinity, -Infinity], l2: 1e21 })).toBe(
      '{"values": [NaN, Infinity, -Infinity], "l2": 1e+21}',
    );
  });
});

describe('the dialect of Keras', () => {
  const layer = (name: string, config: Readonly<Record<string, never>> | object) =>
    ({ module: 'keras.layers', class_name: name, config, registered_name: null }) as never;

  test('writes layers that Keras does not have under the name of this package, and reads them back', () => {
    const ghost = layer('BatchNormalization', { axis: -1, virtual_batch_size: 4 });
    expect(toKeras(ghost)).toMatchObject({ module: null, registered_name: 'evenkeel>BatchNormalization' });
    expect(fromKeras(toKeras(ghost))).toEqual(ghost);
    expect(toKeras(ghost, true)).toEqual(ghost);
    expect(toKeras(layer('BatchNormalization', { axis: [2] }))).toEqual(layer('BatchNormalization', { axis: 2 }));
  });

  test('leaves custom classes unchanged, whatever their names', () => {
    const own = {
      module: null,
      class_name: 'WeightNormalization',
      config: {},
      registered_name: 'mine>WeightNormalization',
    };
    expect(toKeras(own)).toEqual(own);
  });
});

describe('the older format', () => {
  test('stores the state of an optimizer slot by slot before tf.keras 2.11', () => {
    const names = [
      'Adam/iter:0',
      'Adam/a/m:0',
      'Adam/b/m:0',
      'Adam/a/v:0',
      'Adam/b/v:0',
      'Adam/a/vhat:0',
      'Adam/b/vhat:0',
    ];
    expect(inKerasOrder(names.map((name, i) => ({ name, array: scalar(i) }))).map(valueOf)).toEqual([
      0, 1, 3, 2, 4, 5, 6,
    ]);
    const newer = ['iteration:0', 'Adam/m/a:0', 'Adam/v/a:0'].map((name, i) => ({ name, array: scalar(i) }));
    expect(inKerasOrder(newer).map(valueOf)).toEqual([0, 1, 2]);
  });

  test('has arguments that were renamed or removed', () => {
    const config = [
      { class_name: 'InputLayer', config: { batch_input_shape: [null, 4], name: 'x' } },
      { class_name: 'BatchNormalization', config: { axis: [3], fused: null } },
      { class_name: 'BatchNormalization', config: { axis: [1, 2] } },
      { class_name: 'LeakyReLU', config: { alpha: 0.25 } },
      {
        class_name: 'Dense',
        config: { units: 1, kernel_initializer: { class_name: 'Zeros', config: { dtype: 'float32' } } },
      },
    ];
    expect(readLegacyModelConfig({ class_name: 'Sequential', config }, 'test')).toEqual({
      class_name: 'Sequential',
      config: {
        name: 'sequential',
        layers: [
          { class_name: 'InputLayer', config: { batch_shape: [null, 4], name: 'x' } },
          { class_name: 'BatchNormalization', config: { axis: 3 } },
          { class_name: 'BatchNormalization', config: { axis: [1, 2] } },
          { class_name: 'LeakyReLU', config: { negative_slope: 0.25 } },
          { class_name: 'Dense', config: { units: 1, kernel_initializer: { class_name: 'Zeros', config: {} } } },
        ],
      },
    });
    expect(() => readLegacyModelConfig([1], 'test')).toThrow(
      '[test] model_config must have class_name and config. Received: [1].',
    );
  });

  test('has a decay of the learning rate, which becomes a schedule', () => {
    const optimizer = { class_name: 'SGD', config: { lr: 0.1, decay: 0.01, jit_compile: true } };
    const metric = { class_name: 'MeanMetricWrapper', config: { name: 'acc', fn: 'categorical_accuracy' } };
    const loss = { class_name: 'MeanSquaredError', config: { reduction: 'auto', name: 'l', fn: 'mean_squared_error' } };
    expect(readTrainingConfig({ optimizer_config: optimizer, loss, metrics: [[metric]] }, 'test')).toEqual({
      optimizer: {
        class_name: 'SGD',
        config: {
          learning_rate: {
            class_name: 'InverseTimeDecay',
            config: { initial_learning_rate: 0.1, decay_steps: 1, decay_rate: 0.01 },
          },
        },
      },
      loss: { class_name: 'MeanSquaredError', config: { reduction: 'sum_over_batch_size', name: 'l' } },
      loss_weights: null,
      metrics: [[{ class_name: 'categorical_accuracy', config: { name: 'acc' } }]],
      weighted_metrics: null,
    });
    expect(() => readTrainingConfig({}, 'test')).toThrow(
      '[test] training_config must have an optimizer_config. Received: {}.',
    );
  });
});

describe('shards', () => {
  const index = (map: object): Uint8Array => new TextEncoder().encode(JSON.stringify({ weight_map: map }));

  test('are in the folder of their index', () => {
    expect(shardsOf(index({ '/a': 'x.h5', '/b': ['x.h5', 'y.h5'] }), 'test')).toEqual(['x.h5', 'y.h5']);
    for (const name of ['../x.h5', 'a/b.h5', 'a\\b.h5', '..', '']) {
      expect(() => shardsOf(index({ '/a': name }), 'test')).toThrow(
        '[test] the files of a weight_map must be in the folder of the index.',
      );
    }
  });

  test('are merged into one tree', () => {
    const [first, second] = [new GroupBuilder(), new GroupBuilder()];
    first.add('layers/dense/vars/0', scalar(1));
    second.add('layers/dense/vars/1', scalar(2));
    const layers = mergeGroups([first.build(), second.build()]).children.get('layers');
    const both = new GroupBuilder();
    both.add('layers/dense/vars/0', scalar(1));
    both.add('layers/dense/vars/1', scalar(2));
    expect(layers).toEqual(both.build().children.get('layers'));
  });
});

describe('formatOf', () => {
  const formatOfBytes = async (bytes: Uint8Array): Promise<string | undefined> =>
    (await formatOf(new SourceFile('test', bytes)))?.name;

  test('recognizes files by their first bytes, and HDF5 files by their attributes', async () => {
    const hdf5 = (attributes: StoredGroup['attributes']): Promise<Uint8Array> =>
      writeHdf5({ kind: 'group', attributes, children: new Map() });
    expect(await formatOfBytes(Uint8Array.of(0x50, 0x4b, 3, 4))).toBe('keras');
    expect(await formatOfBytes(await hdf5(new Map([['model_config', '{}']])))).toBe('h5');
    expect(await formatOfBytes(await hdf5(new Map([['layer_names', ['a']]])))).toBe('h5 weights');
    expect(await formatOfBytes(await hdf5(new Map()))).toBe('weights.h5');
    expect(await formatOfBytes(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d))).toBe('safetensors');
    expect(await formatOfBytes(Uint8Array.of(0x7b, 0x7d))).toBe('weights.json');
    expect(await formatOfBytes(new Uint8Array(0))).toBeUndefined();
  });

  test('leaves damaged HDF5 files to the reader, whose error describes the damage', async () => {
    await expect(formatOfBytes(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10))).rejects.toThrow('[test] ');
  });
});

describe('formatToWrite', () => {
  test('is the format with the longest ending of the name', () => {
    expect(formatToWrite('m.keras', 'model')?.name).toBe('keras');
    expect(formatToWrite('m.h5', 'model')?.name).toBe('h5');
    expect(formatToWrite('m.weights.h5', 'model')).toBeUndefined();
    expect(formatToWrite('m.weights.h5', 'weights')?.name).toBe('weights.h5');
    expect(formatToWrite('m.hdf5', 'weights')?.name).toBe('h5 weights');
    expect(formatToWrite('m.weights.json', 'weights')).toBeUndefined();
  });
});

test('every name of fileFormats is a format that is written', () => {
  for (const name of fileFormats) expect(formatNamed(name)?.write).toBeTypeOf('function');
});
