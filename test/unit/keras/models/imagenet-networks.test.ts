import { describe, expect, test } from 'vitest';
import { mobileNetV2, resNet50 } from '../../../../bench/imagenet-networks.ts';
import { Input, type KerasTensor } from '../../../../src/keras/layers/index.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Model } from '../../../../src/keras/models/index.ts';

/** Zeros, since only the number of weights counts. */
const kernel = { kernelInitializer: 'zeros' } as const;
const epsilon = 1.001e-5;

const conv = (x: KerasTensor, filters: number, size: number, options: layers.Conv2DOptions = {}): KerasTensor =>
  new layers.Conv2D(filters, size, { ...kernel, ...options }).apply(x);
const batchNorm = (x: KerasTensor): KerasTensor => new layers.BatchNormalization({ epsilon }).apply(x);
const relu = (x: KerasTensor): KerasTensor => new layers.Activation('relu').apply(x);
const pad = (x: KerasTensor, padding: number): KerasTensor => new layers.ZeroPadding2D({ padding }).apply(x);
const classify = (x: KerasTensor): KerasTensor =>
  new layers.Dense(1000, { ...kernel, activation: 'softmax' }).apply(new layers.GlobalAveragePooling2D().apply(x));

function stem(x: KerasTensor, useBias: boolean): KerasTensor {
  const first = relu(batchNorm(conv(pad(x, 3), 64, 7, { strides: 2, useBias })));
  return new layers.MaxPooling2D({ poolSize: 3, strides: 2 }).apply(pad(first, 1));
}

function denseNet121(): Model {
  const useBias = false;
  const inputs = Input({ shape: [224, 224, 3] });
  let x = stem(inputs, useBias);
  for (const [i, blocks] of [6, 12, 24, 16].entries()) {
    for (let j = 0; j < blocks; j++) {
      const narrow = conv(relu(batchNorm(x)), 128, 1, { useBias });
      const grown = conv(relu(batchNorm(narrow)), 32, 3, { padding: 'same', useBias });
      x = new layers.Concatenate().apply([x, grown]);
    }
    if (i === 3) break;
    const half = conv(relu(batchNorm(x)), (x.shape.at(-1) ?? 0) / 2, 1, { useBias });
    x = new layers.AveragePooling2D(2, { strides: 2 }).apply(half);
  }
  return new Model({ inputs, outputs: classify(relu(batchNorm(x))) });
}

describe('networks of keras.applications', () => {
  test.each([
    ['ResNet-50', resNet50, { layers: 177, parameters: 25_636_712, trainable: 25_583_592 }],
    ['MobileNetV2', mobileNetV2, { layers: 156, parameters: 3_538_984, trainable: 3_504_872 }],
    ['DenseNet-121', denseNet121, { layers: 429, parameters: 8_062_504, trainable: 7_978_856 }],
  ])('networks of keras.applications have as many layers and parameters as in Keras: %s', (_, build, expected) => {
    const model = build();
    expect({
      layers: model.layers.length,
      parameters: model.countParams(),
      trainable: model.trainableWeights.reduce((sum, { size }) => sum + size, 0),
    }).toEqual(expected);
    expect(model.computeOutputShape([null, 224, 224, 3])).toEqual([null, 1000]);
  });
});
