import { Input, Layer, Model, NotImplementedError, Sequential, ValueError, ops, tensor } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { exportOnnx } from '../../../../src/keras/export/export-onnx.ts';
import { decodeModel } from '../../../../src/compiler/onnx/codec.ts';
import { expectClose } from '../../../support/close.ts';
import { layerCases, networks } from '../../../support/export-cases.ts';
import { expectSamePredictions, fillWeights, inputOf, runOnnx } from '../../../support/onnx-export.ts';

describe('exportOnnx', () => {
  test.each(Object.entries(networks))(
    'predicts in the engine what it predicts here: %s',
    async (_, { make, rows, folded }) => {
      const model = make();
      fillWeights(model);
      const { graph } = await expectSamePredictions(model, exportOnnx(model).model, rows);
      for (const { dims } of graph.inputs) expect(dims![0]).toBe('batch');
      for (const { dims } of graph.outputs) expect(dims![0]).toBe('batch');
      expect(graph.nodes.filter(({ domain }) => domain !== '')).toEqual([]);
      const other = decodeModel(exportOnnx(model, { foldBatchNormalization: true }).model);
      const isNormalization = ({ opType }: { opType: string }): boolean => opType === 'BatchNormalization';
      if (folded === true) {
        expect(graph.nodes.some(isNormalization)).toBe(true);
        expect(other.graph.nodes.some(isNormalization)).toBe(false);
      }
      await expectSamePredictions(model, exportOnnx(model, { foldBatchNormalization: true }).model, rows);
    },
  );

  test.each(layerCases)('layer computes the same when exported: $name', async ({ make, row, dtype }) => {
    const layer = make();
    const x = Input({ shape: row, dtype: dtype ?? layer.dtype });
    const model = new Model({ inputs: x, outputs: layer.apply(x) });
    fillWeights(model);
    const { graph } = await expectSamePredictions(model, exportOnnx(model).model, [row]);
    expect(graph.nodes.filter(({ domain }) => domain !== '')).toEqual([]);
  });

  test('a fully convolutional network accepts images of any size', async () => {
    const x = Input({ shape: [null, null, 3], name: 'image' });
    let y = new layers.Conv2D(8, 3, { padding: 'same', strides: 2, activation: 'relu' }).apply(x);
    y = new layers.BatchNormalization().apply(y);
    y = new layers.GroupNormalization({ groups: 4 }).apply(y);
    y = new layers.Conv2D(8, 3, { padding: 'valid', strides: 3 }).apply(y);
    y = new layers.Cropping2D({
      cropping: [
        [1, 2],
        [0, 1],
      ],
    }).apply(y);
    y = new layers.UpSampling2D({ size: 2 }).apply(y);
    y = new layers.MaxPooling2D({ poolSize: 3, strides: 2, padding: 'same' }).apply(y);
    const map = new layers.Conv2DTranspose(4, 3, { strides: 2, padding: 'same', name: 'map' }).apply(y);
    const score = new layers.GlobalAveragePooling2D({ name: 'score' }).apply(map);
    const model = new Model({ inputs: x, outputs: [map, score] });
    fillWeights(model);
    const { model: file } = exportOnnx(model);
    const { graph } = decodeModel(file);
    expect(graph.inputs[0]!.dims).toEqual(['batch', 'image_axis_1', 'image_axis_2', 3]);
    expect(graph.outputs.map(({ name, dims }) => [name, dims])).toEqual([
      ['map', ['batch', null, null, 4]],
      ['score', ['batch', 4]],
    ]);
    for (const size of [
      [40, 41],
      [57, 50],
      [64, 39],
    ])
      await expectSamePredictions(model, file, [[...size, 3]]);
  });

  test('a network that halves and doubles accepts multiples of the factor', async () => {
    const x = Input({ shape: [null, null, 2], name: 'image' });
    const down = new layers.Conv2D(4, 3, { padding: 'same', strides: 2 }).apply(x);
    const deep = new layers.Conv2D(4, 3, { padding: 'same', strides: 2 }).apply(down);
    const up = new layers.UpSampling2D({ size: 2 }).apply(deep);
    const joined = new layers.Concatenate().apply([up, down]);
    const y = new layers.Conv2DTranspose(2, 3, { padding: 'same', strides: 2 }).apply(joined);
    const model = new Model({ inputs: x, outputs: new layers.Add().apply([x, y]) });
    fillWeights(model);
    const { model: file } = exportOnnx(model);
    expect(decodeModel(file).metadata['free_sizes']).toBe('multiples of 4, but for batch');
    for (const size of [
      [16, 8],
      [20, 36],
    ])
      await expectSamePredictions(model, file, [[...size, 2]]);
  });

  test('the length of sequences is free, and shared by inputs that are merged', async () => {
    const [a, b] = [Input({ shape: [null, 4], name: 'a' }), Input({ shape: [null, 4], name: 'b' })];
    const sum = new layers.Add().apply([a, b]);
    const y = new layers.LayerNormalization().apply(new layers.Conv1D(6, 3, { padding: 'causal' }).apply(sum));
    const model = new Model({ inputs: [a, b], outputs: new layers.GlobalMaxPooling1D().apply(y) });
    fillWeights(model);
    const { model: file } = exportOnnx(model);
    expect(decodeModel(file).graph.inputs.map(({ dims }) => dims)).toEqual([
      ['batch', 'axis_1', 4],
      ['batch', 'axis_1', 4],
    ]);
    for (const length of [1, 9])
      await expectSamePredictions(model, file, [
        [length, 4],
        [length, 4],
      ]);
  });

  test('the file records its producer, inputs and outputs', () => {
    const model = new Sequential([Input({ shape: [3], name: 'x' }), new layers.Dense(2, { name: 'y' })], {
      name: 'net',
    });
    fillWeights(model);
    const { irVersion, opsetImports, producerName, producerVersion, metadata, graph } = decodeModel(
      exportOnnx(model).model,
    );
    expect({ irVersion, opsetImports, producerName, producerVersion, metadata }).toEqual({
      irVersion: 10,
      opsetImports: [{ domain: '', version: 21 }],
      producerName: 'evenkeel',
      producerVersion: '0.1.0',
      metadata: {
        framework: 'evenkeel 0.1.0',
        model: 'net',
        class: 'Sequential',
        inputs: '[{"name":"x","dtype":"float32","shape":["batch",3]}]',
        outputs: '[{"name":"y","dtype":"float32","shape":["batch",2]}]',
      },
    });
    expect(graph.name).toBe('net');
    expect(graph.initializers.map(({ name, dims }) => [name, dims])).toEqual([
      ['net/y/kernel', [3, 2]],
      ['net/y/bias', [2]],
    ]);
    expect(graph.nodes.map(({ name, outputs }) => [name, ...outputs])).toEqual([
      ['y/MatMul', 'y/MatMul_output_0'],
      ['y/Add', 'y'],
    ]);
  });

  test('the file holds the current weights, in float64 for a float64 model', async () => {
    const model = new Sequential([
      Input({ shape: [4], dtype: 'float64' }),
      new layers.Dense(3, { dtype: 'float64', activation: 'tanh' }),
    ]);
    fillWeights(model);
    const { model: file } = exportOnnx(model);
    await expectSamePredictions(model, file, [[4]], 1e-13);
    const before = (await runOnnx(file, { [model.inputs[0]!.name]: inputOf(11, [1, 4], 3) }))[0]!;
    model.setWeights(
      model.getWeights().map(({ data, shape }) =>
        tensor(
          Float64Array.from(data, (x) => -x),
          shape,
        ),
      ),
    );
    const after = (await runOnnx(exportOnnx(model).model, { [model.inputs[0]!.name]: inputOf(11, [1, 4], 3) }))[0]!;
    expect(after.data).toBeInstanceOf(Float64Array);
    expectClose(
      after.data,
      Float64Array.from(before.data, (x) => -x),
      { rtol: 1e-12 },
    );
  });

  test('inputSignature sets sizes, types and names', async () => {
    class Doubled extends Model {
      dense = new layers.Dense(2);
      override call(x: Value): Value {
        return ops.multiply(this.dense.apply(x), 2);
      }
    }
    const model = new Doubled();
    expect(() => exportOnnx(model)).toThrow(
      new ValueError(
        `[${model.who} export] the inputs must be known. Received: a model that is not built. Build it, or pass inputSignature.`,
      ),
    );
    const { graph } = decodeModel(exportOnnx(model, { inputSignature: { shape: [null, 3], name: 'points' } }).model);
    expect(graph.inputs.map(({ name, dims }) => [name, dims])).toEqual([['points', ['batch', 3]]]);
    expect(graph.outputs.map(({ name, dims }) => [name, dims])).toEqual([['output', ['batch', 2]]]);
    const fixed = decodeModel(exportOnnx(model, { inputSignature: Input({ batchShape: [4, 3], name: 'four' }) }).model);
    expect(fixed.graph.inputs.map(({ name, dims }) => [name, dims])).toEqual([['four', [4, 3]]]);
    await expectSamePredictions(model, exportOnnx(model).model, [[3]]);
  });

  test('inputs without name and type in inputSignature keep those of the model', () => {
    const [a, b] = [Input({ shape: [2], dtype: 'int32', name: 'a' }), Input({ shape: [2], name: 'b' })];
    const outputs = new layers.Concatenate({ axis: 1 }).apply([
      new layers.Embedding(3, 2).apply(a),
      new layers.Reshape([1, 2]).apply(b),
    ]);
    for (const inputs of [[a, b], { a, b }]) {
      const model = new Model({ inputs, outputs: new layers.Flatten().apply(outputs) });
      const signature = { b: { shape: [4, 2] }, a: { shape: [4, 2] } };
      const { graph } = decodeModel(exportOnnx(model, { inputSignature: signature }).model);
      expect(graph.inputs).toEqual([
        { name: 'b', dataType: 1, dims: [4, 2] },
        { name: 'a', dataType: 6, dims: [4, 2] },
      ]);
      const listed = decodeModel(exportOnnx(model).model);
      expect(listed.graph.inputs.map(({ name, dataType }) => [name, dataType])).toEqual([
        ['a', 6],
        ['b', 1],
      ]);
    }
  });
});

