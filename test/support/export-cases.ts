import { type AnyModel, Input, Model, Sequential, ops } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import type { DType } from '../../src/core/dtype.ts';
import type { Value } from '../../src/compiler/ir/value.ts';
import type { Layer } from '../../src/keras/layers/index.ts';

interface NetworkCase {
  readonly make: () => AnyModel;
  /** The shapes of the inputs without the batch. */
  readonly rows: readonly (readonly number[])[];
  /** Whether there is a normalization of images, with its own operator, to be folded. */
  readonly folded?: boolean;
}

function convolutional(): Sequential {
  return new Sequential([
    Input({ shape: [12, 10, 3], name: 'image' }),
    new layers.Conv2D(8, 3, { padding: 'same', strides: 2 }),
    new layers.BatchNormalization(),
    new layers.ReLU(),
    new layers.MaxPooling2D(),
    new layers.Flatten(),
    new layers.Dropout(0.5),
    new layers.Dense(5, { activation: 'softmax', name: 'class' }),
  ]);
}

function residual(): AnyModel {
  const x = Input({ shape: [8, 8, 4], name: 'image' });
  const inner = new layers.Conv2D(4, 3, { padding: 'same' }).apply(x);
  const sum = new layers.Add().apply([x, new layers.BatchNormalization().apply(inner)]);
  const pooled = new layers.GlobalAveragePooling2D().apply(new layers.Activation('gelu').apply(sum));
  const shared = new layers.Dense(4, { name: 'shared' });
  return new Model({ inputs: x, outputs: [shared.apply(pooled), shared.apply(shared.apply(pooled)), sum] });
}

function several(): AnyModel {
  const words = Input({ shape: [6], dtype: 'int32', name: 'words' });
  const numbers = Input({ shape: [3], name: 'numbers' });
  const unused = Input({ shape: [2], name: 'unused' });
  const embedded = new layers.Embedding(5, 4).apply(words);
  const flat = new layers.Flatten().apply(new layers.LayerNormalization().apply(embedded));
  const all = new layers.Concatenate().apply([flat, numbers]);
  const head = new Sequential([new layers.Dense(3, { activation: 'swish' }), new layers.UnitNormalization()]);
  const outputs = { a: head.apply(all), b: new layers.Dense(1).apply(all), same: numbers };
  return new Model({ inputs: [words, numbers, unused], outputs });
}

function withFunctions(): AnyModel {
  const x = Input({ shape: [5, 4], name: 'x' });
  const halves = ops.split(x, 2, { axis: 2 });
  const nested = new Sequential([Input({ shape: [5, 2] }), new layers.Dense(2), new layers.BatchNormalization()]);
  const y = ops.add(ops.multiply(halves[0]!, 2), nested.apply(halves[1]!));
  return new Model({ inputs: x, outputs: ops.softmax(ops.mean(y, { axis: 1 })) });
}

class Own extends Model {
  readonly dense = new layers.Dense(6, { activation: 'relu' });
  override call(x: Value): Value {
    // Rows joined with others of constants, and a shape with two sizes that follow from the batch.
    const zeros = ops.broadcastTo(0.5, [x.shape[0] ?? null, 2]);
    const split = ops.reshape(ops.concatenate([this.dense.apply(x), zeros], { axis: -1 }), [(x.shape[0] ?? 1) * 2, 4]);
    return ops.reshape(ops.softmax(split), [x.shape[0] ?? null, 8]);
  }
}

function own(): AnyModel {
  const model = new Own();
  model.build([null, 5]);
  return model;
}

export const networks: Readonly<Record<string, NetworkCase>> = {
  'a convolutional network': { make: convolutional, rows: [[12, 10, 3]], folded: true },
  'branches, a shared layer, several outputs': { make: residual, rows: [[8, 8, 4]], folded: true },
  'several inputs of several types, one of which is not used': { make: several, rows: [[6], [3], [2]] },
  'functions between the layers, and a model as a layer': { make: withFunctions, rows: [[5, 4]] },
  'a class of its own': { make: own, rows: [[5]] },
};

const [sequence, image, volume] = [
  [7, 4],
  [6, 5, 4],
  [4, 5, 4, 2],
];

interface LayerCase {
  readonly name: string;
  readonly make: () => Layer;
  /** What it is fed, without the batch. */
  readonly row: readonly number[];
  /** Of what it is fed. @default that of the layer */
  readonly dtype?: DType;
}

