import { Input, type KerasTensor, Model } from 'evenkeel';
import {
  Activation,
  Add,
  BatchNormalization,
  Conv2D,
  type Conv2DOptions,
  Dense,
  DepthwiseConv2D,
  GlobalAveragePooling2D,
  MaxPooling2D,
  ReLU,
  ZeroPadding2D,
} from 'evenkeel/layers';

const conv = (x: KerasTensor, filters: number, size: number, options: Conv2DOptions = {}): KerasTensor =>
  new Conv2D(filters, size, options).apply(x);
const relu = (x: KerasTensor): KerasTensor => new Activation('relu').apply(x);
const relu6 = (x: KerasTensor): KerasTensor => new ReLU({ maxValue: 6 }).apply(x);
const pad = (x: KerasTensor, padding: number | readonly (readonly [number, number])[]): KerasTensor =>
  new ZeroPadding2D({ padding }).apply(x);

function classifier(input: KerasTensor, features: KerasTensor, classes: number, name: string): Model {
  const outputs = new Dense(classes, { activation: 'softmax' }).apply(new GlobalAveragePooling2D().apply(features));
  return new Model({ inputs: input, outputs, name });
}

/** ResNet-50 (He et al. 2015) as in keras.applications: 25.6 million weights. */
export function resNet50(shape: readonly number[] = [224, 224, 3], classes = 1000): Model {
  const normalized = (x: KerasTensor): KerasTensor => new BatchNormalization({ epsilon: 1.001e-5 }).apply(x);
  const block = (x: KerasTensor, filters: number, strides: number, widens: boolean): KerasTensor => {
    const shortcut = widens ? normalized(conv(x, 4 * filters, 1, { strides })) : x;
    const narrow = relu(normalized(conv(x, filters, 1, { strides })));
    const middle = relu(normalized(conv(narrow, filters, 3, { padding: 'same' })));
    return relu(new Add().apply([shortcut, normalized(conv(middle, 4 * filters, 1))]));
  };
  const input = Input({ shape });
  const first = relu(normalized(conv(pad(input, 3), 64, 7, { strides: 2 })));
  let x = new MaxPooling2D({ poolSize: 3, strides: 2 }).apply(pad(first, 1));
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    for (let i = 0; i < blocks; i++) x = block(x, 64 * 2 ** stage, i === 0 && stage > 0 ? 2 : 1, i === 0);
  }
  return classifier(input, x, classes, 'resnet50');
}

/** MobileNetV2 (Sandler et al. 2018) as in keras.applications: 3.5 million weights. */
export function mobileNetV2(shape: readonly number[] = [224, 224, 3], classes = 1000): Model {
  const normalized = (x: KerasTensor): KerasTensor => new BatchNormalization({ momentum: 0.999 }).apply(x);
  const pointwise = (x: KerasTensor, filters: number): KerasTensor =>
    normalized(conv(x, filters, 1, { useBias: false }));
  const block = (x: KerasTensor, filters: number, strides: number, expansion: number): KerasTensor => {
    const channels = x.shape.at(-1) ?? 0;
    const wide = expansion === 1 ? x : relu6(pointwise(x, channels * expansion));
    const ends = [
      [0, 1],
      [0, 1],
    ] as const;
    const padded = strides === 1 ? wide : pad(wide, ends);
    const padding = strides === 1 ? 'same' : 'valid';
    const depthwise = new DepthwiseConv2D(3, { strides, padding, useBias: false }).apply(padded);
    const narrow = pointwise(relu6(normalized(depthwise)), filters);
    return strides === 1 && channels === filters ? new Add().apply([x, narrow]) : narrow;
  };
  const input = Input({ shape });
  let x = relu6(normalized(conv(input, 32, 3, { strides: 2, padding: 'same', useBias: false })));
  const stacks = [
    [16, 1, 1, 1],
    [24, 2, 2, 6],
    [32, 3, 2, 6],
    [64, 4, 2, 6],
    [96, 3, 1, 6],
    [160, 3, 2, 6],
    [320, 1, 1, 6],
  ] as const;
  for (const [filters, blocks, strides, expansion] of stacks) {
    for (let i = 0; i < blocks; i++) x = block(x, filters, i === 0 ? strides : 1, expansion);
  }
  return classifier(input, relu6(pointwise(x, 1280)), classes, 'mobilenetv2');
}
