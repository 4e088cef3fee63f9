import { expect, test } from 'vitest';
import { type TensorLike, tensor } from '../../../../src/core/tensor.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { callLayer } from '../../../support/call-layer.ts';
import { evaluateFunction } from '../../../support/gradient-check.ts';

// Numbers to check by hand, at least one example for each family. The archive is in layers.golden.test.ts.

/** Builds a layer for inputs of a shape, with these weights. */
function withWeights<L extends layers.Layer>(layer: L, shape: readonly number[], ...weights: readonly TensorLike[]): L {
  layer.build(shape);
  layer.setWeights(weights.map((weight) => tensor(weight)));
  return layer;
}

const call = (layer: layers.Layer, x: TensorLike): unknown => callLayer(layer, x).output.toArray();

const merge = (layer: layers.Layer, ...inputs: readonly TensorLike[]): unknown =>
  evaluateFunction(
    (values) => layer.apply(values),
    inputs.map((each) => tensor(each)),
  ).toArray();

test('Dense multiplies by the kernel and adds the bias', () => {
  const kernel = [
    [1, 0, 2],
    [0, 1, 3],
  ];
  const dense = withWeights(new layers.Dense(3), [1, 2], kernel, [0, 0, 10]);
  expect(call(dense, [[4, 5]])).toEqual([[4, 5, 4 * 2 + 5 * 3 + 10]]);
});

test('Dense applies its activation last', () => {
  const dense = withWeights(new layers.Dense(2, { activation: 'relu' }), [1, 1], [[1, -1]], [0, 0]);
  expect(call(dense, [[3]])).toEqual([[3, 0]]);
});

test('Embedding looks up the rows of its table', () => {
  const table = [
    [0, 0],
    [1, 10],
    [2, 20],
  ];
  const embedding = withWeights(new layers.Embedding(3, 2), [1, 2], table);
  expect(call(embedding, tensor([[2, 1]], undefined, 'int32'))).toEqual([table.toReversed().slice(0, 2)]);
});

test('Conv1D slides its kernel without flipping it', () => {
  const conv = withWeights(new layers.Conv1D(1, 2), [1, 4, 1], [[[1]], [[10]]], [0]);
  expect(call(conv, [[[1], [2], [3], [4]]])).toEqual([[[21], [32], [43]]]);
});

test('Conv2D sums over windows and channels, and pads with zeros for padding "same"', () => {
  const ones = [
    [[[1], [1]], [[1], [1]]],
    [[[1], [1]], [[1], [1]]],
  ]; // prettier-ignore
  const conv = withWeights(new layers.Conv2D(1, 2, { padding: 'same' }), [1, 2, 2, 2], ones, [0]);
  const x = [
    [[1, 10], [2, 20]],
    [[3, 30], [4, 40]],
  ]; // prettier-ignore
  expect(call(conv, [x])).toEqual([
    [
      [[110], [66]],
      [[77], [44]],
    ],
  ]);
});

test('Conv1DTranspose adds a scaled copy of its kernel for each input', () => {
  const conv = withWeights(new layers.Conv1DTranspose(1, 2, { strides: 2 }), [1, 2, 1], [[[1]], [[10]]], [0]);
  expect(call(conv, [[[3], [4]]])).toEqual([[[3], [30], [4], [40]]]);
});

test('DepthwiseConv1D has a kernel for each channel', () => {
  const conv = withWeights(
    new layers.DepthwiseConv1D(2),
    [1, 2, 2],
    [
      [[1], [2]],
      [[1], [2]],
    ],
    [0, 0],
  );
  expect(call(conv, [[[1, 1], [5, 5]]])).toEqual([[[6, 12]]]); // prettier-ignore
});

test('MaxPooling1D keeps the maximum of each window', () => {
  expect(call(new layers.MaxPooling1D(), [[[1], [5], [3], [2]]])).toEqual([[[5], [3]]]);
});

test('AveragePooling1D averages the inputs of a window, without the padding', () => {
  const pooling = new layers.AveragePooling1D(2, { padding: 'same' });
  expect(call(pooling, [[[1], [5], [3]]])).toEqual([[[3], [3]]]);
});

test('GlobalAveragePooling1D averages over the time steps that the mask keeps', () => {
  const pooling = new layers.GlobalAveragePooling1D();
  expect(call(pooling, [[[1], [3], [8]]])).toEqual([[4]]);
  expect(callLayer(pooling, [[[1], [3], [8]]], { mask: [[true, true, false]] }).output.toArray()).toEqual([[2]]);
});

test('BatchNormalization uses the batch in training and the moving statistics in inference', () => {
  const layer = withWeights(new layers.BatchNormalization({ momentum: 0.5, epsilon: 0 }), [2, 1], [2], [1], [0], [1]);
  // The batch has mean 4 and variance 4; β + γ (x − 4) / 2.
  expect(callLayer(layer, [[2], [6]], { training: true }).output.toArray()).toEqual([[-1], [3]]);
  // 0.5 · 0 + 0.5 · 4 and 0.5 · 1 + 0.5 · 4
  expect(layer.weights.slice(2).map(({ value }) => value.toArray())).toEqual([[2], [2.5]]);
  const [output] = call(layer, [[2 + Math.sqrt(2.5)]]) as [[number]];
  expect(output[0]).toBeCloseTo(1 + 2, 6);
});

test('LayerNormalization normalizes each row by its own mean and variance', () => {
  const layer = withWeights(new layers.LayerNormalization({ epsilon: 0 }), [2, 2], [1, 1], [0, 10]);
  expect(call(layer, [[1, 3], [100, 300]])).toEqual([[-1, 11], [-1, 11]]); // prettier-ignore
});

