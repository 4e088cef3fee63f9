import { type Shape, sizeOf } from '../../../core/shape.ts';
import * as layers from '../../../keras/layers/index.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import type { ChannelBehavior } from '../../../keras/layers/base/traits.ts';
import { BaseGlobalPooling } from '../../../keras/layers/pooling/base-global-pooling.ts';
import { isBuiltIn } from '../../../keras/layers/serialization.ts';
import type { ChannelMap } from './channel-map.ts';

/**
 * The map on the other side of a layer, so that layer(map(x)) = result(layer(x)), or the reason why there is none.
 * Layers declare the maps with which they commute as `channelBehavior`.
 */
export type Passage = ChannelMap | { readonly reason: string };

/** Moves a map from the input of a layer to its output. */
export function passForward(layer: Layer, map: ChannelMap, inputShape: Shape): Passage {
  if (layer instanceof layers.Flatten) return flattened(layer, map, inputShape);
  const refusal = refusalOf(layer, map, inputShape.length);
  if (refusal !== null) return { reason: refusal };
  return layer instanceof BaseGlobalPooling && !layer.keepdims ? { ...map, axis: 1 } : map;
}

/** Moves a map from the output of a layer to its input. */
export function passBackward(layer: Layer, map: ChannelMap, inputShape: Shape): Passage {
  if (layer instanceof layers.Flatten) return { reason: `each feature after ${layer.who} has a separate map` };
  const isFlat = layer instanceof BaseGlobalPooling && !layer.keepdims;
  const before = isFlat ? { ...map, axis: layer.dataFormat === 'channels_last' ? inputShape.length - 1 : 1 } : map;
  const refusal = refusalOf(layer, before, inputShape.length);
  return refusal === null ? before : { reason: refusal };
}

/** The reason why a map cannot be moved through a layer; null if it can. `axis` is that of the input of the layer. */
function refusalOf(layer: Layer, map: ChannelMap, rank: number): string | null {
  const behavior = behaviorOf(layer);
  const { who } = layer;
  if (behavior === null) return `it does not pass ${who}`;
  if (behavior === 'identity') return null;
  const isIncreasing = map.scale.every((entry) => entry >= 0);
  if (behavior === 'positively-homogeneous') {
    return isPure(map) && isIncreasing ? null : `${who} bends at zero, which an offset or a negative scale moves`;
  }
  if (map.axis !== channelAxis(layer, rank)) return `its axis is not that of the channels of ${who}`;
  if (behavior === 'monotone' && !isIncreasing) return `a negative scale reverses the order on which ${who} depends`;
  return behavior === 'linear' && !isPure(map) ? `${who} adds zeros, which an offset would change` : null;
}

/** The behavior of a layer's own class: a class that extends another may compute something else. */
function behaviorOf(layer: Layer): ChannelBehavior | null {
  const prototype: unknown = Object.getPrototypeOf(layer);
  const isOwn = isBuiltIn(layer) || Object.hasOwn(prototype as object, 'channelBehavior');
  return isOwn ? layer.channelBehavior : null;
}

/** The axis of the channels, of layers that reduce or move other axes. */
function channelAxis(layer: Layer, rank: number): number {
  const format: unknown = (layer as { readonly dataFormat?: unknown }).dataFormat;
  return format === 'channels_first' ? 1 : rank - 1;
}

/** Whether a map only scales. */
function isPure(map: ChannelMap): boolean {
  return map.offset.every((entry) => entry === 0);
}

/** The map after `Flatten`, where every element of a channel becomes a channel. */
function flattened({ dataFormat }: layers.Flatten, map: ChannelMap, shape: Shape): Passage {
  const axes = shape.map((_, axis) => axis).slice(1);
  const order = dataFormat === 'channels_first' ? [...axes.slice(1), ...axes.slice(0, 1)] : axes;
  const sizes = order.map((axis) => shape[axis] ?? null);
  if (!sizes.every((size) => size !== null)) return { reason: 'the number of features after Flatten is unknown' };
  const inner = sizeOf(sizes.slice(order.indexOf(map.axis) + 1));
  const channels = map.scale.length;
  const spread = (entries: Float64Array): Float64Array =>
    Float64Array.from({ length: sizeOf(sizes) }, (_, i) => entries[Math.floor(i / inner) % channels] ?? NaN);
  return { axis: 1, scale: spread(map.scale), offset: spread(map.offset) };
}
