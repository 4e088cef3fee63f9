import { linear } from '../../../keras/activations/index.ts';
import { type Shape, sizeOf } from '../../../core/shape.ts';
import * as layers from '../../../keras/layers/index.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { BaseGlobalPooling } from '../../../keras/layers/pooling/base-global-pooling.ts';
import { BasePooling } from '../../../keras/layers/pooling/base-pooling.ts';
import { BaseCropping } from '../../../keras/layers/reshaping/base-cropping.ts';
import { BaseZeroPadding } from '../../../keras/layers/reshaping/base-zero-padding.ts';
import type { ChannelMap } from './channel-map.ts';

/**
 * How a map goes past a layer: what it is on the other side, so that layer(map(x)) = result(layer(x)), or why not.
 * In inference, noise and dropout do nothing; means and interpolation keep what is the same all over a channel; a maximum
 * keeps what does not turn the order around; a slope on either side of zero keeps what has no offset.
 */
export type Passage = ChannelMap | { readonly reason: string };

const INACTIVE: readonly unknown[] = [
  ...[layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D, layers.SpatialDropout3D],
  ...[layers.GaussianDropout, layers.GaussianNoise, layers.AlphaDropout],
  ...[layers.ActivityRegularization, layers.Identity],
];

const INTERPOLATING: readonly unknown[] = [layers.UpSampling1D, layers.UpSampling2D, layers.UpSampling3D];

const MAXIMA: readonly unknown[] = [
  ...[layers.MaxPooling1D, layers.MaxPooling2D, layers.MaxPooling3D],
  ...[layers.GlobalMaxPooling1D, layers.GlobalMaxPooling2D, layers.GlobalMaxPooling3D],
];

/** A map from before a layer to behind it. */
export function passForward(layer: Layer, map: ChannelMap, inputShape: Shape): Passage {
  if (layer instanceof layers.Flatten) return flattened(layer, map, inputShape);
  const refusal = refusalOf(layer, map, inputShape.length);
  if (refusal !== null) return { reason: refusal };
  return layer instanceof BaseGlobalPooling && !layer.keepdims ? { ...map, axis: 1 } : map;
}

/** A map from behind a layer to before it. */
export function passBackward(layer: Layer, map: ChannelMap, inputShape: Shape): Passage {
  if (layer instanceof layers.Flatten) return { reason: `each feature behind ${layer.who} has a map of its own` };
  const isFlat = layer instanceof BaseGlobalPooling && !layer.keepdims;
  const before = isFlat ? { ...map, axis: layer.dataFormat === 'channels_last' ? inputShape.length - 1 : 1 } : map;
  const refusal = refusalOf(layer, before, inputShape.length);
  return refusal === null ? before : { reason: refusal };
}

/** Why a map does not pass a layer; null if it does. `axis` is that of the layer's input. */
function refusalOf(layer: Layer, map: ChannelMap, rank: number): string | null {
  const kind: unknown = layer.constructor;
  const { who } = layer;
  if (INACTIVE.includes(kind)) return null;
  const channels = channelAxis(layer, rank);
  if (channels !== null && channels !== map.axis) return `its axis is not that of the channels of ${layer.who}`;
  if (INTERPOLATING.includes(kind) || layer instanceof BaseCropping) return null;
  if (MAXIMA.includes(kind)) {
    const isRising = map.scale.every((entry) => entry >= 0);
    return isRising ? null : `a negative scale turns the order around that ${layer.who} goes by`;
  }
  if (layer instanceof BasePooling || layer instanceof BaseGlobalPooling) return null;
  if (layer instanceof BaseZeroPadding) return isPure(map) ? null : `${layer.who} puts zeros where an offset belongs`;
  if (layer instanceof layers.Activation && layer.activation === linear) return null;
  if (isBent(layer)) {
    const passes = isPure(map) && map.scale.every((entry) => entry >= 0);
    return passes ? null : `${who} bends at zero, which an offset or a negative scale moves`;
  }
  return `it does not pass ${who}`;
}

/** The axis of the channels, for layers that treat them apart from other axes; null for the others. */
function channelAxis(layer: Layer, rank: number): number | null {
  const format: unknown = (layer as { readonly dataFormat?: unknown }).dataFormat;
  if (format === 'channels_first') return 1;
  const isSpatial = layer instanceof BaseCropping || layer instanceof BaseZeroPadding;
  const pools = layer instanceof BasePooling || layer instanceof BaseGlobalPooling;
  return isSpatial || pools || INTERPOLATING.includes(layer.constructor) ? rank - 1 : null;
}

/** Whether a map only scales. */
function isPure(map: ChannelMap): boolean {
  return map.offset.every((entry) => entry === 0);
}

/** Whether f(s · x) = s · f(x) for s ≥ 0. */
function isBent(layer: Layer): boolean {
  const kind: unknown = layer.constructor;
  const config = layer.getConfig();
  if (kind === layers.LeakyReLU || kind === layers.PReLU) return true;
  if (kind === layers.ReLU) return config['max_value'] === null && config['threshold'] === 0;
  return kind === layers.Activation && (config['activation'] === 'relu' || config['activation'] === 'leaky_relu');
}

/** Behind `Flatten` every element of a channel is a channel of its own. */
function flattened({ dataFormat }: layers.Flatten, map: ChannelMap, shape: Shape): Passage {
  const axes = shape.map((_, axis) => axis).slice(1);
  const order = dataFormat === 'channels_first' ? [...axes.slice(1), ...axes.slice(0, 1)] : axes;
  const sizes = order.map((axis) => shape[axis] ?? null);
  if (!sizes.every((size) => size !== null)) return { reason: 'the number of features behind Flatten is not known' };
  const inner = sizeOf(sizes.slice(order.indexOf(map.axis) + 1));
  const channels = map.scale.length;
  const spread = (entries: Float64Array): Float64Array =>
    Float64Array.from({ length: sizeOf(sizes) }, (_, i) => entries[Math.floor(i / inner) % channels] ?? NaN);
  return { axis: 1, scale: spread(map.scale), offset: spread(map.offset) };
}