test('GroupNormalization normalizes groups of channels', () => {
  const options = { groups: 2, epsilon: 0, center: false, scale: false };
  const layer = withWeights(new layers.GroupNormalization(options), [1, 4]);
  expect(call(layer, [[1, 3, 50, 10]])).toEqual([[-1, 1, 1, -1]]);
});

test('RMSNormalization divides by the root mean square, without subtracting the mean', () => {
  const layer = withWeights(new layers.RMSNormalization({ epsilon: 0 }), [1, 2], [1, 10]);
  const [row] = call(layer, [[1, 7]]) as [number[]];
  expect(row[0]).toBeCloseTo(1 / 5, 6);
  expect(row[1]).toBeCloseTo(70 / 5, 5);
});

test('UnitNormalization scales a row to length 1', () => {
  const [row] = call(new layers.UnitNormalization(), [[3, 4]]) as [number[]];
  expect(row[0]).toBeCloseTo(0.6, 6);
  expect(row[1]).toBeCloseTo(0.8, 6);
});

test('Normalization subtracts a given mean and divides by the standard deviation', () => {
  expect(call(new layers.Normalization({ mean: 10, variance: 4 }), [[8], [14]])).toEqual([[-1], [2]]);
});

test('Rescaling multiplies and adds', () => {
  expect(call(new layers.Rescaling(0.5, { offset: -1 }), [[0, 4]])).toEqual([[-1, 1]]);
});

test('ReLU keeps what is between 0 and maxValue, and scales what is below by negativeSlope', () => {
  expect(call(new layers.ReLU({ maxValue: 6, negativeSlope: 0.5 }), [[-2, 0, 3, 9]])).toEqual([[-1, 0, 3, 6]]);
});

test('PReLU has a slope for each feature', () => {
  const layer = withWeights(new layers.PReLU(), [1, 2], [0.5, 0.25]);
  expect(call(layer, [[-4, -4], [4, 4]])).toEqual([[-2, -1], [4, 4]]); // prettier-ignore
});

test('Softmax gives masked entries no share', () => {
  const { output } = callLayer(new layers.Softmax(), [[7, 7, 7]], { mask: [[true, false, true]] });
  expect(output.toArray()).toEqual([[0.5, 0, 0.5]]);
});

test('Dropout keeps its input in inference, and scales what it keeps in training', () => {
  const layer = new layers.Dropout(0.75, { seed: 1 });
  const x = [Array.from({ length: 32 }, () => 1)];
  expect(call(layer, x)).toEqual(x);
  const { output } = callLayer(layer, x, { training: true });
  expect(new Set(output.data)).toEqual(new Set([0, 4]));
});

test('Add, Multiply, Maximum and Concatenate merge their inputs', () => {
  const [a, b] = [[[1, 2]], [[10, -20]]];
  expect(merge(new layers.Add(), a, b)).toEqual([[11, -18]]);
  expect(merge(new layers.Multiply(), a, b)).toEqual([[10, -40]]);
  expect(merge(new layers.Maximum(), a, b)).toEqual([[10, 2]]);
  expect(merge(new layers.Concatenate(), a, b)).toEqual([[1, 2, 10, -20]]);
});

test('Dot multiplies rows of its inputs, and normalizes them for the cosine', () => {
  expect(merge(new layers.Dot(1), [[1, 2]], [[3, 4]])).toEqual([[11]]);
  expect(merge(new layers.Dot(1, { normalize: true }), [[0, 2]], [[0, 5]])).toEqual([[1]]);
});

test('Flatten, Reshape, Permute and RepeatVector rearrange numbers', () => {
  const x = [[[1, 2, 3], [4, 5, 6]]]; // prettier-ignore
  expect(call(new layers.Flatten(), x)).toEqual([[1, 2, 3, 4, 5, 6]]);
  expect(call(new layers.Reshape([3, 2]), x)).toEqual([[[1, 2], [3, 4], [5, 6]]]); // prettier-ignore
  expect(call(new layers.Permute([2, 1]), x)).toEqual([[[1, 4], [2, 5], [3, 6]]]); // prettier-ignore
  expect(call(new layers.RepeatVector(2), [[1, 2]])).toEqual([[[1, 2], [1, 2]]]); // prettier-ignore
});

test('ZeroPadding1D, Cropping1D and UpSampling1D change the number of time steps', () => {
  const x = [[[1], [2], [3]]];
  expect(call(new layers.ZeroPadding1D({ padding: [0, 2] }), x)).toEqual([[[1], [2], [3], [0], [0]]]);
  expect(call(new layers.Cropping1D({ cropping: [1, 0] }), x)).toEqual([[[2], [3]]]);
  expect(call(new layers.UpSampling1D({ size: 2 }), x)).toEqual([[[1], [1], [2], [2], [3], [3]]]);
});

test('Masking masks the time steps in which every feature has the mask value', () => {
  const { output, mask } = callLayer(new layers.Masking(), [[[0, 0], [0, 5]]]); // prettier-ignore
  expect(output.toArray()).toEqual([[[0, 0], [0, 5]]]); // prettier-ignore
  expect(mask!.dtype).toBe('bool');
  expect(mask!.toArray()).toEqual([[0, 1]]);
});

test('Embedding accepts inputs of any length, since its inputDim is no input shape', () => {
  expect(new layers.Embedding(5, 3).givenInputShape).toBeNull();
});
