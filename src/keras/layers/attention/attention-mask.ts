import type { Value } from '../../../compiler/ir/value.ts';
import { bandMask, causalMask } from '../../ops/nn/attention.ts';
import { cast, expandDims, logicalAnd } from '../../ops/index.ts';

/** The masks from which the mask of the scores is made; null for none. */
export interface MaskSources {
  readonly queryMask: Value | null;
  readonly valueMask: Value | null;
  readonly keyMask: Value | null;
  readonly attentionMask: Value | null;
  readonly useCausalMask: boolean;
  /** The distance from which on a key is not seen; null for no limit. */
  readonly slidingWindow: number | null;
}

/**
 * The boolean mask of the scores `[batch, T, S]`: the conjunction of all masks, of which that of the query `[batch, T]` has a
 * new last axis, and those of value and key `[batch, S]` a new axis before the last. null for none.
 */
export function scoreMask(query: Value, value: Value, sources: MaskSources): Value | null {
  const { queryMask, valueMask, keyMask, attentionMask, useCausalMask, slidingWindow } = sources;
  const [queries, keys] = [query.shape[1] ?? null, value.shape[1] ?? null];
  const spread = (mask: Value | null, axis: number): Value | null =>
    mask === null ? null : expandDims(cast(mask, 'bool'), axis);
  const window = slidingWindow === null ? null : bandMask(queries, keys, (t, s) => Math.abs(t - s) < slidingWindow);
  const masks = [
    spread(queryMask, -1),
    spread(valueMask, -2),
    spread(keyMask, -2),
    batchOfOne(useCausalMask ? causalMask(queries, keys) : null),
    batchOfOne(window),
    attentionMask === null ? null : cast(attentionMask, 'bool'),
  ].filter((mask) => mask !== null);
  return masks.reduce<Value | null>((all, mask) => (all === null ? mask : logicalAnd(all, mask)), null);
}

const batchOfOne = (mask: Value | null): Value | null => (mask === null ? null : expandDims(mask, 0));

/** A mask of the scores with axes of size 1 for the heads, before the axes that are attended along. */
export function spreadOverHeads(mask: Value, rank: number, attentionAxes: number): Value {
  let spread = mask;
  while (spread.rank < rank) spread = expandDims(spread, -2 * attentionAxes - 1);
  return spread;
}
