import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as ek from '../../../../src/index.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';

const { Dense, BatchNormalization } = ek.layers;
const golden = (file: string): string => fileURLToPath(new URL(`../../../golden/files/${file}`, import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

function model(units = 3, lastUnits = 1, name = 'net'): ek.Sequential {
  const stack = [ek.Input({ shape: [2] }), new Dense(units, { name: 'a' }), new Dense(lastUnits, { name: 'b' })];
  return new ek.Sequential(stack, { name });
}

const weightsOf = (each: ek.Model): readonly unknown[] => each.getWeights().map(({ data }) => [...data]);

describe('loadWeights of weights that do not fit', () => {
  const formats = ['weights.h5', 'h5', 'keras', 'safetensors'] as const;

  test.each(formats)('leaves the model unchanged: %s', async (format) => {
    const bytes = await model(3, 2).toBytes(format);
    const other = model(3, 1);
    const before = weightsOf(other);
    await expect(other.loadWeights(bytes)).rejects.toThrow(ek.ValueError);
    expect(weightsOf(other)).toEqual(before);
  });

  test('names the member, the layer and the weight', async () => {
    const target = model(3, 1);
    const advice =
      'Load the file into a model of the same layers, or skip weights that do not fit with { skipMismatch: true }.';
    await expect(target.loadWeights(await model(3, 2).toBytes('keras'))).rejects.toThrow(
      `[loadWeights] model.weights.h5: layers/dense_1/vars/0, the kernel of the layer "b", must have shape [3, 1]. Received: shape [3, 2]. 1 more does not fit. ${advice}`,
    );
    await expect(target.loadWeights(await model(3, 2).toBytes('h5'))).rejects.toThrow(
      `[loadWeights] b/net/b/kernel, the kernel of the layer "b", must have shape [3, 1]. Received: shape [3, 2]. 1 more does not fit. ${advice}`,
    );
    await expect(target.loadWeights(await model(3, 2).toBytes('safetensors'))).rejects.toThrow(
      `[loadWeights] net/b/kernel must have shape [3, 1]. Received: shape [3, 2]. 1 more does not fit. ${advice}`,
    );
  });

  test('reports layers that only the file or only the model has', async () => {
    const short = new ek.Sequential([ek.Input({ shape: [2] }), new Dense(3, { name: 'a' })], { name: 'net' });
    await expect(short.loadWeights(await model().toBytes('weights.h5'))).rejects.toThrow(
      '[loadWeights] layers/dense_1/vars must belong to a layer of the model. Received: weights of an unknown layer.',
    );
    await expect(model().loadWeights(await short.toBytes('weights.h5'))).rejects.toThrow(
      '[loadWeights] layers/dense_1/vars of the layer "b" must contain 2 variables. Received: no such group.',
    );
    await expect(short.loadWeights(await model().toBytes('h5'))).rejects.toThrow(
      '[loadWeights] layer_names must contain 1 layer with weights: a. Received: a, b.',
    );
    await expect(short.loadWeights(await model().toBytes('safetensors'))).rejects.toThrow(
      '[loadWeights] net/b/bias must be a weight of the model. Received: a tensor of this name.',
    );
  });

  test('skipMismatch loads the weights that fit, and warns of the rest', async () => {
    const [from, to] = [model(3, 2), model(3, 1)];
    const last = weightsOf(to).slice(2);
    await to.loadWeights(await from.toBytes('weights.h5'), { skipMismatch: true });
    expect(weightsOf(to)).toEqual([...weightsOf(from).slice(0, 2), ...last]);
    expectWarning(
      'layers/dense_1/vars/0, the kernel of the layer "b", must have shape [3, 1]. Received: shape [3, 2]. It is unchanged.',
    );
    expectWarning(
      'layers/dense_1/vars/1, the bias of the layer "b", must have shape [1]. Received: shape [2]. It is unchanged.',
    );
  });

  test('byName finds layers of a legacy file at any position', async () => {
    const from = model();
    const to = new ek.Sequential([
      ek.Input({ shape: [3] }),
      new Dense(1, { name: 'b' }),
      new Dense(2, { name: 'new' }),
    ]);
    await to.loadWeights(await from.toBytes('h5'), { byName: true });
    expect(weightsOf(to).slice(0, 2)).toEqual(weightsOf(from).slice(2));
    await expect(to.loadWeights(await from.toBytes('keras'), { byName: true })).rejects.toThrow(
      '[loadWeights] only the layers of a legacy .h5 can be matched by name. Received: byName=true for a file of another format. Omit byName.',
    );
  });

  test('a model of another name has the same paths after its name', async () => {
    const [from, to] = [model(3, 1, 'one'), model(3, 1, 'two')];
    await to.loadWeights(await from.toBytes('safetensors'));
    expect(weightsOf(to)).toEqual(weightsOf(from));
  });

  test('the state of another optimizer is skipped with a warning', async () => {
    const [from, to] = [model(), model()];
    from.compile({ optimizer: 'adam', loss: 'mse' });
    await from.trainOnBatch([[1, 2]], [[3]]);
    to.compile({ optimizer: 'sgd', loss: 'mse' });
    await to.loadWeights(await from.toBytes('weights.h5'));
    expect(weightsOf(to)).toEqual(weightsOf(from));
    expectWarning(/the state of the optimizer sgd.* was skipped: the optimizer has 2 variables, the file 10\./);
  });

  test('a model must be built, and a file must have a known format', async () => {
    const empty = new ek.Sequential([new Dense(1)], { name: 'empty' });
    await expect(empty.loadWeights(await model().toBytes())).rejects.toThrow(
      '[loadWeights] a model must be built before its weights are read. Received: Sequential empty, without weights. Call build([…]), or call the model on data first.',
    );
    await expect(empty.toBytes('weights.h5')).rejects.toThrow(
      '[Sequential empty toBytes] a model must be built before its weights are written. Received: a model without weights. Call build([…]), or call the model on data first.',
    );
    await expect(model().loadWeights(new Uint8Array(20))).rejects.toThrow(
      '[loadWeights] the file must have one of the formats .keras, .h5, .hdf5, .weights.h5, model.json, .weights.json or .safetensors. Received: 20 bytes of another format.',
    );
    await expect(model().loadWeights(5 as never)).rejects.toThrow(
      '[loadWeights] a file must be a path, a URL, bytes, a Blob or a Response. Received: 5.',
    );
  });
});

describe('files', () => {
  test('are read by path, and the ending determines the format', async () => {
    const from = model();
    for (const name of ['m.keras', 'm.h5', 'm.hdf5']) {
      await from.save(join(folder, name));
      expect(weightsOf(await ek.loadModel(join(folder, name)))).toEqual(weightsOf(from));
    }
    for (const name of ['m.weights.h5', 'plain.h5', 'm.safetensors']) {
      const to = model();
      await from.saveWeights(join(folder, name));
      await to.loadWeights(join(folder, name));
      expect(weightsOf(to)).toEqual(weightsOf(from));
    }
  });

  test('overwrite: false keeps an existing file', async () => {
    const path = join(folder, 'kept.keras');
    await model().save(path);
    const before = await readFile(path);
    await expect(model().save(path, { overwrite: false })).rejects.toThrow(
      `[Sequential net save] with overwrite=false, the file must not exist. Received: path=${JSON.stringify(path)}. Choose another name, or overwrite: true.`,
    );
    expect(await readFile(path)).toEqual(before);
  });

  test('other endings are refused before anything is written', async () => {
    const before = await readdir(folder);
    await expect(model().save(join(folder, 'm.weights.h5'))).rejects.toThrow(
      'which is for weights alone: use saveWeights.',
    );
    await expect(model().save(join(folder, 'm.txt'))).rejects.toThrow('the name must end in .keras, .h5 or .hdf5.');
    await expect(model().saveWeights(join(folder, 'm.keras'))).rejects.toThrow(
      'the name must end in .h5, .hdf5, .weights.h5 or .safetensors.',
    );
    await expect(model().toBytes('npz' as never)).rejects.toThrow(
      '[Sequential net toBytes] format must be one of "keras", "h5", "weights.h5", "safetensors". Received: format="npz".',
    );
    expect(await readdir(folder)).toEqual(before);
  });

  test('includeOptimizer: false omits the training configuration', async () => {
    const from = model();
    from.compile({ optimizer: 'adam', loss: 'mse' });
    for (const format of ['keras', 'h5'] as const) {
      expect((await ek.loadModel(await from.toBytes(format))).optimizer.name).toBe(from.optimizer.name);
      expect((await ek.loadModel(await from.toBytes(format), { compile: false })).compiled).toBe(false);
      expect((await ek.loadModel(await from.toBytes(format, { includeOptimizer: false }))).compiled).toBe(false);
    }
  });
});

describe('loadModel', () => {
  test('runs no code of a file: a Lambda requires its function', async () => {
    for (const file of ['lambda.keras', 'lambda.h5']) {
      await expect(ek.loadModel(golden(file))).rejects.toThrow(
        `: [Lambda double] a config cannot hold the code of a function, and its Python code is never run. Received: Python code. Pass the function in customObjects under the name of the layer, { "double": (x) => … }`,
      );
    }
    await expect(ek.loadModel(golden('lambda.keras'), { safeMode: false })).rejects.toThrow(
      '[loadModel] safeMode must be true: Python code in a file cannot be run. Received: safeMode=false. Pass the functions in customObjects.',
    );
  });

  test('a registered function is restored in its Lambda', async () => {
    const triple = (x: ek.Value): ek.Value => ek.ops.multiply(x, 3);
    ek.registerKerasSerializable('refusals', 'triple')(triple);
    const stack = [ek.Input({ shape: [2] }), new ek.layers.Lambda(triple, { name: 'times' })];
    const again = await ek.loadModel(await new ek.Sequential(stack).toBytes());
    expect((await again.predict([[1, 2]], { verbose: 0 })).toArray()).toEqual([[3, 6]]);
  });

  test('names the file and the unknown class', async () => {
    class Own extends ek.Layer {
      static override readonly className = 'Own';
      override call(x: ek.Value): ek.Value {
        return x;
      }
    }
    const bytes = await new ek.Sequential([ek.Input({ shape: [2] }), new Own()]).toBytes();
    await expect(ek.loadModel(bytes)).rejects.toThrow(/^\[loadModel\] config\.json: .*unknown layer "Own"/);
    expect((await ek.loadModel(bytes, { customObjects: { Own } })).layers[0]).toBeInstanceOf(Own);
  });

  test('refuses weights alone', async () => {
    await expect(ek.loadModel(await model().toBytes('weights.h5'))).rejects.toThrow(
      '[loadModel] a model must be a .keras, .h5 or .hdf5 file. Received: a file of weights alone. Read weights alone with loadWeights.',
    );
  });

  test('a layer that two models share is one layer when read', async () => {
    for (const source of [golden('sharing.keras'), await (await ek.loadModel(golden('sharing.keras'))).toBytes()]) {
      const again = await ek.loadModel(source);
      expect(again.getLayer('holder').sublayers).toContain(again.getLayer('twice'));
      expect(again.weights).toHaveLength(2);
    }
  });
});

describe('a layer that Keras 3 does not have', () => {
  test('is a class of this package in .keras, and is restored', async () => {
    const several = new BatchNormalization({ axis: [1, 2], name: 'several' });
    const ghosts = new BatchNormalization({ virtualBatchSize: 2, name: 'ghosts' });
    const weighted = new ek.layers.WeightNormalization(new Dense(2), { name: 'weighted' });
    const from = new ek.Sequential([ek.Input({ shape: [3, 2] }), several, new ek.layers.Flatten(), ghosts, weighted]);
    for (const format of ['keras', 'h5'] as const) {
      const again = await ek.loadModel(await from.toBytes(format));
      expect(again.layers.map((layer) => layer.constructor)).toEqual(from.layers.map((layer) => layer.constructor));
      expect(again.layers.map((layer) => layer.getConfig())).toEqual(from.layers.map((layer) => layer.getConfig()));
      expect(weightsOf(again)).toEqual(weightsOf(from));
    }
  });

  test('InstanceNormalization is GroupNormalization with a group for each channel', async () => {
    const stack = [
      ek.Input({ shape: [4, 2] }),
      new ek.layers.InstanceNormalization(),
      new ek.layers.SyncBatchNormalization(),
    ];
    const again = await ek.loadModel(await new ek.Sequential(stack).toBytes());
    expect(again.layers.map(({ className }) => className)).toEqual(['GroupNormalization', 'BatchNormalization']);
    expect(again.layers.map((layer) => layer.getConfig())).toMatchObject([{ groups: -1 }, { synchronized: true }]);
  });
});
