import type { Value } from '../../compiler/ir/value.ts';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import type { ApplyOptions, Several } from '../layers/base/apply-options.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import type { KerasCall } from '../layers/base/traits.ts';
import { MultiHeadAttention } from '../layers/attention/multi-head-attention.ts';
import { readInputs } from '../layers/attention/query-value-key.ts';
import type { ScoringOptions } from '../layers/attention/scoring-layer.ts';
import type { AttentionMasks } from '../layers/attention/base-multi-head-attention.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { cast, sliceUpdate, squeeze, stack, slice } from '../ops/index.ts';

/** Options of a call of {@link CachedMultiHeadAttention}. */
export interface CachedAttentionCall<Tensors> extends ApplyOptions<Tensors> {
  /** `[batch, T, S]`, true where a query attends to a key. @default null */
  attentionMask?: Tensors | null | undefined;
  /** The projected keys and values so far, `[batch, 2, S, heads, keyDim]`. @default null, none */
  cache?: Tensors | null | undefined;
  /** The position at which keys and values of this call enter the cache, a number or a scalar. @default null, they do not */
  cacheUpdateIndex?: number | Tensors | null | undefined;
  /** Whether the weights of the mean are returned as well, as the second result. @default false */
  returnAttentionScores?: boolean | undefined;
}

type WithCache<Tensors> = CachedAttentionCall<Tensors> & { readonly cache: Tensors };
type WithAll<Tensors> = WithCache<Tensors> & { readonly returnAttentionScores: true };
type Scoring<Tensors> = ScoringOptions<AttentionMasks, Tensors> & { readonly returnAttentionScores: true };
type WithOne<Tensors> = WithCache<Tensors> | Scoring<Tensors>;

/** The options in a call. */
interface Given {
  readonly attentionMask: Value | null;
  readonly cache: Value | null;
  readonly cacheUpdateIndex: number | Value | null;
  readonly returnAttentionScores: boolean;
}

/**
 * {@link MultiHeadAttention} for decoding step by step: a call accepts `cache`, the projected keys and values of earlier steps,
 * and returns it after the output.
 *
 * - Without a cache, the attention is the usual one.
 * - With `cache` and `cacheUpdateIndex`, the keys and values of the call are written into the cache at this position.
 * - With `cache` alone, its keys and values take the place of those of the call.
 *
 * As in keras-hub, masks that the inputs carry have no effect: pass `attentionMask`.
 *
 * Shapes: query `[batch, T, n]`, value `[batch, S, m]` → `[batch, T, n]`; cache `[batch, 2, S, heads, keyDim]`.
 *
 * @throws ValueError if `cacheUpdateIndex` is given without a cache, or the cache has another shape; NotImplementedError for
 * `useGate` and `slidingWindow`, which keras-hub accepts without an effect.
 * @example
 * const layer = new CachedMultiHeadAttention(2, 3);
 * const [x, cache] = [Input({ shape: [1, 8] }), Input({ shape: [2, 5, 2, 3] })];
 * layer.apply([x, x], { cache, cacheUpdateIndex: 4 }).map(({ shape }) => shape);    // [[null, 1, 8], [null, 2, 5, 2, 3]]
 * @see https://keras.io/keras_hub/api/modeling_layers/cached_multi_head_attention/
 */
export class CachedMultiHeadAttention extends MultiHeadAttention {
  static override readonly className: string = 'CachedMultiHeadAttention';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.cached_multi_head_attention';
  static override readonly kerasCall: KerasCall = {
    inputs: ['query', 'value', 'key'],
    tensors: ['attentionMask', 'cache', 'cacheUpdateIndex'],
    scalars: ['cacheUpdateIndex'],
    settings: { returnAttentionScores: false },
    positional: ['attention_mask', 'cache', 'cache_update_index', 'return_attention_scores', 'training'],
  };

