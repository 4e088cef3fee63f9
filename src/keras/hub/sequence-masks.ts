import type { Value } from '../../compiler/ir/value.ts';
import { ValueError } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import { add, arange, cast, expandDims, greaterEqual, logicalAnd } from '../ops/index.ts';

/** The masks of a sequence, from which that of the scores of an attention is made; null for none. */
export interface SequenceMasks {
  /** The mask that the sequence carries. */
  readonly implicit: Value | null;
  /** `[batch, S]`; it takes the place of the mask that the sequence carries. */
  readonly paddingMask: Value | null;
  /** `[batch, T, S]` */
  readonly attentionMask: Value | null;
}

/** The boolean mask `[batch, T or 1, S]` of attention to a sequence; null for none. @throws ValueError for masks of another rank */
export function attentionMaskOf(who: string, { implicit, paddingMask, attentionMask }: SequenceMasks): Value | null {
  const padding = paddingMask ?? implicit;
  if (padding !== null && padding.rank !== 2) {
    throw new ValueError(
      `[${who}] the padding mask must have the shape [batch, sequence]. Received: a mask of shape ${showShape(padding.shape)}.`,
    );
  }
  if (attentionMask !== null && attentionMask.rank !== 3) {
    throw new ValueError(
      `[${who}] the attention mask must have the shape [batch, target, source]. Received: a mask of shape ${showShape(attentionMask.shape)}.`,
    );
  }
  return both(
    padding === null ? null : expandDims(asBoolean(padding), 1),
    attentionMask === null ? null : asBoolean(attentionMask),
  );
}

/** As keras-hub does, the fraction of a number is dropped. */
const asBoolean = (mask: Value): Value => (mask.dtype === 'bool' ? mask : cast(cast(mask, 'int32'), 'bool'));

/** The conjunction of two masks; null for none. */
export function both(a: Value | null, b: Value | null): Value | null {
  return a === null || b === null ? (a ?? b) : logicalAnd(a, b);
}

/**
 * The mask `[1, queries, keys]` with which the query at position start + t attends to the keys 0 … start + t; null while sizes
 * are unknown.
 */
export function causalMaskFrom(start: number | Value, queries: number | null, keys: number | null): Value | null {
  if (queries === null || keys === null) return null;
  const rows = add(arange(queries), typeof start === 'number' ? start : cast(start, 'int32'));
  return expandDims(greaterEqual(expandDims(rows, 1), arange(keys)), 0);
}
