import { ops, tensor, valueAndGrad } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import { UNIT_ROUNDOFF, makeProblem } from './problems.mjs';
import { truth } from './truths.mjs';

/** The gradients of x and of the layer's trainable weights, the latter under `names`, as users get them. */
async function gradientsOf(layer, names, x, dy) {
  const weighted = (x, dy) => ops.sum(ops.multiply(layer.apply(x, { training: true }), ops.stopGradient(dy)));
  const variables = layer.trainableWeights.slice(0, names.length);
  const { inputGradients, variableGradients } = await valueAndGrad(weighted, { variables })(x, dy);
  const named = names.map((name, i) => [name, variableGradients[i].data]);
  return { dx: inputGradients[0].data, ...Object.fromEntries(named) };
}

/** The layer's output besides. */
async function differentiate(layer, names, x, dy) {
  const { data: output } = await layer.apply(x, { training: true });
  return { output, ...(await gradientsOf(layer, names, x, dy)) };
}

async function statistics({ layer: className, config, shape }, { x, dy, gamma, beta }) {
  const layer = layers[className].fromConfig(config);
  layer.build(shape);
  const weights = layer.weights.map(({ name, value }) =>
    name === 'gamma' || name === 'scale' ? gamma : name === 'beta' ? beta : value.data,
  );
  layer.setWeights(weights.map((data, i) => tensor(data, layer.weights[i].shape)));
  const names = [gamma === undefined ? [] : ['dgamma'], beta === undefined ? [] : ['dbeta']].flat();
  const found = await differentiate(layer, names, tensor(x, shape), tensor(dy, shape));
  if (!className.endsWith('BatchNormalization')) return found;
  return { ...found, movingMean: layer.movingMean.value.data, movingVariance: layer.movingVariance.value.data };
}

async function spectral({ config, shape, units }, { x, dy, kernel, vector }) {
  const { Dense, SpectralNormalization } = layers;
  const powerIterations = config.power_iterations;
  const layer = new SpectralNormalization(new Dense(units, { useBias: false }), { powerIterations });
  layer.build(shape);
  const reset = () => {
    layer.kernel.assign(tensor(kernel, layer.kernel.shape));
    layer.vectorU.assign(tensor(vector, layer.vectorU.shape));
  };
  reset();
  const output = await layer.apply(tensor(x, shape), { training: true });
  const [after, u] = [layer.kernel.value.data, layer.vectorU.value.data];
  reset();
  const { dx } = await gradientsOf(layer, [], tensor(x, shape), tensor(dy, [shape[0], units]));
  return { output: output.data, dx, kernel: after, vectorU: u };
}

async function weight({ shape, units }, { x, dy, kernel, vector }) {
  const layer = new layers.WeightNormalization(new layers.Dense(units, { useBias: false }));
  layer.build(shape);
  layer.v.assign(tensor(kernel, layer.v.shape));
  layer.g.assign(tensor(vector, layer.g.shape));
  const names = layer.trainableWeights.map((each) => (each === layer.g ? 'dg' : 'dv'));
  return await differentiate(layer, names, tensor(x, shape), tensor(dy, [shape[0], units]));
}

async function adapt({ config, shape, batches }, { x }) {
  const layer = layers.Normalization.fromConfig(config);
  const size = x.length / Math.max(batches, 1);
  const all = Array.from({ length: batches }, (_, i) => tensor(x.subarray(i * size, (i + 1) * size), shape));
  await layer.adapt(batches === 0 ? tensor(x, shape) : all);
  const features = shape.at(-1);
  const output = await layer.apply(tensor(x.slice(0, 8 * features), [8, features]));
  return { mean: layer.mean.data, variance: layer.variance.data, output: output.data };
}

const measurements = { statistics, spectral, weight, adapt };

const rmsOf = (numbers) => Math.sqrt(numbers.reduce((total, value) => total + value * value, 0) / numbers.length);

/** The golden file's measure of an error; null if a number is not finite. */
function errorOf(actual, expected) {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers, not ${expected.length}`);
  if (!actual.every(Number.isFinite)) return null;
  const errors = expected.map((value, i) => actual[i] - value);
  const rms = rmsOf(expected);
  return { max: errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0) / rms, rms: rmsOf(errors) / rms };
}

/** The errors of what evenkeel computes in a case, as its users call it, and what float32 itself may lose. */
export async function measure(given) {
  const problem = makeProblem(given);
  const exact = truth(given, problem);
  const computed = await measurements[given.kind](given, problem);
  const names = Object.keys(exact);
  return {
    errors: Object.fromEntries(names.map((name) => [name, errorOf(computed[name], exact[name])])),
    roundoff: Object.fromEntries(names.map((name) => [name, roundoffOf(exact[name])])),
    truthRms: Object.fromEntries(names.map((name) => [name, rmsOf(exact[name])])),
  };
}

/** The error of numbers that are rounded to float32 once: half a unit in the last place of each, at most. */
function roundoffOf(expected) {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { max: (UNIT_ROUNDOFF * largest) / rmsOf(expected), rms: UNIT_ROUNDOFF };
}