  constructor(...args: ConstructorParameters<typeof MultiHeadAttention>) {
    super(...args);
    for (const option of ['useGate', 'slidingWindow'] as const) {
      const value = this[option];
      if (value === false || value === null) continue;
      throw new NotImplementedError(
        `[${this.who}] ${option} has no effect in keras-hub and is not supported. Received: ${option}=${show(value)}. Omit it.`,
      );
    }
  }

  /** Calls the layer on query, value and, if it is another tensor, key. */
  override apply(
    inputs: Several<KerasTensor>,
    options: WithAll<KerasTensor>,
  ): readonly [KerasTensor, KerasTensor, KerasTensor];
  override apply(inputs: Several<Value>, options: WithAll<Value>): readonly [Value, Value, Value];
  override apply(inputs: Several<Tensor>, options: WithAll<TensorLike>): Promise<readonly [Tensor, Tensor, Tensor]>;
  override apply(inputs: Several<KerasTensor>, options: WithOne<KerasTensor>): readonly [KerasTensor, KerasTensor];
  override apply(inputs: Several<Value>, options: WithOne<Value>): readonly [Value, Value];
  override apply(inputs: Several<Tensor>, options: WithOne<TensorLike>): Promise<readonly [Tensor, Tensor]>;
  override apply(inputs: KerasTensor | Several<KerasTensor>, options?: CachedAttentionCall<KerasTensor>): KerasTensor;
  override apply(inputs: Value | Several<Value>, options?: CachedAttentionCall<Value>): Value;
  override apply(inputs: TensorLike | Several<Tensor>, options?: CachedAttentionCall<TensorLike>): Promise<Tensor>;
  override apply(inputs: never, options?: object): never {
    return super.apply(inputs, options as never) as never;
  }

  override call(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    const { query, value, key } = readInputs(inputs, this.who);
    const { attentionMask, cache, cacheUpdateIndex, returnAttentionScores } = context.options as unknown as Given;
    const q = this.project(this.queryDense, query, context);
    const projected = (): readonly [Value, Value] => [
      this.project(this.keyDense, key, context),
      this.project(this.valueDense, value, context),
    ];
    const [k, v, updated] =
      cache === null
        ? [...this.#uncached(projected, cacheUpdateIndex), null]
        : this.#cached(projected, cache, cacheUpdateIndex);
    const mask = attentionMask === null ? null : cast(attentionMask, 'bool');
    const settings = { isCausal: false, returnsScores: returnAttentionScores };
    const [heads, scores] = this.attend([q, k, v], mask, settings, context);
    const output = this.project(this.outputDense, heads, context);
    const results = [output, returnAttentionScores ? scores : null, updated].filter((result) => result !== null);
    return results.length === 1 ? output : results;
  }

  #uncached(
    projected: () => readonly [Value, Value],
    index: number | Value | null,
  ): readonly [key: Value, value: Value] {
    if (index === null) return projected();
    throw new ValueError(
      `[${this.who}] cacheUpdateIndex must be null without a cache. Received: cacheUpdateIndex=${show(index)}.`,
    );
  }

  #cached(
    projected: () => readonly [Value, Value],
    cache: Value,
    index: number | Value | null,
  ): readonly [key: Value, value: Value, cache: Value] {
    const [, two, , heads, size] = cache.shape;
    if (cache.rank !== 5 || two !== 2 || heads !== this.numHeads || size !== this.keyDim) {
      throw new ValueError(
        `[${this.who}] the cache must have the shape [batch, 2, S, ${this.numHeads}, ${this.keyDim}]. Received: a cache of shape ${showShape(cache.shape)}.`,
      );
    }
    const [keys, values] = [0, 1].map((at) =>
      squeeze(slice(cache, [0, at, 0, 0, 0], [-1, 1, -1, -1, -1]), { axis: 1 }),
    ) as [Value, Value];
    if (index === null) return [keys, values, cache];
    const start = typeof index === 'number' ? [0, index, 0, 0] : stack([0, cast(index, 'int32'), 0, 0]);
    const [k, v] = projected();
    const [key, value] = [sliceUpdate(keys, start, k), sliceUpdate(values, start, v)];
    return [key, value, stack([key, value], { axis: 1 })];
  }
}
