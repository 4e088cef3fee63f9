import { expect, test } from 'vitest';
import { type CheckGradientsOptions, checkGradients } from '../../../../src/tools/testing/index.ts';
import type { InputShape, Layer } from '../../../../src/keras/layers/index.ts';
import * as layers from '../../../../src/keras/layers/index.ts';

const [sequence, image, volume] = [
  [2, 5, 3],
  [2, 4, 5, 2],
  [1, 3, 4, 3, 2],
];
const pair = [
  [2, 3],
  [2, 3],
];
const small: CheckGradientsOptions = { entries: 12, tolerance: 1e-6 };

const cases: readonly (readonly [Layer, InputShape, CheckGradientsOptions?])[] = [
  [new layers.Activation('gelu'), sequence],
  [new layers.ActivityRegularization({ l1: 0.1, l2: 0.1 }), sequence],
  [new layers.Add(), pair],
  [new layers.AlphaDropout(0.4), sequence],
  [new layers.Average(), pair],
  [new layers.AveragePooling1D(2), sequence],
  [new layers.AveragePooling2D(2, { padding: 'same' }), image],
  [new layers.AveragePooling3D(2), volume],
  [new layers.BatchNormalization(), image],
  [new layers.BatchNormalization(), image, { training: false }],
  [new layers.Concatenate(), pair],
  [new layers.Conv1D(2, 3, { padding: 'causal' }), sequence],
  [new layers.Conv1DTranspose(2, 3, { strides: 2 }), sequence],
  [new layers.Conv2D(2, 3, { padding: 'same', dilationRate: 2 }), image],
  [new layers.Conv2DTranspose(2, 2, { strides: 2 }), image],
  [new layers.Conv3D(2, 2), volume],
  [new layers.Conv3DTranspose(2, 2), volume],
  [new layers.Cropping1D(), sequence],
  [new layers.Cropping2D({ cropping: 1 }), image],
  [new layers.Cropping3D({ cropping: 1 }), volume],
  [new layers.Dense(2, { kernelRegularizer: 'l1l2', activityRegularizer: 'l2' }), sequence],
  [new layers.DepthwiseConv1D(2), sequence],
  [new layers.DepthwiseConv2D(2, { depthMultiplier: 2 }), image],
  [new layers.Dot(1), pair],
  [new layers.Dropout(0.5), sequence],
  [new layers.ELU(), sequence],
  [new layers.Embedding(3, 2), [2, 4], { dtype: 'int32' }],
  [new layers.Flatten(), sequence],
  [new layers.GaussianDropout(0.3), sequence],
  [new layers.GaussianNoise(0.3), sequence],
  [new layers.GlobalAveragePooling1D(), sequence],
  [new layers.GlobalAveragePooling2D(), image],
  [new layers.GlobalAveragePooling3D(), volume],
  [new layers.GlobalMaxPooling1D(), sequence],
  [new layers.GlobalMaxPooling2D(), image],
  [new layers.GlobalMaxPooling3D(), volume],
  [new layers.GroupNormalization({ groups: 1 }), image],
  [new layers.Identity(), sequence],
  [new layers.InstanceNormalization(), image],
  [new layers.LayerNormalization(), sequence],
  [new layers.LeakyReLU(), sequence],
  [new layers.Masking(), sequence],
  [new layers.Maximum(), pair],
  [new layers.MaxPooling1D(), sequence],
  [new layers.MaxPooling2D({ padding: 'same' }), image],
  [new layers.MaxPooling3D(), volume],
  [new layers.Minimum(), pair],
  [new layers.Multiply(), pair],
  [new layers.Normalization({ mean: 1, variance: 4 }), sequence],
  [new layers.Permute([2, 1]), sequence],
  [new layers.PReLU(), sequence],
  [new layers.ReLU({ maxValue: 1, negativeSlope: 0.1 }), sequence],
  [new layers.RepeatVector(2), [2, 3]],
  [new layers.Rescaling(2), sequence],
  [new layers.Reshape([-1]), sequence],
  [new layers.RMSNormalization(), sequence],
  [new layers.SeparableConv1D(2, 2), sequence],
  [new layers.SeparableConv2D(2, 2), image],
  [new layers.Softmax(), sequence],
  [new layers.SpatialDropout1D(0.5), sequence],
  [new layers.SpatialDropout2D(0.5), image],
  [new layers.SpatialDropout3D(0.5), volume],
  [new layers.SpectralNormalization(new layers.Dense(2)), [2, 3], { training: false }],
  [new layers.Subtract(), pair],
  [new layers.SyncBatchNormalization(), image],
  [new layers.UnitNormalization(), sequence],
  [new layers.UpSampling1D(), sequence],
  [new layers.UpSampling2D({ interpolation: 'bilinear' }), image],
  [new layers.UpSampling3D(), volume],
  [new layers.WeightNormalization(new layers.Dense(2)), [2, 3]],
  [new layers.ZeroPadding1D(), sequence],
  [new layers.ZeroPadding2D(), image],
  [new layers.ZeroPadding3D(), volume],
];

test.each(cases.map(([layer, shape, options]) => [layer.className, layer, shape, options] as const))(
  '%s has the gradients that the differences give',
  (_, layer, shape, options) => {
    const before = layer.built ? layer.getWeights() : null;
    const report = checkGradients(layer, shape, { ...small, ...options });
    expect(report.passed).toBe(true);
    expect(report.worst.relativeError).toBeLessThan(1e-6);
    if (before !== null) expect(layer.getWeights()).toEqual(before);
  },
);

test('checkGradients reports that the power iteration of spectral normalization is not differentiated', () => {
  const layer = new layers.SpectralNormalization(new layers.Dense(2, { name: 'dense' }), { name: 'spectral' });
  const { passed, worst } = checkGradients(layer, [2, 3], { throws: false });
  expect(passed).toBe(false);
  expect(worst.of).toBe('spectral/dense/kernel');
});
