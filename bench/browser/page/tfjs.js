/** TensorFlow.js's page: ?engine=wasm&threads=2, or cpu, webgl, webgpu. The networks are those of bench/models.mjs. */
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import { timeCalls } from './timing.ts';

const query = new globalThis.URLSearchParams(globalThis.location.search);

const networks = {
  article: (row) => [
    tf.layers.conv2d({ inputShape: row, filters: 32, kernelSize: 3, activation: 'relu' }),
    tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
    tf.layers.batchNormalization(),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 10, activation: 'softmax' }),
  ],
  dense: (row) => [
    ...[row, undefined, undefined].flatMap((inputShape) => [
      tf.layers.dense({ units: 100, ...(inputShape && { inputShape }) }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'sigmoid' }),
    ]),
    tf.layers.dense({ units: 10, activation: 'softmax' }),
  ],
};

async function bench(workload) {
  setWasmPaths('./');
  setThreadsCount(Number(query.get('threads') ?? 1));
  if (!(await tf.setBackend(query.get('engine')))) throw new Error(`no backend ${query.get('engine')}`);
  await tf.ready();
  const { network, batch, row, call } = workload;
  const model = tf.sequential({ layers: networks[network](row) });
  const optimizer = network === 'dense' ? tf.train.sgd(0.01) : tf.train.adam(0.001, 0.9, 0.999, 1e-7);
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
  const x = tf.randomUniform([batch, ...row]);
  const y = tf.tensor1d(Float32Array.from({ length: batch }, (_, i) => i % 10));
  const step = () => model.trainOnBatch(x, y);
  const predict = async () => {
    const result = model.predictOnBatch(x);
    await result.data();
    result.dispose();
    return null;
  };
  return timeCalls(workload, call === 'step' ? step : predict);
}

Object.assign(globalThis, { bench });
