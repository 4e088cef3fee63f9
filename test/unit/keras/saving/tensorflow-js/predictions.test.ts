import { fileURLToPath } from 'node:url';
import { type Model, Tensor, loadModel } from 'evenkeel';
import { expect, test } from 'vitest';
import { expectClose } from '../../../../support/close.ts';
import { predictByReference } from '../../../../support/predict-by-reference.ts';
import {
  type TensorFlowJsPrediction,
  convertedCases,
  tensorFlowJsCases,
  tensorsOf,
} from '../../../../support/tensorflow-js-cases.ts';

function expectPredictions(model: Model, { inputs, outputs }: TensorFlowJsPrediction): void {
  const predicted = predictByReference(model, tensorsOf(inputs));
  expect(predicted.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
  for (const [i, { data }] of predicted.entries()) expectClose(data, outputs[i]!.data, { rtol: 1e-5 });
}

test.each(tensorFlowJsCases().map((each) => [each.name, each] as const))(
  'a model that TensorFlow.js saved predicts the same: %s',
  async (_, each) => {
    expectPredictions(await loadModel(each.artifacts), each);
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
