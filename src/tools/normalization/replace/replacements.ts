import { ValueError } from '../../../core/errors.ts';
import type { Config, Json } from '../../../core/config.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import { GroupNormalization } from '../../../keras/layers/normalization/group-normalization.ts';
import { InstanceNormalization } from '../../../keras/layers/normalization/instance-normalization.ts';
import { LayerNormalization } from '../../../keras/layers/normalization/layer-normalization.ts';
import { RMSNormalization } from '../../../keras/layers/normalization/rms-normalization.ts';

/** Options of the replacements. */
export interface ReplacementOptions {
  /** The largest number of groups of GroupNormalization: each layer gets the largest divisor of its channels up to it. @default 32 */
  readonly groups?: number | undefined;
}

type Make = (who: string, layer: BatchNormalization, options: ReplacementOptions) => Layer;

/** The name of a replacement: a class, or `'BatchRenormalization'` for BatchNormalization with `renorm`. */
export type ReplacementName =
  'GroupNormalization' | 'InstanceNormalization' | 'LayerNormalization' | 'RMSNormalization' | 'BatchRenormalization';

/** Makes the replacement of each name for a layer. */
export const replacements: Readonly<Record<ReplacementName, Make>> = {
  GroupNormalization: (who, layer, { groups = 32 }) => {
    const channels = channelsOf(who, layer);
    return makeFrom(GroupNormalization, layer, { groups: largestDivisor(channels, groups) });
  },
  InstanceNormalization: (who, layer) => {
    channelsOf(who, layer);
    return makeFrom(InstanceNormalization, layer, {});
  },
  LayerNormalization: (_, layer) => makeFrom(LayerNormalization, layer, {}),
  RMSNormalization: (_, layer) => makeFrom(RMSNormalization, layer, {}),
  BatchRenormalization: (_, layer) => makeFrom(BatchNormalization, layer, { renorm: true, fused: null }),
};

/** Makes a layer of a class with the options of a batch normalization layer that the class has too. */
function makeFrom(layerClass: typeof Layer, layer: BatchNormalization, added: Config): Layer {
  const { axis, ...config } = layer.getConfig();
  const known = layerClass.fromConfig({}).getConfig();
  const shared = Object.entries(config).filter(([key]) => key in known);
  // Classes with one axis of channels read a number, and Keras writes a list of one as it was given.
  const itsAxis = Array.isArray(axis) && axis.length === 1 ? (axis as readonly Json[])[0] : axis;
  return layerClass.fromConfig({ ...Object.fromEntries(shared), axis: itsAxis ?? -1, ...added });
}

/** The number of channels of a layer with one axis of channels. */
function channelsOf(who: string, layer: BatchNormalization): number {
  const { axis, movingMean } = layer;
  if (typeof axis === 'number' || axis.length === 1) return movingMean.size;
  throw new ValueError(
    `[${who}] the replacement has one axis of channels. Received: ${layer.who} with axis=[${axis.join(', ')}]. Use LayerNormalization or RMSNormalization, or a rule that returns null to keep this layer.`,
  );
}

function largestDivisor(channels: number, limit: number): number {
  for (let groups = Math.min(channels, limit); groups > 1; groups--) if (channels % groups === 0) return groups;
  return 1;
}
