import type { ActivationIdentifier } from '../activations/resolve.ts';
import type { BatchNormalizationOptions } from '../layers/normalization/batch-normalization-options.ts';
import {
  Activation,
  Add,
  AveragePooling2D,
  BatchNormalization,
  Concatenate,
  Conv2D,
  type Conv2DOptions,
  Dense,
  type DenseOptions,
  DepthwiseConv2D,
  type DepthwiseConv2DOptions,
  GlobalAveragePooling2D,
  GlobalMaxPooling2D,
  MaxPooling2D,
  SeparableConv2D,
  type SeparableConv2DOptions,
  ZeroPadding2D,
} from '../layers/index.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import type { Settings } from './application.ts';

/** The size of a kernel: a number, or height and width. */
export type Size = number | readonly [number, number];

/** The numbers of rows and columns of zeros before and after an image. */
export type Padding = number | readonly [readonly [number, number], readonly [number, number]];

/** The name of a layer; undefined for one that is made of its class. */
type Name = string | undefined;

export const conv = (x: KerasTensor, filters: number, size: Size, options: Conv2DOptions = {}): KerasTensor =>
  new Conv2D(filters, size, options).apply(x);

export const depthwiseConv = (x: KerasTensor, size: Size, options: DepthwiseConv2DOptions): KerasTensor =>
  new DepthwiseConv2D(size, options).apply(x);

export const separableConv = (
  x: KerasTensor,
  filters: number,
  size: Size,
  options: SeparableConv2DOptions,
): KerasTensor => new SeparableConv2D(filters, size, options).apply(x);

export const batchNorm = (x: KerasTensor, options: BatchNormalizationOptions = {}): KerasTensor =>
  new BatchNormalization(options).apply(x);

export const activate = (x: KerasTensor, activation: ActivationIdentifier | null, name?: Name): KerasTensor =>
  new Activation(activation, { name }).apply(x);

export const relu = (x: KerasTensor, name?: Name): KerasTensor => activate(x, 'relu', name);

export const pad = (x: KerasTensor, padding: Padding, name?: Name): KerasTensor =>
  new ZeroPadding2D({ padding, name }).apply(x);

export const add = (tensors: readonly KerasTensor[], name?: Name): KerasTensor => new Add({ name }).apply(tensors);

export const concatenate = (tensors: readonly KerasTensor[], axis: number, name?: Name): KerasTensor =>
  new Concatenate({ axis, name }).apply(tensors);

/** Options of the poolings of images. */
interface PoolOptions {
  readonly strides?: number;
  readonly padding?: 'valid' | 'same';
  readonly name?: Name;
}

export const maxPool = (x: KerasTensor, poolSize: number, options: PoolOptions): KerasTensor =>
  new MaxPooling2D({ poolSize, ...options }).apply(x);

export const averagePool = (x: KerasTensor, poolSize: number, options: PoolOptions): KerasTensor =>
  new AveragePooling2D({ poolSize, ...options }).apply(x);

/** The channels of an image. */
export const channelsOf = (x: KerasTensor): number => x.shape.at(-1) ?? 0;

/**
 * The zeros that make a convolution of stride 2 without padding see what one with padding `'same'` sees. Sizes that are not
 * known count as even.
 */
export function correctPad({ shape }: KerasTensor, kernelSize: number): Padding {
  const after = Math.floor(kernelSize / 2);
  const [height = null, width = null] = shape.slice(1, 3);
  const edges = (size: number | null): readonly [number, number] => [
    after - (size === null ? 1 : 1 - (size % 2)),
    after,
  ];
  return [edges(height), edges(height === null ? null : width)];
}

/** The multiple of 8 nearest to a number of filters, at least 8. */
export const multipleOf8 = (filters: number): number => Math.max(8, Math.floor(Math.trunc(filters + 4) / 8) * 8);

/** The same, but not below 90 % of the number of filters. */
export function makeDivisible(filters: number): number {
  const nearest = multipleOf8(filters);
  return nearest < 0.9 * filters ? nearest + 8 : nearest;
}

/** The features of a network without its top, pooled as asked. Some networks name the layer. */
export function pool(x: KerasTensor, { pooling }: Settings, isNamed: boolean): KerasTensor {
  if (pooling === 'avg') return new GlobalAveragePooling2D({ name: isNamed ? 'avg_pool' : undefined }).apply(x);
  return pooling === 'max' ? new GlobalMaxPooling2D({ name: isNamed ? 'max_pool' : undefined }).apply(x) : x;
}

/** The classifier: a dense layer named `predictions`. */
export const predictions = (x: KerasTensor, settings: Settings, options: DenseOptions = {}): KerasTensor =>
  new Dense(settings.classes, {
    activation: settings.classifierActivation,
    name: 'predictions',
    ...options,
  }).apply(x);

/** The end of many networks: the mean of each channel and the classifier, or the features. */
export function finish(x: KerasTensor, settings: Settings, isNamed: boolean): KerasTensor {
  if (!settings.includeTop) return pool(x, settings, isNamed);
  return predictions(new GlobalAveragePooling2D({ name: 'avg_pool' }).apply(x), settings);
}
