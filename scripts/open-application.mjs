/**
 * Opens one network that scripts/make-applications.py wrote, in all three kinds of files, and as a function of
 * evenkeel/applications with a file of weights as Keras publishes them; prints as JSON how far its predictions are from
 * Keras's. A process of its own, so that the peak of its memory is that of this network.
 */
import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel, setThreads, tensor } from 'evenkeel';
import * as applications from 'evenkeel/applications';
import { foldBatchNormalization } from 'evenkeel/normalization';
import ort from 'onnxruntime-node';

const [folder, name, threads] = process.argv.slice(2);
if (threads !== undefined) setThreads(Number(threads));
const path = (ending) => join(folder, `${name}.${ending}`);

async function floats(ending) {
  const { buffer, byteOffset, byteLength } = await readFile(path(ending));
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

async function timed(step) {
  const start = performance.now();
  const result = await step();
  return [result, performance.now() - start];
}

const deviation = (values) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

const about = JSON.parse(await readFile(path('json'), 'utf8'));
const x = tensor(await floats('x.f32'), about.x);
const expected = await floats('y.f32');
const scale = deviation(expected);

const inDouble = await floats('y64.f32');

/** The largest error in deviations of what is expected; NaN and other shapes are as far as can be. */
function errorOf({ data, shape }, truth = expected) {
  if (String(shape) !== String(about.y)) return Infinity;
  let worst = 0;
  for (const [i, value] of data.entries()) {
    const error = Math.abs(value - truth[i]);
    if (!(error <= worst)) worst = Number.isNaN(error) ? Infinity : error;
  }
  return worst / scale;
}

const predict = (model, batchSize) => model.predict(x, { batchSize, verbose: 0 });

const [model, load] = await timed(() => loadModel(path('keras')));
const [whole, first] = await timed(() => predict(model, about.x[0]));
await predict(model, about.x[0]);
const [, later] = await timed(() => predict(model, about.x[0]));
// Over several batches the weights are baked into the program, with what folding them into each other changes.
const baked = await predict(model, 1);
const peak = process.resourceUsage().maxRSS * 1024;
await model.save(path('written.keras'));

const folded = foldBatchNormalization(model);
const merged = errorOf(await predict(folded, about.x[0]));
const normalizations = folded.foldReport.merged.length + folded.foldReport.left.length;

/** What ONNX Runtime itself makes of an exported file. */
async function exported(options) {
  const session = await ort.InferenceSession.create(await model.toBytes('onnx', options), { logSeverityLevel: 3 });
  const results = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', x.data, x.shape) });
  const { data, dims } = results[session.outputNames[0]];
  return errorOf({ data, shape: dims });
}
const onnx = Math.max(await exported({}), await exported({ foldBatchNormalization: true }));

const weights = model.weights.map(({ value }) => value.data);
function sameWeights(other, what) {
  for (const [k, { path: weight, value }] of other.weights.entries()) {
    const bytes = (data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (!bytes(value.data).equals(bytes(weights[k])))
      throw new Error(`${what}: ${weight} is not that of the .keras file`);
  }
}

const legacy = await loadModel(path('h5'));
sameWeights(legacy, '.h5');
const old = errorOf(await predict(legacy, about.x[0]));

const made = await applications[name]({ weights: path('published.h5'), classifierActivation: null });
sameWeights(made, '.published.h5');
const own = errorOf(await predict(made, about.x[0]));

model.setWeights(
  model.weights.map(({ shape, dtype, size = shape.reduce((n, length) => n * length, 1) }) => {
    const Type = dtype === 'int32' ? Int32Array : Float32Array;
    return tensor(new Type(size), shape);
  }),
);
await model.loadWeights(path('weights.h5'));
sameWeights(model, '.weights.h5');

console.log(
  JSON.stringify({
    parameters: model.countParams(),
    error: errorOf(whole),
    baked: errorOf(baked),
    ...{ merged, onnx, folded: folded.foldReport.merged.length, normalizations },
    ...{ old, own },
    // How far Keras itself is in float32 from what it gives in float64.
    keras: errorOf({ data: expected, shape: about.y }, inDouble),
    ...{ load, first, later, peak },
  }),
);
