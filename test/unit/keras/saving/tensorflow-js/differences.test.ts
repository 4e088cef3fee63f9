import { type ModelArtifacts, NotImplementedError, loadModel } from 'evenkeel';
import { expect, test } from 'vitest';
import { expectClose } from '../../../../support/close.ts';
import { expectWarning } from '../../../../support/fail-on-console.ts';
import { predictByReference } from '../../../../support/predict-by-reference.ts';
import { type TensorFlowJsCase, tensorFlowJsCases, tensorsOf } from '../../../../support/tensorflow-js-cases.ts';

const cases = tensorFlowJsCases();

function caseOf(name: string): TensorFlowJsCase {
  const found = cases.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no model ${name}.`);
  return found;
}

/** The artifacts of a model with other arguments of its layers. */
function changed(name: string, change: (config: Record<string, unknown>) => void): ModelArtifacts {
  const { artifacts } = caseOf(name);
  const modelTopology = structuredClone(artifacts.modelTopology) as {
    readonly config: { readonly layers: readonly { readonly config: Record<string, unknown> }[] };
  };
  for (const { config } of modelTopology.config.layers) change(config);
  return { ...artifacts, modelTopology };
}

test('the hard sigmoid of TensorFlow.js is kept by a .keras file, under a name that Keras does not have', async () => {
  for (const name of ['lstm', 'dense hardSigmoid']) {
    const { artifacts, inputs, outputs } = caseOf(name);
    const again = await loadModel(await (await loadModel(artifacts)).toBytes('keras'));
    expectClose(predictByReference(again, tensorsOf(inputs))[0]!.data, outputs[0]!.data, { rtol: 1e-5 });
    const key = name === 'lstm' ? 'recurrent_activation' : 'activation';
    expect(again.layers.at(-1)!.getConfig()[key]).toEqual({
      module: 'builtins',
      class_name: 'function',
      config: 'keras2_hard_sigmoid',
      registered_name: 'function',
    });
  }
});

test('the hard sigmoid of a model that Keras 3 wrote is that of Keras 3', async () => {
  const { artifacts } = caseOf('dense hardSigmoid');
  const { class_name, config } = artifacts.modelTopology as Record<string, unknown>;
  const modelTopology = { keras_version: '3.8.0', model_config: { class_name, config } };
  const model = await loadModel({ ...artifacts, generatedBy: 'keras v3.8.0', modelTopology });
  expect(model.layers.at(-1)!.getConfig()['activation']).toBe('hard_sigmoid');
});

test('bilinear interpolation, which TensorFlow.js does between corners, comes with a warning', async () => {
  const model = await loadModel(changed('upSampling2d', (config) => (config['interpolation'] = 'bilinear')));
  expect(model.layers.at(-1)!.getConfig()['interpolation']).toBe('bilinear');
  expectWarning(
    '[loadModel] the UpSampling2D "up_sampling2d_UpSampling2D1" interpolates between the centers of pixels, as Keras does; TensorFlow.js interpolates between their corners, so that its predictions differ.',
  );
});

test('a class that Keras does not have is named, with what to do', async () => {
  const { artifacts } = caseOf('dense');
  const topology = structuredClone(artifacts.modelTopology) as {
    config: { layers: { class_name: string; config: object }[] };
  };
  topology.config.layers[0]!.class_name = 'MultiplyBeta';
  await expect(loadModel({ ...artifacts, modelTopology: topology })).rejects.toThrow(
    /\[loadModel\] modelTopology: .*MultiplyBeta.*customObjects/,
  );
});

test('optimizers, losses and metrics have the arguments and names of Keras', async () => {
  const compiled = async (optimizer: object, loss: unknown, metrics: unknown): Promise<Record<string, unknown>> => {
    const { artifacts } = caseOf('dense relu');
    const trainingConfig = { optimizer_config: optimizer, loss, metrics };
    const { optimizer: made } = await loadModel({ ...artifacts, trainingConfig });
    return { className: made.constructor.name, ...made.getConfig() };
  };
  const momentum = { learningRate: 0.5, momentum: 0.25, useNesterov: true };
  expect(
    await compiled({ class_name: 'Momentum', config: momentum }, 'kullback_leibler_divergence', ['cosine']),
  ).toMatchObject({ className: 'SGD', learning_rate: 0.5, momentum: 0.25, nesterov: true });
  const rms = { learningRate: 0.5, decay: 0.75, momentum: 0, epsilon: 1e-6, centered: true };
  expect(await compiled({ class_name: 'RMSProp', config: rms }, 'logcosh', ['mse', 'precision'])).toMatchObject({
    className: 'RMSprop',
    ...{ learning_rate: 0.5, rho: 0.75, momentum: 0, epsilon: 1e-6, centered: true },
  });
  const adamax = { learningRate: 0.5, beta1: 0.8, beta2: 0.9, epsilon: 1e-6, decay: 0.5 };
  expect(await compiled({ class_name: 'Adamax', config: adamax }, ['cosine_proximity'], [])).toMatchObject({
    className: 'Adamax',
    ...{ beta_1: 0.8, beta_2: 0.9, epsilon: 1e-6 },
    learning_rate: { class_name: 'InverseTimeDecay', config: { initial_learning_rate: 0.5, decay_rate: 0.5 } },
  });
  const adagrad = { learningRate: 0.5, initialAccumulatorValue: 0.25 };
  expect(await compiled({ class_name: 'Adagrad', config: adagrad }, 'hinge', ['accuracy'])).toMatchObject({
    className: 'Adagrad',
    ...{ learning_rate: 0.5, initial_accumulator_value: 0.25 },
  });
});

test('every loss and metric of TensorFlow.js is known', async () => {
  const losses = [
    ...['mean_squared_error', 'mean_absolute_error', 'mean_absolute_percentage_error', 'squared_hinge', 'hinge'],
    ...['mean_squared_logarithmic_error', 'categorical_hinge', 'logcosh', 'categorical_crossentropy', 'poisson'],
    ...['sparse_categorical_crossentropy', 'binary_crossentropy', 'kullback_leibler_divergence', 'cosine_proximity'],
  ];
  const metrics = ['binary_accuracy', 'categorical_accuracy', 'precision', 'mse', 'mae', 'mape', 'cosine', 'acc'];
  const { artifacts } = caseOf('dense relu');
  const optimizer_config = { class_name: 'SGD', config: { learningRate: 0.5 } };
  for (const loss of losses) {
    const model = await loadModel({ ...artifacts, trainingConfig: { optimizer_config, loss, metrics } });
    expect(model.compiled).toBe(true);
  }
});

test('the state of every optimizer that TensorFlow.js saves is read', async () => {
  const found: Record<string, readonly string[]> = {};
  for (const { name, artifacts } of cases.filter((each) => each.losses !== undefined)) {
    const { optimizer } = await loadModel(artifacts);
    expect(optimizer.built).toBe(true);
    found[name] = [...new Set(optimizer.variables.map((variable) => variable.name.replace(/^.*(kernel|bias)_/, '')))];
    for (const { name: slot, value } of optimizer.variables.slice(2)) {
      expect(Math.max(...value.data.map(Math.abs)), `${name} ${slot}`).toBeGreaterThan(0);
    }
  }
  expect(Object.keys(found)).toHaveLength(8);
});

test('a graph model of TensorFlow.js is refused before its weights are read', async () => {
  const reads: string[] = [];
  const file = new TextEncoder().encode(
    JSON.stringify({ modelTopology: { node: [] }, weightsManifest: [{ paths: ['a.bin'], weights: [] }] }),
  );
  const loading = loadModel(file, {
    weightUrlConverter: (name) => {
      reads.push(name);
      return new Uint8Array();
    },
  });
  await expect(loading).rejects.toThrow(NotImplementedError);
  expect(reads).toEqual([]);
});
