import { ValueError, show } from '../../../core/errors.ts';
import { broadcastShapes, compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue, unify } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { repeatAxes } from '../numpy/axes.ts';
import { einsum } from '../numpy/einsum.ts';
import { softmax } from './softmax.ts';

/** Options of {@link dotProductAttention}. */
export interface DotProductAttentionOptions {
  /** Numbers that are added to the scaled scores; they broadcast to `[batch, heads, T, S]`. @default null */
  bias?: Operand | null | undefined;
  /** A boolean mask of the scores, true for those that count; it broadcasts to `[batch, heads, T, S]`. @default null */
  mask?: Operand | null | undefined;
  /** The factor of the scores. @default null, 1 / √H */
  scale?: Operand | null | undefined;
  /** Whether query t attends to the keys 0 … t only. @default false */
  isCausal?: boolean | undefined;
  /** Whether a fused operator is preferred; the result is the same. @default null */
  flashAttention?: boolean | null | undefined;
  /** Not supported, as in Keras except on TPUs: must be null. @default null */
  attnLogitsSoftCap?: null | undefined;
}

const WHO = 'ops.dotProductAttention';

/** Stands in for −∞, so that a row without any key has a finite result: the mean of the values. */
const VERY_NEGATIVE = -0.7 * 3.38953e38;

/** The boolean mask `[T, S]` of the keys 0 … t of each query t; null while sizes are not known. */
export function causalMask(queries: number | null, keys: number | null): Value | null {
  return bandMask(queries, keys, (query, key) => key <= query);
}

/** A boolean mask `[T, S]` by the positions of query and key; null while sizes are not known. */
export function bandMask(
  queries: number | null,
  keys: number | null,
  isKept: (query: number, key: number) => boolean,
): Value | null {
  if (queries === null || keys === null) return null;
  const rows = Array.from({ length: queries }, (_, t) => Array.from({ length: keys }, (__, s) => isKept(t, s)));
  return constant(rows, 'bool');
}

/**
 * Scaled dot-product attention: each query gets the mean of the values, weighted by the similarity of query and key.
 *
 *     y = softmax(scale · Q Kᵀ + bias) V
 *
 * Shapes: query `[batch, T, heads, H]`, key and value `[batch, S, heads′, H]` → `[batch, T, heads, H]`. With fewer heads
 * of keys, each serves heads / heads′ heads of queries.
 *
 * @throws ValueError if an operand has another rank, the sizes do not fit, or the mask does not broadcast.
 * @example
 * const attend = jit((q, k, v) => ops.dotProductAttention(q, k, v));
 * await attend([[[[0]]]], [[[[1]], [[2]]]], [[[[3]], [[5]]]]);   // [[[[4]]]]
 * @see https://keras.io/api/ops/nn/#dot_product_attention-function
 */
export const dotProductAttention: Symbolic<
  (query: Operand, key: Operand, value: Operand, options?: DotProductAttentionOptions) => Value
> = op(
  'nn.DotProductAttention',
  ['query', 'key', 'value', 'bias?', 'mask?', 'scale?'],
  { isCausal: false, flashAttention: null, attnLogitsSoftCap: null },
  (query: Operand, key: Operand, value: Operand, options: DotProductAttentionOptions = {}): Value => {
    const { bias = null, mask = null, scale = null, isCausal = false } = options;
    checkSoftCap(options);
    const [q, k, v] = checkOperands(query, key, value);
    const factor = scale ?? 1 / Math.sqrt(q.shape[3] ?? 1);
    const scores = einsum('BTNH,BSNH->BNTS', build.multiply(q, castLike(factor, q)), k);
    const biased = bias === null ? scores : build.add(scores, castLike(checkFits('bias', bias, scores), scores));
    const causal = isCausal ? causalMask(q.shape[1] ?? null, k.shape[1] ?? null) : null;
    const given = mask === null ? null : castTo(checkFits('mask', mask, scores), 'bool');
    const kept = given === null ? causal : causal === null ? given : build.logicalAnd(given, causal);
    const masked = kept === null ? biased : build.where(kept, biased, castLike(VERY_NEGATIVE, biased));
    return einsum('BNTS,BSNH->BTNH', softmax(masked), v);
  },
);

const castLike = (operand: Operand, { dtype }: Value): Value => castTo(toValue(operand), dtype);

function checkSoftCap({ attnLogitsSoftCap = null }: DotProductAttentionOptions): void {
  const cap: unknown = attnLogitsSoftCap;
  if (cap === null) return;
  throw new ValueError(
    `[${WHO}] attnLogitsSoftCap must be null: Keras has it on TPUs only. Received: attnLogitsSoftCap=${show(cap)}.`,
  );
}

/** The operands with one type and one number of heads. */
function checkOperands(query: Operand, key: Operand, value: Operand): readonly [Value, Value, Value] {
  const [q, k, v] = unify([query, key, value]).map(toFloat);
  if (q === undefined || k === undefined || v === undefined || [q, k, v].some(({ rank }) => rank !== 4)) {
    const ranks = [q, k, v].map((each) => showShape(each?.shape ?? [])).join(', ');
    throw new ValueError(`[${WHO}] query, key and value must have rank 4. Received: shapes ${ranks}.`);
  }
  const [heads, keyHeads] = [q.shape[2] ?? null, k.shape[2] ?? null];
  if (heads === null || keyHeads === null || heads === keyHeads || keyHeads === 1) return [q, k, v];
  if (heads % keyHeads !== 0) {
    throw new ValueError(
      `[${WHO}] the heads of query must be a multiple of those of key. Received: ${heads} and ${keyHeads}.`,
    );
  }
  const repeats = new Map([[2, heads / keyHeads]]);
  return [q, repeatAxes(k, repeats), repeatAxes(v, repeats)];
}

function checkFits(name: string, given: Operand, scores: Value): Value {
  const value = toValue(given);
  const joined = broadcastShapes(value.shape, scores.shape);
  if (joined !== null && joined.length === scores.rank && compatible(joined, scores.shape)) return value;
  throw new ValueError(
    `[${WHO}] ${name} must broadcast to [batch, heads, T, S], which is ${showShape(scores.shape)}. Received: ${name} of shape ${showShape(value.shape)}.`,
  );
}
