import { canonicalAxes } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import { GroupNormalization } from '../../../keras/layers/normalization/group-normalization.ts';
import { InstanceNormalization } from '../../../keras/layers/normalization/instance-normalization.ts';
import { LayerNormalization } from '../../../keras/layers/normalization/layer-normalization.ts';
import { RMSNormalization } from '../../../keras/layers/normalization/rms-normalization.ts';

/** Options of the replacements. */
export interface ReplacementOptions {
  /**
   * The largest number of groups of GroupNormalization: each layer gets the largest divisor of its channels up to it with
   * which a group has several elements. @default 32, and groups of 16 elements or more
   */
  readonly groups?: number | undefined;
}

type Make = (who: string, layer: BatchNormalization, options: ReplacementOptions) => Layer;

/** The name of a replacement: a class, or `'BatchRenormalization'` for BatchNormalization with `renorm`. */
export type ReplacementName =
  'GroupNormalization' | 'InstanceNormalization' | 'LayerNormalization' | 'RMSNormalization' | 'BatchRenormalization';

/**
 * The default number of groups, and the elements of a group: as Wu and He (2018). Fewer elements, as in groups of a dense
 * layer's output, have no useful statistics: of two, the normalized values are always −1 and 1.
 */
const DEFAULTS = { groups: 32, elements: 16 };

/** Makes the replacement of each name for a layer. */
export const replacements: Readonly<Record<ReplacementName, Make>> = {
  GroupNormalization: (who, layer, options) => {
    const [channels, positions] = [channelsOf(who, layer), positionsOf(layer)];
    const [limit, elements] = options.groups === undefined ? [DEFAULTS.groups, DEFAULTS.elements] : [options.groups, 2];
    return makeFrom(GroupNormalization, layer, { groups: groupCount(channels, positions, limit, elements) });
  },
  InstanceNormalization: (who, layer) => {
    channelsOf(who, layer);
    if (positionsOf(layer) === 1) {
      throw new ValueError(
        `[${who}] InstanceNormalization needs several elements of each channel, or its output is constant. Received: ${layer.who} with inputs of shape ${show(layer.builtShape)}. Use LayerNormalization, or a rule that returns another name for this layer.`,
      );
    }
    return makeFrom(InstanceNormalization, layer, {});
  },
  LayerNormalization: (_, layer) => makeFrom(LayerNormalization, layer, {}),
  RMSNormalization: (_, layer) => makeFrom(RMSNormalization, layer, {}),
  BatchRenormalization: (_, layer) =>
    (layer.constructor as typeof Layer).fromConfig({ ...layer.getConfig(), renorm: true, fused: null }),
};

/** Makes a layer of a class with the options of a batch normalization layer that the class has too. */
function makeFrom(layerClass: typeof Layer, layer: BatchNormalization, added: Config): Layer {
  const config = layer.getConfig();
  const known = layerClass.fromConfig({}).getConfig();
  const shared = Object.entries(config).filter(([key]) => key in known);
  return layerClass.fromConfig({ ...Object.fromEntries(shared), axis: axisOf(layer), ...added });
}

/** The axis of a layer; several as they are ordered in the shapes of its weights. */
function axisOf({ axis, movingMean, who }: BatchNormalization): number | number[] {
  if (typeof axis === 'number') return axis;
  const [only, ...others] = axis;
  if (only !== undefined && others.length === 0) return only;
  return canonicalAxes(axis, movingMean.shape.length, who).toSorted((a, b) => a - b);
}

/** The number of channels of a layer with one axis of channels. */
function channelsOf(who: string, layer: BatchNormalization): number {
  const { axis, movingMean } = layer;
  if (typeof axis === 'number' || axis.length === 1) return movingMean.size;
  throw new ValueError(
    `[${who}] the replacement has one axis of channels. Received: ${layer.who} with axis=[${axis.join(', ')}]. Use LayerNormalization or RMSNormalization, or a rule that returns null to keep this layer.`,
  );
}

/** The number of elements of a channel in one row; infinity for symbolic sizes. */
function positionsOf(layer: BatchNormalization): number {
  const shape = layer.builtShape as Shape | null;
  if (shape === null) return Infinity;
  const axes = canonicalAxes(layer.axis, shape.length, layer.who);
  return shape.reduce<number>(
    (product, size, i) => (i === 0 || axes.includes(i) ? product : product * (size ?? Infinity)),
    1,
  );
}

/** The largest divisor of the channels up to a limit with which a group has so many elements; 1 if there is none. */
function groupCount(channels: number, positions: number, limit: number, elements: number): number {
  for (let groups = Math.min(channels, limit); groups > 1; groups--) {
    if (channels % groups === 0 && (channels / groups) * positions >= elements) return groups;
  }
  return 1;
}
