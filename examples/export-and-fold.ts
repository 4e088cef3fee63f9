/**
 * # Export and fold for production
 *
 * In inference, batch normalization multiplies and adds constants. Folding merges them into the weights of the layer before, and
 * the network computes the same with fewer operations. The export is an ONNX file, which any ONNX Runtime opens: here the one
 * for Node, without evenkeel.
 *
 * @level intermediate
 * @needs nothing
 * @time 2 s
 */
import { readFile, stat } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Input, Sequential, setRandomSeed, tensor } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, ReLU } from 'evenkeel/layers';
import { foldBatchNormalization } from 'evenkeel/normalization';

// A network for images of 32×32, trained for a moment so that its statistics are not the initial ones.
setRandomSeed(12);
const block = (filters: number, strides: number) => [
  new Conv2D(filters, 3, { strides, padding: 'same', useBias: false }),
  new BatchNormalization({ momentum: 0.8 }),
  new ReLU(),
];
const model = new Sequential([
  Input({ shape: [32, 32, 3] }),
  ...[...block(16, 1), ...block(32, 2), ...block(64, 2), ...block(64, 1)],
  new GlobalAveragePooling2D(),
  new Dense(2, { activation: 'softmax' }),
]);
const pixels = Float32Array.from({ length: 128 * 32 * 32 * 3 }, (_, i) => Math.sin(i * i) * (i % 2 === 0 ? 1 : 0.3));
const x = tensor(pixels, [128, 32, 32, 3]);
model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
await model.fit(
  x,
  Array.from({ length: 128 }, (_, i) => i % 2),
  { epochs: 3, verbose: 0 },
);

// The report names what was merged into what, and what could not be merged.
const folded = foldBatchNormalization(model);
for (const { normalization, into } of folded.foldReport.merged) console.log(`${normalization} is in ${into}`);
const [before, after] = [await model.predict(x, { verbose: 0 }), await folded.predict(x, { verbose: 0 })];
const distance = Math.max(...Array.from(before.data, (value, i) => Math.abs(value - (after.data[i] ?? 0))));
console.log(
  `${model.layers.length} layers become ${folded.layers.length}; outputs differ by at most ${distance.toExponential(0)}`,
);

// The export folds by itself. A fixed batch size lets the engine plan its memory, -1 would accept any.
await model.export('model.onnx', { foldBatchNormalization: true, inputSignature: { shape: [1, 32, 32, 3] } });
console.log(`model.onnx: ${((await stat('model.onnx')).size / 1024).toFixed(0)} KB`);

// In production: ONNX Runtime alone.
const session = await InferenceSession.create(await readFile('model.onnx'));
const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
const image = pixels.slice(0, 32 * 32 * 3);
const result = await session.run({ [input]: new Tensor('float32', image, [1, 32, 32, 3]) });
console.log('ONNX Runtime:', Array.from(result[output]?.data as Float32Array, (p) => p.toFixed(4)).join(', '));
console.log('evenkeel:    ', Array.from(before.data.subarray(0, 2), (p) => p.toFixed(4)).join(', '));
