import { canonicalAxes } from '../../../core/axes.ts';
import type { Shape } from '../../../core/shape.ts';
import type { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';

/** One number a channel: y = scale · x + offset, the channels on an axis of a tensor. */
export interface ChannelMap {
  readonly axis: number;
  readonly scale: Float64Array;
  readonly offset: Float64Array;
}

/** What a normalization does in inference; null for one over several axes, or one that is not built. */
export function mapOf(layer: BatchNormalization, shape: Shape): ChannelMap | null {
  const { movingMean, movingVariance, gamma, beta } = layer;
  const [axis, ...others] = canonicalAxes(layer.settings.axis, shape.length, layer.who);
  if (movingMean === null || movingVariance === null || axis === undefined || others.length > 0) return null;
  const [mean, variance] = [movingMean.value.data, movingVariance.value.data];
  const [factor, shift] = [gamma?.value.data, beta?.value.data];
  const scale = Float64Array.from(
    variance,
    (entry, i) => (factor?.[i] ?? 1) / Math.sqrt(entry + layer.effectiveEpsilon),
  );
  const offset = scale.map((entry, i) => (shift?.[i] ?? 0) - (mean[i] ?? 0) * entry);
  return { axis, scale, offset };
}