describe('toBytes', () => {
  const model = new Sequential([Input({ shape: [3] }), new layers.Dense(400)]);

  test('toBytes returns the content of the exported file', async () => {
    expect(await model.toBytes('onnx')).toEqual(exportOnnx(model).model);
  });

  test('toBytes refuses weights that need a second file', async () => {
    await expect(model.toBytes('onnx', { externalDataThreshold: 4000 })).rejects.toThrow(
      new ValueError(
        `[${model.who} toBytes] the weights must fit into one file. Received: 4800 bytes. Use export, which writes a second file.`,
      ),
    );
  });
});

describe('export', () => {
  const model = new Sequential([Input({ shape: [30], name: 'x' }), new layers.Dense(20, { name: 'y' })]);
  fillWeights(model);
  const x = inputOf(1, [2, 30], 3);

  async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'evenkeel-'));
    try {
      await use(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  test('the file is written to the path', async () => {
    await inFolder(async (folder) => {
      await model.export(join(folder, 'm.onnx'));
      expect(await readdir(folder)).toEqual(['m.onnx']);
      const [y] = await runOnnx(join(folder, 'm.onnx'), { x });
      expectClose(y!.data, (await model.predictOnBatch(x)).data, { rtol: 1e-5 });
    });
  });

  test('weights above the threshold are in a file next to the model', async () => {
    await inFolder(async (folder) => {
      for (const path of [join(folder, 'm.onnx'), pathToFileURL(join(folder, 'with space.onnx'))]) {
        await model.export(path, { externalDataThreshold: 1000 });
      }
      expect((await readdir(folder)).sort()).toEqual([
        'm.onnx',
        'm.onnx.data',
        'with space.onnx',
        'with space.onnx.data',
      ]);
      for (const name of ['m.onnx', 'with space.onnx']) {
        const [y] = await runOnnx(join(folder, name), { x });
        expectClose(y!.data, (await model.predictOnBatch(x)).data, { rtol: 1e-5 });
      }
    });
  });

  test('a path with another ending is refused, and no file is written', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'm.tflite');
      await expect(model.export(path)).rejects.toThrow(
        new ValueError(`[${model.who} export] path must end in .onnx. Received: path=${JSON.stringify(path)}.`),
      );
      await expect(model.export(join(folder, 'm.onnx'), { opset: 3 } as object)).rejects.toThrow(
        new TypeError(
          `[${model.who} export] unknown option "opset". Known: "inputSignature", "foldBatchNormalization", "externalDataThreshold".`,
        ),
      );
      expect(await readdir(folder)).toEqual([]);
    });
  });
});

