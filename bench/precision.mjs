/**
 * npm run bench:precision: how far float32 batch normalization in training is from float64 truth, in evenkeel, measured
 * now, and in other libraries, as recorded in test/golden/batch-normalization-precision.json. How its inputs are made
 * again, and what the truth is, is written in test/golden/make/batch_normalization_precision.py.
 */
import { readFileSync } from 'node:fs';
import { ops, tensor, valueAndGrad } from 'evenkeel';
import { BatchNormalization } from 'evenkeel/layers';
import { lcg } from './lcg.mjs';
import { markdownTable } from './markdown.mjs';
import { median } from './numbers.mjs';

const quantities = ['output', 'dx', 'dgamma', 'dbeta', 'movingMean', 'movingVariance'];

const file = new URL('../test/golden/batch-normalization-precision.json', import.meta.url);
const { about, cases } = JSON.parse(readFileSync(file, 'utf8'));

/** The arrays of a case, as the golden script made them. */
function makeProblem({ name, shape, mean, deviation, seed, gammaSeed, betaSeed, gradientSeed, inputSample }) {
  const size = shape.reduce((product, n) => product * n);
  const channels = shape.at(-1);
  const x = lcg(size, seed).map((u) => mean + deviation * 1.7320508075688772 * u);
  const sample = [...x.subarray(0, 3), x.at(-1)];
  if (sample.some((value, i) => value !== inputSample[i])) {
    throw new Error(`The input of the case "${name}" is not the golden script's.`);
  }
  return {
    shape,
    channels,
    x,
    gamma: lcg(channels, gammaSeed, 0.5, 1.5),
    beta: lcg(channels, betaSeed, -0.5, 0.5),
    dy: lcg(size, gradientSeed),
  };
}

/** The closed formulas in float64, in two passes, with the mean's own rounding error taken off. */
function truth({ channels, x, gamma, beta, dy }, epsilon) {
  const count = x.length / channels;
  const sum = (term) => {
    const sums = new Float64Array(channels);
    for (let i = 0; i < x.length; i++) sums[i % channels] += term(i, i % channels);
    return sums;
  };
  const each = (term) => Float64Array.from(x, (_, i) => term(i, i % channels));
  const first = sum((i) => x[i]).map((total) => total / count);
  const rest = sum((i, c) => x[i] - first[c]);
  const mean = first.map((value, c) => value + rest[c] / count);
  const variance = sum((i, c) => (x[i] - mean[c]) ** 2).map((total) => total / count);
  const inverse = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const hat = each((i, c) => (x[i] - mean[c]) * inverse[c]);
  const dbeta = sum((i) => dy[i]);
  const dgamma = sum((i) => dy[i] * hat[i]);
  return {
    output: each((i, c) => hat[i] * gamma[c] + beta[c]),
    dx: each((i, c) => ((gamma[c] * inverse[c]) / count) * (count * dy[i] - dbeta[c] - hat[i] * dgamma[c])),
    dgamma,
    dbeta,
    movingMean: mean,
    movingVariance: variance,
  };
}

/** What evenkeel computes, as its users call it. */
async function compute({ shape, channels, x, gamma, beta, dy }, epsilon) {
  const layer = new BatchNormalization({ epsilon, momentum: 0 });
  layer.build(shape);
  layer.setWeights([gamma, beta, new Float32Array(channels), new Float32Array(channels).fill(1)].map((w) => tensor(w)));
  const weighted = (x, dy) => ops.sum(ops.multiply(layer.apply(x, { training: true }), ops.stopGradient(dy)));
  const step = valueAndGrad(weighted, { variables: layer.trainableWeights });
  const { inputGradients, variableGradients } = await step(tensor(x, shape), tensor(dy, shape));
  const output = await layer.apply(tensor(x, shape), { training: true });
  const [, , movingMean, movingVariance] = layer.getWeights();
  const [dgamma, dbeta] = variableGradients;
  const found = { output, dx: inputGradients[0], dgamma, dbeta, movingMean, movingVariance };
  return Object.fromEntries(quantities.map((name) => [name, found[name].data]));
}

/** The golden file's measure of an error. */
function errorOf(actual, expected) {
  let [largest, squares, reference] = [0, 0, 0];
  for (const [i, value] of expected.entries()) {
    const error = Math.abs(actual[i] - value);
    if (!Number.isFinite(error)) return null;
    largest = Math.max(largest, error);
    squares += error * error;
    reference += value * value;
  }
  const rms = Math.sqrt(reference / expected.length);
  return { max: largest / rms, rms: Math.sqrt(squares / expected.length) / rms };
}

const show = (error) =>
  error === null ? 'not finite' : `${error.max.toExponential(1)} / ${error.rms.toExponential(1)}`;

const versions = ['keras', 'tensorflow', 'jax', 'torch'].map((name) => `${name} ${about[name]}`).join(', ');
console.log(`Errors of batch normalization in training, largest / root mean square, relative to the quantity's own root
mean square. Input [${cases[0].shape.join(', ')}], float32. evenkeel: measured now; the others: ${versions}, as recorded.\n`);

/** Of each quantity, evenkeel's largest error over that of the best and of the worst of the others, in each case. */
const overBest = Object.fromEntries(quantities.map((name) => [name, []]));
const overWorst = Object.fromEntries(quantities.map((name) => [name, []]));

for (const { epsilon, errors, name: title, ...rest } of cases) {
  const problem = makeProblem({ name: title, ...rest });
  const exact = truth(problem, epsilon);
  const computed = await compute(problem, epsilon);
  const ours = Object.fromEntries(quantities.map((name) => [name, errorOf(computed[name], exact[name])]));
  const rows = Object.entries({ evenkeel: ours, ...errors }).map(([library, found]) => {
    return [library, ...quantities.map((name) => show(found[name]))];
  });
  console.log(`${title}\n\n${markdownTable(['', ...quantities], rows)}\n`);
  for (const name of quantities) {
    const others = Object.values(errors).map((found) => found[name]?.max ?? Infinity);
    const error = ours[name]?.max ?? Infinity;
    overBest[name].push(ratio(error, Math.min(...others)));
    overWorst[name].push(ratio(error, Math.max(...others)));
  }
}

/** No error at all is as good as another. */
function ratio(error, other) {
  return error === other ? 1 : error / other;
}

const rows = quantities.map((name) => [
  name,
  ...[median(overBest[name]), Math.max(...overBest[name]), Math.max(...overWorst[name])].map((each) => each.toFixed(2)),
]);
const header = ['', 'over the best, median', 'over the best, most', 'over the worst, most'];
console.log(`evenkeel's largest error divided by that of the others, over all cases: 1 is the same, less is better.

${markdownTable(header, rows)}`);
