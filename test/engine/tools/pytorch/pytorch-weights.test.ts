import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as ek from '../../../../src/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface Case {
  readonly name: string;
  readonly inputs: readonly GoldenArray[];
  readonly outputs: readonly GoldenArray[];
}

const { Input, Model, Sequential, layers, loadPyTorchWeights } = ek;
const cases = loadGolden<Case>('pytorch').cases;
const stateOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../golden/pytorch/${name}.safetensors`, import.meta.url)));
const tensorOf = ({ data, shape, dtype }: GoldenArray): ek.Tensor =>
  ek.tensor(dtype === 'int32' ? new Int32Array(data) : new Float32Array(data), shape);

async function expectPredictions(model: ek.Model, name: string): Promise<void> {
  const { inputs, outputs } = cases.find((each) => each.name === name)!;
  const found = await model.predict(tensorOf(inputs[0]!), { verbose: 0 });
  expect(found.shape).toEqual(outputs[0]!.shape);
  expectClose(found.data, outputs[0]!.data, { rtol: 1e-5 });
}

const bn = (options: object = {}): ek.Layer =>
  new layers.BatchNormalization({ epsilon: 1e-5, momentum: 0.9, ...options });
const relu = (): ek.Layer => new layers.ReLU();

function convNet(): ek.Model {
  return new Sequential([
    Input({ shape: [8, 10, 3] }),
    new layers.Conv2D(4, 3, { padding: 'same', useBias: false }),
    bn(),
    relu(),
    new layers.MaxPooling2D(),
    new layers.Conv2D(6, 3, { groups: 2 }),
    bn({ center: false, scale: false }),
    relu(),
    new layers.Flatten(),
    bn(),
    new layers.Dense(8, { activation: 'relu' }),
    new layers.Dropout(0.5),
    new layers.Dense(5, { useBias: false }),
  ]);
}

function block(inputs: ek.KerasTensor, filters: number, hasShortcut: boolean): ek.KerasTensor {
  const conv = (x: ek.KerasTensor, size: number): ek.KerasTensor =>
    new layers.Conv2D(filters, size, { padding: 'same', useBias: false }).apply(x);
  const x = relu().apply(bn().apply(conv(inputs, 3)));
  const y = bn().apply(conv(x, 3));
  return relu().apply(new layers.Add().apply([y, hasShortcut ? bn().apply(conv(inputs, 1)) : inputs]));
}

function resNet(): ek.Model {
  const inputs = Input({ shape: [5, 4, 3] });
  let x = relu().apply(bn().apply(new layers.Conv2D(4, 3, { padding: 'same', useBias: false }).apply(inputs)));
  for (const [filters, hasShortcut] of [
    [4, false],
    [4, false],
    [6, true],
    [6, false],
  ] as const) {
    x = block(x, filters, hasShortcut);
  }
  const outputs = new layers.Dense(3).apply(new layers.GlobalAveragePooling2D().apply(x));
  return new Model({ inputs, outputs });
}

const volumes = (): ek.Model =>
  new Sequential([
    Input({ shape: [3, 4, 3, 2] }),
    new layers.Conv3D(3, 2),
    new layers.Conv3DTranspose(2, 2),
    new layers.PReLU({ sharedAxes: [1, 2, 3, 4] }),
  ]);

function parametrized(isWrapped: boolean): ek.Model {
  const w = (layer: ek.Layer): ek.Layer => (isWrapped ? new layers.WeightNormalization(layer) : layer);
  const s = (layer: ek.Layer): ek.Layer => (isWrapped ? new layers.SpectralNormalization(layer) : layer);
  return new Sequential([
    Input({ shape: [5, 5, 2] }),
    w(new layers.Conv2D(3, 3)),
    w(new layers.Conv2DTranspose(2, 2)),
    s(new layers.Conv2D(4, 2)),
    s(new layers.Conv2DTranspose(3, 2)),
    new layers.Flatten(),
    w(new layers.Dense(5)),
    s(new layers.Dense(2)),
  ]);
}

const models: Readonly<Record<string, () => ek.Model>> = {
  'conv-net': convNet,
  'res-net': resNet,
  separable: () =>
    new Sequential([
      Input({ shape: [7, 6, 3] }),
      new layers.DepthwiseConv2D(3, { depthMultiplier: 2, name: 'depthwise' }),
      new layers.PReLU({ sharedAxes: [1, 2] }),
      new layers.SeparableConv2D(4, 3),
    ]),
  generator: () =>
    new Sequential([
      Input({ shape: [4] }),
      new layers.Dense(30),
      bn(),
      new layers.Reshape([2, 3, 5]),
      new layers.Conv2DTranspose(4, 3, { strides: 2 }),
      relu(),
      new layers.Conv2DTranspose(4, [2, 3]),
    ]),
  norms: () =>
    new Sequential([
      Input({ shape: [7, 2] }),
      new layers.Conv1D(6, 3),
      new layers.GroupNormalization({ groups: 2, epsilon: 1e-5, name: 'group' }),
      new layers.InstanceNormalization({ epsilon: 1e-5, name: 'instance' }),
      new layers.LayerNormalization({ axis: [1, 2], epsilon: 1e-5 }),
    ]),
  tokens: () =>
    new Sequential([
      Input({ shape: [5], dtype: 'int32' }),
      new layers.Embedding(9, 4),
      new layers.LayerNormalization({ epsilon: 1e-5 }),
      new layers.RMSNormalization(),
      new layers.Flatten(),
      new layers.Dense(3),
    ]),
  volumes,
  parametrized: () => parametrized(false),
  'parametrized-old': () => parametrized(true),
};

describe('the state of a PyTorch network', () => {
  test.each(Object.keys(models))(
    'the state of a PyTorch network: loadPyTorchWeights reproduces the predictions of PyTorch: %s',
    async (name) => {
      const model = models[name]!();
      const report = await loadPyTorchWeights(model, stateOf(name));
      expect([...report.unusedInFile, ...report.notInFile]).toEqual([]);
      await expectPredictions(model, name);
    },
  );

  test('the state of a PyTorch network: loadPyTorchWeights reads both forms of weight_norm and spectral_norm into the wrappers', async () => {
    for (const name of ['parametrized', 'parametrized-old']) {
      const model = parametrized(true);
      await loadPyTorchWeights(model, stateOf(name));
      await expectPredictions(model, name);
    }
  });

  test('the state of a PyTorch network: loadPyTorchWeights reports the rule that matched each module', async () => {
    const { loaded, notes } = await loadPyTorchWeights(resNet(), stateOf('res-net'));
    expect(loaded.map(({ module, by }) => `${module} ${by}`)).toEqual([
      'conv1 order',
      'bn1 neighbour',
      'layer1.0.conv1 order',
      'layer1.0.bn1 neighbour',
      'layer1.0.conv2 order',
      'layer1.0.bn2 order',
      'layer1.1.conv1 order',
      'layer1.1.bn1 neighbour',
      'layer1.1.conv2 order',
      'layer1.1.bn2 order',
      'layer2.0.conv1 order',
      'layer2.0.bn1 neighbour',
      'layer2.0.conv2 order',
      'layer2.0.downsample.0 order',
      'layer2.0.bn2 neighbour',
      'layer2.0.downsample.1 order',
      'layer2.1.conv1 order',
      'layer2.1.bn1 neighbour',
      'layer2.1.conv2 order',
      'layer2.1.bn2 order',
      'fc order',
    ]);
    expect(notes).toEqual([]);
  });
});