/** A layer of every kind, with what it is fed. */
export const layerCases: readonly LayerCase[] = [
  { name: 'Permute', make: () => new layers.Permute([3, 1, 2]), row: image },
  { name: 'RepeatVector', make: () => new layers.RepeatVector(3), row: [4] },
  { name: 'Rescaling', make: () => new layers.Rescaling([1, 2, 3, 4], { offset: 0.5 }), row: image },
  { name: 'Reshape', make: () => new layers.Reshape([-1, 2]), row: image },
  { name: 'Flatten, channels first', make: () => new layers.Flatten({ dataFormat: 'channels_first' }), row: image },
  { name: 'Identity', make: () => new layers.Identity(), row: image },
  { name: 'Masking', make: () => new layers.Masking({ maskValue: 0.5 }), row: sequence },
  { name: 'Embedding', make: () => new layers.Embedding(5, 3), row: [4], dtype: 'int32' },
  { name: 'Embedding that masks', make: () => new layers.Embedding(5, 3, { maskZero: true }), row: [4] },
  { name: 'ZeroPadding1D', make: () => new layers.ZeroPadding1D({ padding: [1, 2] }), row: sequence },
  { name: 'ZeroPadding2D', make: () => new layers.ZeroPadding2D({ padding: [1, [0, 2]] }), row: image },
  { name: 'ZeroPadding3D', make: () => new layers.ZeroPadding3D(), row: volume },
  { name: 'Cropping1D', make: () => new layers.Cropping1D(), row: sequence },
  { name: 'Cropping2D', make: () => new layers.Cropping2D({ cropping: [1, [0, 2]] }), row: image },
  { name: 'Cropping3D', make: () => new layers.Cropping3D(), row: volume },
  { name: 'UpSampling1D', make: () => new layers.UpSampling1D({ size: 3 }), row: sequence },
  { name: 'UpSampling2D', make: () => new layers.UpSampling2D({ size: [2, 3] }), row: image },
  {
    name: 'UpSampling2D, bilinear',
    make: () => new layers.UpSampling2D({ size: [2, 3], interpolation: 'bilinear' }),
    row: image,
  },
  { name: 'UpSampling3D', make: () => new layers.UpSampling3D(), row: volume },
  {
    name: 'MaxPooling1D',
    make: () => new layers.MaxPooling1D({ poolSize: 3, strides: 2, padding: 'same' }),
    row: sequence,
  },
  { name: 'MaxPooling2D', make: () => new layers.MaxPooling2D(), row: image },
  { name: 'MaxPooling3D', make: () => new layers.MaxPooling3D(), row: volume },
  {
    name: 'AveragePooling1D',
    make: () => new layers.AveragePooling1D(3, { strides: 2, padding: 'same' }),
    row: sequence,
  },
  { name: 'AveragePooling2D', make: () => new layers.AveragePooling2D(3, { padding: 'same' }), row: image },
  { name: 'AveragePooling3D', make: () => new layers.AveragePooling3D(2, { padding: 'same' }), row: volume },
  { name: 'GlobalMaxPooling1D', make: () => new layers.GlobalMaxPooling1D(), row: sequence },
  { name: 'GlobalMaxPooling2D', make: () => new layers.GlobalMaxPooling2D(), row: image },
  { name: 'GlobalMaxPooling3D', make: () => new layers.GlobalMaxPooling3D({ keepdims: true }), row: volume },
  { name: 'GlobalAveragePooling1D', make: () => new layers.GlobalAveragePooling1D(), row: sequence },
  { name: 'GlobalAveragePooling3D', make: () => new layers.GlobalAveragePooling3D(), row: volume },
  { name: 'Dense on images', make: () => new layers.Dense(3, { activation: 'selu' }), row: image },
  { name: 'Dense in float64', make: () => new layers.Dense(3, { dtype: 'float64' }), row: sequence },
  {
    name: 'Conv1D, causal',
    make: () => new layers.Conv1D(8, 3, { padding: 'causal', activation: 'relu' }),
    row: sequence,
  },
  { name: 'Conv1D, dilated', make: () => new layers.Conv1D(8, 3, { padding: 'same', dilationRate: 2 }), row: sequence },
  { name: 'Conv1D in float64', make: () => new layers.Conv1D(4, 3, { dtype: 'float64' }), row: sequence },
  { name: 'Conv2D in groups', make: () => new layers.Conv2D(6, 3, { groups: 2, activation: 'relu6' }), row: image },
  { name: 'Conv3D', make: () => new layers.Conv3D(4, [2, 1, 3], { strides: [1, 2, 1], padding: 'same' }), row: volume },
  {
    name: 'Conv3D with the channels in front',
    make: () => new layers.Conv3D(4, 2, { dataFormat: 'channels_first' }),
    row: volume,
  },
  {
    name: 'Conv1DTranspose',
    make: () => new layers.Conv1DTranspose(8, 3, { strides: 2, padding: 'same' }),
    row: sequence,
  },
  {
    name: 'Conv2DTranspose',
    make: () => new layers.Conv2DTranspose(8, 3, { strides: 2, padding: 'same' }),
    row: image,
  },
  { name: 'Conv2DTranspose without strides', make: () => new layers.Conv2DTranspose(3, [3, 2]), row: image },
  {
    name: 'Conv2DTranspose in float64',
    make: () => new layers.Conv2DTranspose(2, 3, { strides: 2, dtype: 'float64' }),
    row: image,
  },
  { name: 'Conv3DTranspose', make: () => new layers.Conv3DTranspose(4, 3, { strides: 2 }), row: volume },
  { name: 'DepthwiseConv1D', make: () => new layers.DepthwiseConv1D(3, { depthMultiplier: 2 }), row: sequence },
  {
    name: 'DepthwiseConv2D',
    make: () => new layers.DepthwiseConv2D(3, { padding: 'same', activation: 'relu' }),
    row: image,
  },
  { name: 'SeparableConv1D', make: () => new layers.SeparableConv1D(5, 3, { padding: 'same' }), row: sequence },
  {
    name: 'SeparableConv2D',
    make: () => new layers.SeparableConv2D(8, 3, { strides: 2, depthMultiplier: 2 }),
    row: image,
  },
  { name: 'BatchNormalization', make: () => new layers.BatchNormalization(), row: image },
  { name: 'BatchNormalization on the first axis', make: () => new layers.BatchNormalization({ axis: 1 }), row: image },
  {
    name: 'BatchNormalization in float64',
    make: () => new layers.BatchNormalization({ dtype: 'float64' }),
    row: image,
  },
  { name: 'LayerNormalization', make: () => new layers.LayerNormalization({ axis: [1, 2] }), row: image },
  { name: 'GroupNormalization', make: () => new layers.GroupNormalization({ groups: 2 }), row: image },
  { name: 'RMSNormalization', make: () => new layers.RMSNormalization(), row: image },
  { name: 'UnitNormalization', make: () => new layers.UnitNormalization(), row: image },
  {
    name: 'Normalization',
    make: () => new layers.Normalization({ mean: [1, 2, 3, 4], variance: [1, 2, 3, 4] }),
    row: image,
  },
  { name: 'SpectralNormalization', make: () => new layers.SpectralNormalization(new layers.Dense(3)), row: [4] },
  { name: 'Dropout', make: () => new layers.Dropout(0.5), row: image },
  { name: 'SpatialDropout2D', make: () => new layers.SpatialDropout2D(0.5), row: image },
  { name: 'GaussianNoise', make: () => new layers.GaussianNoise(0.5), row: image },
  { name: 'AlphaDropout', make: () => new layers.AlphaDropout(0.5), row: image },
  { name: 'Softmax', make: () => new layers.Softmax({ axis: 1 }), row: image },
  { name: 'LeakyReLU', make: () => new layers.LeakyReLU(), row: image },
  { name: 'ELU', make: () => new layers.ELU({ alpha: 0.5 }), row: image },
  { name: 'PReLU', make: () => new layers.PReLU({ sharedAxes: [1, 2] }), row: image },
  {
    name: 'ReLU with bounds',
    make: () => new layers.ReLU({ maxValue: 0.5, negativeSlope: 0.1, threshold: 0.2 }),
    row: image,
  },
  { name: 'Activation', make: () => new layers.Activation('mish'), row: image },
  { name: 'Lambda', make: () => new layers.Lambda((x: Value) => ops.multiply(x, x)), row: image },
];
