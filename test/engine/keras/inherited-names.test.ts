import { describe, expect, test } from 'vitest';
import * as ek from '../../../src/index.ts';
import { temporaryFolder } from '../../support/run-cli.ts';
import { takeOutput } from '../../support/fail-on-console.ts';

const x = [[1, 2], [3, 5], [0, 1], [2, 2]]; // prettier-ignore
const y = [[1], [2], [0], [3]];

/** Names that every object inherits, or that an assignment gives another meaning. */
describe.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])('the name %s', (name) => {
  const record = <T>(value: T): Record<string, T> => Object.fromEntries([[name, value]]);

  function makeModel(): ek.Model<Record<string, ek.Tensor>> {
    const input = ek.Input({ shape: [2], name });
    const norm = new ek.layers.BatchNormalization({ name: `${name}_norm` }).apply(input);
    const first = new ek.layers.Dense(1, { name: `${name}_1` }).apply(norm);
    const other = new ek.layers.Dense(1, { name: 'other' }).apply(norm);
    const model = new ek.Model({ inputs: { [name]: input }, outputs: { ...record(first), other }, name });
    return model;
  }

  test('is one of inputs, outputs, layers, metrics and optimizers in training, evaluation and prediction', async () => {
    const model = makeModel();
    const metric = new ek.metrics.MeanAbsoluteError({ name });
    model.compile({ loss: { ...record('mse'), other: 'mse' }, metrics: { ...record([metric]), other: ['mae'] }, lossWeights: { ...record(2), other: 1 }, optimizer: new ek.optimizers.Adam({ name }) }); // prettier-ignore
    const { history } = await model.fit(record(x), { ...record(y), other: y }, { verbose: 2, epochs: 2 });
    expect(Object.keys(history)).toContain('loss');
    const results = await model.evaluate(record(x), { ...record(y), other: y }, { verbose: 0 });
    expect(Object.keys(results).sort()).toEqual(Object.keys(history).sort());
    const predicted = await model.predict(record(x));
    expect(Object.keys(predicted).sort()).toEqual([name, 'other'].sort());
    model.summary();
    takeOutput();
  });

  test('is a metric that callbacks watch and write', async () => {
    const model = new ek.Sequential([ek.Input({ shape: [2] }), new ek.layers.BatchNormalization(), new ek.layers.Dense(1, { name })]); // prettier-ignore
    model.compile({ loss: 'mse', metrics: [new ek.metrics.MeanAbsoluteError({ name })] });
    const at = temporaryFolder();
    const { CSVLogger, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, TerminateOnNaN } = ek.callbacks;
    const watch = { monitor: name, mode: 'min' } as const;
    const seen: (readonly string[])[] = [];
    const monitor = new ek.normalization.NormalizationMonitor({ probe: [x], inputsOf: [name] });
    const { history } = await model.fit(x, y, {
      ...{ verbose: 0, epochs: 2 },
      callbacks: [
        new CSVLogger(at('log.csv')),
        new EarlyStopping({ ...watch, restoreBestWeights: true }),
        new ReduceLROnPlateau({ ...watch }),
        new ModelCheckpoint(at(`{${name}:.2f}.keras`), { ...watch, saveBestOnly: true }),
        new TerminateOnNaN(),
        monitor,
        new ek.callbacks.LambdaCallback({ onEpochEnd: (_epoch, logs) => void seen.push(Object.keys(logs)) }),
      ],
    });
    expect(Object.keys(history)).toEqual(expect.arrayContaining([name, 'loss']));
    expect(Object.hasOwn(history, name) && history[name]).toHaveLength(2);
    for (const keys of seen) expect(keys).toContain(name);
    expect(takeOutput()).toEqual([]);
  });

  test('that no value has is not found by callbacks', async () => {
    const model = new ek.Sequential([ek.Input({ shape: [2] }), new ek.layers.Dense(1)]);
    model.compile({ loss: 'mse' });
    const at = temporaryFolder();
    const { EarlyStopping, ModelCheckpoint, ReduceLROnPlateau } = ek.callbacks;
    const watch = { monitor: name, mode: 'min' } as const;
    for (const callback of [
      new EarlyStopping(watch),
      new ReduceLROnPlateau(watch),
      new ModelCheckpoint(at('m.keras'), { ...watch, saveBestOnly: true }),
    ]) {
      // prettier-ignore
      await model.fit(x, y, { verbose: 0, callbacks: [callback] });
      const [warning, ...others] = takeOutput();
      expect(warning?.text).toContain(`there is no value named "${name}" to monitor`);
      expect(others).toEqual([]);
    }
    const unnamed = new ModelCheckpoint(at(`{${name}}.keras`));
    await expect(model.fit(x, y, { verbose: 0, callbacks: [unnamed] })).rejects.toThrow(`no value named "${name}"`);
  });

  test('is kept by files of every format', async () => {
    // JSON cannot have this key, so that such a model is refused when it is written.
    if (name === '__proto__') {
      await expect(makeModel().toBytes('keras')).rejects.toThrow('JSON must not have a key "__proto__"');
      return;
    }
    const model = makeModel();
    model.compile({ loss: 'mse', metrics: [new ek.metrics.MeanAbsoluteError({ name })], optimizer: new ek.optimizers.SGD({ name }) }); // prettier-ignore
    const expected = await model.predict(record(x));
    for (const format of ['keras', 'h5'] as const) {
      const read = await ek.loadModel(await model.toBytes(format));
      const found = (await read.predict(record(x))) as unknown as Record<string, ek.Tensor>;
      expect(Object.values(found)[0]?.toArray()).toEqual(Object.values(expected)[0]?.toArray());
      expect(read.name).toBe(name);
    }
    const read = ek.modelFromJson(model.toJson());
    await read.loadWeights(await model.toBytes('safetensors'));
    expect(Object.keys((await read.predict(record(x))) as object).sort()).toEqual([name, 'other'].sort());
    expect((await model.toBytes('onnx')).length).toBeGreaterThan(0);
    expect(ek.normalization.inspectNormalization(model).layers).toHaveLength(1);
    expect(ek.normalization.foldBatchNormalization(model)).toBeDefined();
  });

  test('that names nothing is unknown in every registry', async () => {
    const get: readonly ((given: never) => unknown)[] = [
      ek.activations.get,
      ek.constraints.get,
      ek.initializers.get,
      ek.losses.get,
      ek.metrics.get,
      ek.optimizers.get,
      ek.regularizers.get,
      ek.layers.deserialize,
    ];
    const json = { class_name: name, config: {} };
    for (const find of get) {
      for (const given of [name, json, { ...json, module: 'keras.layers' }, { ...json, module: name }]) {
        expect(() => find(given as never), `${find.name} ${JSON.stringify(given)}`).toThrow(new RegExp(`"${name}"`));
      }
    }
    const model = new ek.Sequential([ek.Input({ shape: [2] }), new ek.layers.Dense(1)]);
    model.compile({ loss: 'mse' });
    expect(() => model.compile({ loss: name as never })).toThrow(`"${name}"`);
    expect(() => model.compile({ optimizer: name as never })).toThrow(`"${name}"`);
    expect(() => model.getLayer(name)).toThrow(`"${name}"`);
    for (const option of [{ dtype: name }, { activation: name }, record(1)]) {
      expect(() => new ek.layers.Dense(1, option as never)).toThrow(`"${name}"`);
    }
    await expect(model.fit(x, y, record(1) as never)).rejects.toThrow(`"${name}"`);
    await expect(model.fit(record(x), y)).rejects.toThrow(`"${name}"`);
    await expect(model.toBytes(name as never)).rejects.toThrow(`"${name}"`);
  });

  test('is a name of custom objects', () => {
    class Twice extends ek.layers.Layer {
      static override readonly className: string = name;
      override call(value: ek.Value): ek.Value {
        return ek.ops.multiply(value, 2);
      }
    }
    const customObjects = record(Twice);
    const layer = ek.layers.deserialize({ class_name: name, config: { name } }, customObjects);
    expect(layer).toBeInstanceOf(Twice);
    const twice = (value: ek.Value): ek.Value => ek.ops.multiply(value, 2);
    const dense = ek.layers.deserialize({ class_name: 'Dense', config: { units: 1, activation: name } }, record(twice));
    expect(dense).toBeInstanceOf(ek.layers.Dense);
  });

  test('is a name of a sample weight, a class weight and a loss weight', async () => {
    const model = makeModel();
    model.compile({ loss: 'mse' });
    const target = { ...record(y), other: y };
    const sampleWeight = { ...record([1, 0, 1, 0]), other: [1, 1, 1, 1] };
    await model.fit(record(x), target, { verbose: 0, sampleWeight: sampleWeight as never });
    await expect(model.fit(record(x), y, { verbose: 0 })).rejects.toThrow(/y|target/i);
    takeOutput();
  });
});
