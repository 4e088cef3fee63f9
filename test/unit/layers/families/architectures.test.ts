import { describe, expect, it } from 'vitest';
import { Input, type KerasTensor } from '../../../../src/layers/index.ts';
import * as layers from '../../../../src/layers/index.ts';
import { Model } from '../../../../src/models/index.ts';
import { countElements } from '../../../../src/layers/layer-state.ts';

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

function resNet50(inputs: KerasTensor): KerasTensor {
  const block = (x: KerasTensor, filters: number, strides: number, widens: boolean): KerasTensor => {
    const shortcut = widens ? batchNorm(conv(x, 4 * filters, 1, { strides })) : x;
    const narrow = relu(batchNorm(conv(x, filters, 1, { strides })));
    const middle = relu(batchNorm(conv(narrow, filters, 3, { padding: 'same' })));
    return relu(new layers.Add().apply([shortcut, batchNorm(conv(middle, 4 * filters, 1))]));
  };
  let x = stem(inputs, true);
  for (const [i, blocks] of [3, 4, 6, 3].entries()) {
    for (let j = 0; j < blocks; j++) x = block(x, 64 * 2 ** i, j === 0 && i > 0 ? 2 : 1, j === 0);
  }
  return classify(x);
}

function mobileNetV2(inputs: KerasTensor): KerasTensor {
  const relu6 = (x: KerasTensor): KerasTensor => new layers.ReLU({ maxValue: 6 }).apply(x);
  const pointwise = (x: KerasTensor, filters: number): KerasTensor =>
    batchNorm(conv(x, filters, 1, { useBias: false }));
  const block = (x: KerasTensor, filters: number, strides: number, expansion: number): KerasTensor => {
    const channels = x.shape.at(-1) ?? 0;
    const wide = expansion === 1 ? x : relu6(pointwise(x, channels * expansion));
    const padded =
      strides === 1
        ? wide
        : new layers.ZeroPadding2D({
            padding: [
              [0, 1],
              [0, 1],
            ],
          }).apply(wide);
    const depthwise = new layers.DepthwiseConv2D(3, {
      strides,
      padding: strides === 1 ? 'same' : 'valid',
      useBias: false,
    }).apply(padded);
    const narrow = pointwise(relu6(batchNorm(depthwise)), filters);
    return strides === 1 && channels === filters ? new layers.Add().apply([x, narrow]) : narrow;
  };
  let x = relu6(batchNorm(conv(inputs, 32, 3, { strides: 2, padding: 'same', useBias: false })));
  const stacks = [
    [16, 1, 1, 1],
    [24, 2, 2, 6],
    [32, 3, 2, 6],
    [64, 4, 2, 6],
    [96, 3, 1, 6],
    [160, 3, 2, 6],
    [320, 1, 1, 6],
  ];
  for (const [filters = 0, blocks = 0, strides = 1, expansion = 1] of stacks) {
    for (let j = 0; j < blocks; j++) x = block(x, filters, j === 0 ? strides : 1, expansion);
  }
  return classify(relu6(pointwise(x, 1280)));
}

function denseNet121(inputs: KerasTensor): KerasTensor {
  const useBias = false;
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
  return classify(relu(batchNorm(x)));
}

describe('networks of keras.applications', () => {
  it.each([
    ['ResNet-50', resNet50, { layers: 177, parameters: 25_636_712, trainable: 25_583_592 }],
    ['MobileNetV2', mobileNetV2, { layers: 156, parameters: 3_538_984, trainable: 3_504_872 }],
    ['DenseNet-121', denseNet121, { layers: 429, parameters: 8_062_504, trainable: 7_978_856 }],
  ])('have as many layers and parameters as in Keras: %s', (_, build, expected) => {
    const inputs = Input({ shape: [224, 224, 3] });
    const model = new Model({ inputs, outputs: build(inputs) });
    expect({
      layers: model.layers.length,
      parameters: model.countParams(),
      trainable: countElements(model.trainableWeights),
    }).toEqual(expected);
    expect(model.computeOutputShape([null, 224, 224, 3])).toEqual([null, 1000]);
  });
});
