import { fileURLToPath } from 'node:url';
import {
  type Config,
  Layer,
  type Model,
  type Shape,
  Tensor,
  type Value,
  type Variable,
  loadModel,
  ops,
} from 'evenkeel';
import { expect, test } from 'vitest';
import { expectClose } from '../../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../../support/golden.ts';
import type { CallContext, LayerOptions } from 'evenkeel/layers';
import { nsfwjsNetwork } from '../../../../support/nsfwjs-network.ts';
import { predictByReference } from '../../../../support/predict-by-reference.ts';
import {
  type TensorFlowJsPrediction,
  convertedCases,
  tensorFlowJsCases,
  tensorsOf,
} from '../../../../support/tensorflow-js-cases.ts';

/** The layer of the case "a custom layer". Its weight has another name there. */
class Scaled extends Layer {
  static override className = 'Scaled';
  readonly startValue: number;
  factors!: Variable;

  constructor({ startValue, ...options }: LayerOptions & { readonly startValue: number }) {
    super(options);
    this.startValue = startValue;
  }

  override build(shape: Shape): void {
    this.factors = this.addWeight({ name: 'scales', shape: [shape.at(-1) ?? null], initializer: 'ones' });
  }

  override call(x: Value, context: CallContext): Value {
    return ops.multiply(x, context.read(this.factors));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), start_value: this.startValue };
  }
}

function expectPredictions(model: Model, { inputs, outputs }: TensorFlowJsPrediction): void {
  const predicted = predictByReference(model, tensorsOf(inputs));
  expect(predicted.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
  for (const [i, { data }] of predicted.entries()) expectClose(data, outputs[i]!.data, { rtol: 1e-5 });
}

test.each(tensorFlowJsCases().map((each) => [each.name, each] as const))(
  'a model that TensorFlow.js saved predicts the same: %s',
  async (_, each) => {
    expectPredictions(await loadModel(each.artifacts, { customObjects: { Scaled } }), each);
  },
);

const converted = convertedCases();
const golden = (file: string): string => fileURLToPath(new URL(`../../../../golden/${file}`, import.meta.url));

test.each(converted.flatMap((each) => (each.prediction === null ? [] : [[each.name, each.prediction, each] as const])))(
  'a model that the converter wrote predicts as in TensorFlow.js: %s',
  async (_, prediction, { files }) => {
    expectPredictions(await loadModel(files), prediction);
  },
);

test('TensorFlow.js reads most models of its converter, so that predictions can be compared', () => {
  expect(converted.filter(({ prediction }) => prediction === null).map(({ name }) => name)).toEqual([
    'frozen and nested',
    'TensorFlow 1',
    '.h5 of Keras 3',
    '.keras',
    'weights alone',
  ]);
});

const wholeModels = converted.filter(({ quantization, name }) => quantization === null && name !== 'weights alone');
test.each(wholeModels.map((each) => [each.name, each] as const))(
  'a model that the converter wrote is the one that was converted: %s',
  async (_, { files, source }) => {
    const [model, original] = [await loadModel(files), await loadModel(golden(source))];
    expect(model.getWeights()).toEqual(original.getWeights());
    expect(model.layers.map((layer) => [layer.className, layer.getConfig()])).toEqual(
      original.layers.map((layer) => [layer.className, layer.getConfig()]),
    );
    expect(model.compiled).toBe(original.compiled);
    if (original.compiled) expect(model.optimizer.getConfig()).toEqual(original.optimizer.getConfig());
  },
);

test('the converter keeps the state of the optimizer of a .keras file', async () => {
  const { files, source } = converted.find(({ name }) => name === '.keras')!;
  const [model, original] = [await loadModel(files), await loadModel(golden(source))];
  expect(original.optimizer.iterations.value.data[0]).toBeGreaterThan(0);
  expect(model.optimizer.variables.map(({ value }) => value)).toEqual(
    original.optimizer.variables.map(({ value }) => value),
  );
});

test('loadWeights reads the weights alone that the converter wrote', async () => {
  const { files, source } = converted.find(({ name }) => name === 'weights alone')!;
  const [model, original] = [await loadModel(golden('files/adam.h5')), await loadModel(golden('files/adam.h5'))];
  await original.loadWeights(golden(source));
  model.setWeights(
    model.getWeights().map(
      ({ data, shape, dtype }) =>
        new Tensor(
          data.map(() => 0),
          shape,
          dtype,
        ),
    ),
  );
  await model.loadWeights(files);
  expect(model.getWeights()).toEqual(original.getWeights());
  await expect(loadModel(files)).rejects.toThrow(
    '[loadModel model.json] a model must have a modelTopology. Received: weights alone. Make the model, and read them with loadWeights.',
  );
});

test('the normalization layers of the MobileNetV2 of nsfwjs have the statistics that its file has in 8 bits', async () => {
  const { model, normalizations } = nsfwjsNetwork();
  const stored = loadGolden<Readonly<Record<string, unknown>> & { readonly name: string; readonly epsilon: number }>(
    'nsfwjs-statistics',
  ).cases;
  const parts = ['gamma', 'beta', 'moving_mean', 'moving_variance'];
  const entries = stored.flatMap((layer) =>
    parts.map((part) => {
      const { min, scale, bytes } = layer[part] as { min: number; scale: number; bytes: GoldenArray };
      const quantization = { dtype: 'uint8', min, scale, original_dtype: 'float32' };
      return {
        bytes: bytes.data,
        spec: { name: `${layer.name}/${part}`, shape: bytes.shape, dtype: 'float32', quantization },
      };
    }),
  );
  const configs = stored.map(({ name, momentum, epsilon }) => ({ name, momentum, epsilon, axis: -1 }));
  const inputs = normalizations.map(({ gamma }, i) => ({ name: `input_${i}`, shape: [null, gamma!.shape[0]!] }));
  const layers = [
    ...inputs.map(({ name, shape }) => ({
      ...{ class_name: 'InputLayer', name, inbound_nodes: [] },
      config: { name, batch_input_shape: shape, dtype: 'float32' },
    })),
    ...configs.map((config, i) => ({
      ...{ class_name: 'BatchNormalization', name: config.name, config },
      inbound_nodes: [[[inputs[i]!.name, 0, 0, {}]]],
    })),
  ];
  const loaded = await loadModel<Tensor[]>({
    modelTopology: {
      ...{ keras_version: '2.1.6', backend: 'tensorflow' },
      model_config: {
        class_name: 'Model',
        config: {
          ...{ name: 'nsfwjs', layers, input_layers: inputs.map(({ name }) => [name, 0, 0]) },
          output_layers: stored.map(({ name }) => [name, 0, 0]),
        },
      },
    },
    weightSpecs: entries.map(({ spec }) => spec),
    weightData: entries.map(({ bytes }) => Uint8Array.from(bytes).buffer),
  });
  expect(normalizations).toHaveLength(52);
  expect(loaded.countParams()).toBe(model.countParams());
  for (const { name, weights } of normalizations) {
    expect(loaded.getLayer(name).weights.map(({ value }) => value)).toEqual(weights.map(({ value }) => value));
  }
});
