import { canonicalAxes } from '../../../core/axes.ts';
import type { Shape } from '../../../core/shape.ts';
import type { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';

/** A per-channel affine map y = scale · x + offset along one axis of a tensor. */
export interface ChannelMap {
  readonly axis: number;
  readonly scale: Float64Array;
  readonly offset: Float64Array;
}

/** Returns the map of a normalization in inference; null if it is not built or has several axes. */
export function mapOf(layer: BatchNormalization, shape: Shape): ChannelMap | null {
  const [axis, ...others] = canonicalAxes(layer.axis, shape.length, layer.who);
  if (!layer.built || axis === undefined || others.length > 0) return null;
  const { movingMean, movingVariance, gamma, beta } = layer;
  const [mean, variance] = [movingMean.value.data, movingVariance.value.data];
  const [factor, shift] = [gamma?.value.data, beta?.value.data];
  const scale = Float64Array.from(
    variance,
    (entry, i) => (factor?.[i] ?? 1) / Math.sqrt(entry + layer.effectiveEpsilon),
  );
  const offset = scale.map((entry, i) => (shift?.[i] ?? 0) - (mean[i] ?? 0) * entry);
  return { axis, scale, offset };
}