describe('models that cannot be exported', () => {
  test('a model that draws random numbers in inference is refused', () => {
    class Jitter extends Layer {
      override call(x: Value): Value {
        return new layers.GaussianNoise(0.1, { name: 'noise' }).apply(x, { training: true });
      }
    }
    const model = new Sequential([Input({ shape: [3] }), new Jitter({ name: 'jitter' })]);
    expect(() => exportOnnx(model)).toThrow(
      new NotImplementedError(
        `[${model.who} export] a file cannot draw random numbers. Received: noise, which draws them in inference. Remove that layer.`,
      ),
    );
  });

  test('a model that computes with the batch size, but not proportionally, is refused', () => {
    class Share extends Layer {
      override call(x: Value): Value {
        return ops.divide(x, Math.sqrt(x.shape[0] ?? 1));
      }
    }
    const share = new Sequential([Input({ shape: [3] }), new Share({ name: 'share' })]);
    expect(() => exportOnnx(share)).toThrow(
      new NotImplementedError(
        `[${share.who} export] the computation must depend on a free size only through shapes. Received: layer "share", whose Div depends on it in another way (at sizes 1009, 3, 1010, 1011). Fix that size with inputSignature.`,
      ),
    );
    class Chosen extends Layer {
      override call(x: Value): Value {
        return (x.shape[0] ?? 1) % 2 === 0 ? ops.exp(x) : ops.sin(x);
      }
    }
    const chosen = new Sequential([Input({ shape: [3] }), new Chosen({ name: 'chosen' })]);
    expect(() => exportOnnx(chosen)).toThrow(
      new NotImplementedError(
        `[${chosen.who} export] the computation must depend on a free size only through shapes. Received: other operators from "chosen" on for other sizes. Fix sizes with inputSignature.`,
      ),
    );
    expect(() => exportOnnx(chosen, { inputSignature: { shape: [2, 3] } })).not.toThrow();
  });

  test('a model that does not accept every value of a free size is refused', () => {
    const x = Input({ shape: [null, 2], name: 'x' });
    class Halved extends Layer {
      override call(value: Value): Value {
        return ops.reshape(value, [value.shape[0] ?? null, value.shape[1] === null ? null : 5, 2]);
      }
    }
    const model = new Model({ inputs: x, outputs: new Halved().apply(x) });
    expect(() => exportOnnx(model)).toThrow(/must accept any size of axis 1 of "x", which are free\. Received: \[/);
  });

  test('malformed signatures are refused', () => {
    const model = new Sequential([Input({ shape: [3] }), new layers.Dense(2)]);
    expect(() => exportOnnx(model, { inputSignature: 3 as never })).toThrow(
      new TypeError(
        `[${model.who} export] inputSignature must be { shape, dtype, name }, or several in a list or a record. Received: inputSignature=3.`,
      ),
    );
    expect(() => exportOnnx(model, { inputSignature: { shape: [null, 4] } })).toThrow(ValueError);
  });
});
