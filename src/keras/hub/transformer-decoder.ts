import type { Value } from '../../compiler/ir/value.ts';
import { knownSize } from '../../core/axes.ts';
import { ValueError } from '../../core/errors.ts';
import { type Shape, checkShape } from '../../core/shape.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import type { ApplyOptions, Several } from '../layers/base/apply-options.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import { type InputShape, isShape, showInputShape } from '../layers/base/input-shape.ts';
import { positive } from '../layers/base/option-fields.ts';
import type { KerasCall } from '../layers/base/traits.ts';
import type { Dense } from '../layers/core/dense.ts';
import { listOfInputs, masksOf, readList } from '../layers/merging/merged-inputs.ts';
import type { LayerNormalization } from '../layers/normalization/layer-normalization.ts';
import type { Dropout } from '../layers/regularization/dropout.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { add } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { type Field, type Fields, field } from '../saving/fields.ts';
import { type TransformerOptions, blockFields, normalizeFirst } from './block-options.ts';
import { CachedMultiHeadAttention } from './cached-multi-head-attention.ts';
import { headSizeOf, initializersOf, makeDropout, makeFeedforward, makeNorm, partOf } from './make-parts.ts';
import { privateAttributes } from './nested-attributes.ts';
import { attentionMaskOf, both, causalMaskFrom } from './sequence-masks.ts';
import { TransformerBlock } from './transformer-block.ts';

/** Options of {@link TransformerDecoder}. */
export interface TransformerDecoderOptions extends TransformerOptions {
  /** The shape for which the layer is built at once, as configs contain it. @default null, that of the first call */
  decoderSequenceShape?: Shape | null | undefined;
  /** The shape of the encoder's output, with which the layer is built. @default null, none */
  encoderSequenceShape?: Shape | null | undefined;
}

/** Options of a call of {@link TransformerDecoder}. */
export interface TransformerDecoderCall<Tensors> extends ApplyOptions<Tensors> {
  /** `[batch, T]`, true for elements of the decoder's sequence that count. @default null, the mask of the sequence */
  decoderPaddingMask?: Tensors | null | undefined;
  /** `[batch, T, T]`, true where an element attends to another. @default null */
  decoderAttentionMask?: Tensors | null | undefined;
  /** `[batch, S]`, true for elements of the encoder's sequence that count. @default null, the mask of the sequence */
  encoderPaddingMask?: Tensors | null | undefined;
  /** `[batch, T, S]`, true where an element attends to one of the encoder. @default null */
  encoderAttentionMask?: Tensors | null | undefined;
  /** The keys and values of earlier steps, `[batch, 2, length, heads, size]`. @default null */
  selfAttentionCache?: Tensors | null | undefined;
  /** The position of this step in the cache, a number or a scalar. @default null, the cache is not updated */
  selfAttentionCacheUpdateIndex?: number | Tensors | null | undefined;
  /** The keys and values of the encoder's sequence, `[batch, 2, S, heads, size]`. @default null */
  crossAttentionCache?: Tensors | null | undefined;
  /** The position at which the encoder's sequence enters its cache: 0, or null if it is there already. @default null */
  crossAttentionCacheUpdateIndex?: number | Tensors | null | undefined;
  /** Whether an element attends to itself and to elements before it only. @default true */
  useCausalMask?: boolean | undefined;
}

type WithCache<Tensors> = TransformerDecoderCall<Tensors> & { readonly selfAttentionCache: Tensors };
type WithCaches<Tensors> = WithCache<Tensors> & { readonly crossAttentionCache: Tensors };

/** The options in a call. */
interface Given {
  readonly decoderPaddingMask: Value | null;
  readonly decoderAttentionMask: Value | null;
  readonly encoderPaddingMask: Value | null;
  readonly encoderAttentionMask: Value | null;
  readonly selfAttentionCache: Value | null;
  readonly selfAttentionCacheUpdateIndex: number | Value | null;
  readonly crossAttentionCache: Value | null;
  readonly crossAttentionCacheUpdateIndex: number | Value | null;
  readonly useCausalMask: boolean;
}

const ORDER = ['intermediateDim', 'numHeads'] as const;

const TENSORS = [
  ...['decoderPaddingMask', 'decoderAttentionMask', 'encoderPaddingMask', 'encoderAttentionMask'],
  ...['selfAttentionCache', 'selfAttentionCacheUpdateIndex', 'crossAttentionCache', 'crossAttentionCacheUpdateIndex'],
];

const shapeOrNull = (): Field<Shape | null> =>
  field({ byDefault: null, read: (who, option, given) => (given === null ? null : checkShape(given, who, option)) });

/**
 * The decoder block of a transformer: attention of a sequence to itself, which by default sees no later elements, then, if there
 * is an encoder, attention to its output, then two dense layers, each with a residual connection and a normalization.
 *
 *     h = norm(x + dropout(attention(x, x)))
 *     c = norm(h + dropout(attention(h, encoded)))
 *     y = norm(c + dropout(dense(activation(dense(c)))))
 *
 * With `normalizeFirst`, the input of each part is normalized in place of its output. The input is x, or a list `[x, encoded]`; the
 * first call decides whether there is an encoder. For decoding step by step, a call accepts `selfAttentionCache` and
 * `selfAttentionCacheUpdateIndex`, with an encoder `crossAttentionCache` and `crossAttentionCacheUpdateIndex` too, and returns
 * `[y, selfAttentionCache]` or `[y, selfAttentionCache, crossAttentionCache]`.
 *
 * Shapes: x and y `[batch, T, n]`, encoded `[batch, S, m]`.
 *
 * @throws ValueError if there are more heads than features, a mask has another rank, an encoder appears or is missing after the
 * first call, or only one of the caches is given.
 * @example
 * const [x, encoded] = [Input({ shape: [10, 64] }), Input({ shape: [7, 64] })];
 * const decoder = new TransformerDecoder(64, 8);
 * decoder.apply([x, encoded]).shape;    // [null, 10, 64]
 * decoder.countParams();                // 41984
 * @see https://keras.io/keras_hub/api/modeling_layers/transformer_decoder/
 * @see https://arxiv.org/abs/1706.03762
 */
export class TransformerDecoder extends TransformerBlock {
  static override readonly className: string = 'TransformerDecoder';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.transformer_decoder';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly kerasCall: KerasCall = {
    inputs: ['decoder_sequence', 'encoder_sequence'],
    tensors: TENSORS,
    scalars: ['selfAttentionCacheUpdateIndex', 'crossAttentionCacheUpdateIndex'],
    settings: { useCausalMask: true },
    positional: [
      ...['decoder_padding_mask', 'decoder_attention_mask', 'encoder_padding_mask', 'encoder_attention_mask'],
      ...['self_attention_cache', 'self_attention_cache_update_index', 'cross_attention_cache'],
      ...['cross_attention_cache_update_index', 'use_causal_mask', 'training'],
    ],
  };
  static override readonly fields: Fields = {
    intermediateDim: positive(),
    numHeads: positive(),
    ...blockFields,
    normalizeFirst,
    decoderSequenceShape: shapeOrNull(),
    encoderSequenceShape: shapeOrNull(),
  };
  /** The attributes of the nested layers in keras-hub. */
  static readonly kerasAttributes: Readonly<Record<string, string>> = privateAttributes(
    ...['selfAttentionLayer', 'selfAttentionLayerNorm', 'selfAttentionDropout', 'crossAttentionLayer'],
    ...['crossAttentionLayerNorm', 'crossAttentionDropout', 'feedforwardLayerNorm'],
    ...['feedforwardIntermediateDense', 'feedforwardOutputDense', 'feedforwardDropout'],
  );

  override supportsMasking = true;
  /** The shape for which the layer was built; null before. */
  declare decoderSequenceShape: Shape | null;
  /** The shape of the encoder's output for which the layer was built; null without an encoder. */
  declare encoderSequenceShape: Shape | null;
  /** The attention to the sequence itself; this and the other parts are null before the layer is built. */
  selfAttentionLayer: CachedMultiHeadAttention | null = null;
  /** The normalization of this attention. */
  selfAttentionLayerNorm: LayerNormalization | null = null;
  /** The dropout after this attention. */
  selfAttentionDropout: Dropout | null = null;
  /** The attention to the encoder's output; null without an encoder, as the next two. */
  crossAttentionLayer: CachedMultiHeadAttention | null = null;
  /** The normalization of this attention. */
  crossAttentionLayerNorm: LayerNormalization | null = null;
  /** The dropout after this attention. */
  crossAttentionDropout: Dropout | null = null;
  /** The first dense layer. */
  feedforwardIntermediateDense: Dense | null = null;
  /** The second dense layer. */
  feedforwardOutputDense: Dense | null = null;
  /** The normalization of the dense layers. */
  feedforwardLayerNorm: LayerNormalization | null = null;
  /** The dropout after the dense layers. */
  feedforwardDropout: Dropout | null = null;

  constructor(
    ...args: Arguments<TransformerDecoderOptions & { intermediateDim: number; numHeads: number }, typeof ORDER>
  );
  constructor(intermediateDim: number, numHeads: number, options?: TransformerDecoderOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const { decoderSequenceShape: decoder, encoderSequenceShape: encoder } = this;
    [this.decoderSequenceShape, this.encoderSequenceShape] = [null, null];
    if (decoder !== null) this.build(encoder === null ? decoder : [decoder, encoder]);
  }

  protected override readArrays(given: TensorLike | Several<Tensor>): Tree<Tensor> {
    return Array.isArray(given) && given.length === 2 ? readList(given) : super.readArrays(given);
  }

  override build(inputShape: InputShape): void {
    const [decoder, encoder = null] = this.#shapesOf(inputShape);
    const size = knownSize(decoder, decoder.length - 1, this.who);
    const keyDim = headSizeOf(this.who, size, this.numHeads);
    this.selfAttentionLayer = this.#makeAttention('self_attention', keyDim, [decoder, decoder]);
    this.selfAttentionLayerNorm = makeNorm(this, 'self_attention_layer_norm', decoder);
    this.selfAttentionDropout = makeDropout(this, 'self_attention_dropout');
    if (encoder !== null) {
      this.crossAttentionLayer = this.#makeAttention('cross_attention', keyDim, [decoder, encoder]);
      this.crossAttentionLayerNorm = makeNorm(this, 'cross_attention_layer_norm', decoder);
      this.crossAttentionDropout = makeDropout(this, 'cross_attention_dropout');
    }
    const names = ['feedforward_intermediate_dense', 'feedforward_output_dense'] as const;
    [this.feedforwardIntermediateDense, this.feedforwardOutputDense] = makeFeedforward(this, names, decoder, size);
    this.feedforwardLayerNorm = makeNorm(this, 'feedforward_layer_norm', decoder);
    this.feedforwardDropout = makeDropout(this, 'feedforward_dropout');
    [this.decoderSequenceShape, this.encoderSequenceShape] = [decoder, encoder];
  }

  #makeAttention(name: string, keyDim: number, shapes: readonly [Shape, Shape]): CachedMultiHeadAttention {
    const { numHeads, dropout, dtypePolicy: dtype } = this;
    const attention = new CachedMultiHeadAttention(numHeads, keyDim, {
      ...{ name, dropout, dtype },
      ...initializersOf(this),
    });
    attention.build(shapes);
    return attention;
  }

  #shapesOf(inputShape: InputShape): readonly [decoder: Shape, encoder?: Shape] {
    const list = isShape(inputShape) ? [inputShape] : Object.values<Shape>(inputShape as readonly Shape[]);
    const [decoder, encoder] = list;
    if (decoder !== undefined && list.length <= 2 && list.every(({ length }) => length === 3)) {
      return encoder === undefined ? [decoder] : [decoder, encoder];
    }
    throw new ValueError(
      `[${this.who}] expected a sequence [batch, T, n], or a list of it and the output of an encoder [batch, S, m]. Received: inputShape=${showInputShape(inputShape)}.`,
    );
  }

  override apply(
    inputs: Several<KerasTensor>,
    options: WithCaches<KerasTensor>,
  ): readonly [KerasTensor, KerasTensor, KerasTensor];
  override apply(inputs: Several<Value>, options: WithCaches<Value>): readonly [Value, Value, Value];
  override apply(inputs: Several<Tensor>, options: WithCaches<TensorLike>): Promise<readonly [Tensor, Tensor, Tensor]>;
  override apply(inputs: KerasTensor, options: WithCache<KerasTensor>): readonly [KerasTensor, KerasTensor];
  override apply(inputs: Value, options: WithCache<Value>): readonly [Value, Value];
  override apply(inputs: TensorLike, options: WithCache<TensorLike>): Promise<readonly [Tensor, Tensor]>;
  override apply(
    inputs: KerasTensor | Several<KerasTensor>,
    options?: TransformerDecoderCall<KerasTensor>,
  ): KerasTensor;
  override apply(inputs: Value | Several<Value>, options?: TransformerDecoderCall<Value>): Value;
  override apply(inputs: TensorLike | Several<Tensor>, options?: TransformerDecoderCall<TensorLike>): Promise<Tensor>;
  /** Calls the layer on a sequence, or on a list of it and the output of an encoder. */
  override apply(inputs: never, options?: object): never {
    return super.apply(inputs, options) as never;
  }

  override call(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    const list = Array.isArray(inputs) ? listOfInputs(inputs, this.who) : [inputs as Value];
    const [sequence, encoded = null] = list as readonly [Value, Value?];
    const given = context.options as unknown as Given;
    this.#checkCall(encoded, given);
    const [ofSequence = null, ofEncoded = null] = masksOf(context.trace, list, context.mask);
    const [attended, cache] = this.#attend(
      ['selfAttentionLayer', 'selfAttentionLayerNorm', 'selfAttentionDropout'],
      [sequence, null],
      {
        attentionMask: this.#maskOfSelf(sequence, ofSequence, given),
        cache: given.selfAttentionCache,
        cacheUpdateIndex: given.selfAttentionCacheUpdateIndex,
      },
      context,
    );
    const [crossed, crossCache] =
      encoded === null
        ? [attended, null]
        : this.#attend(
            ['crossAttentionLayer', 'crossAttentionLayerNorm', 'crossAttentionDropout'],
            [attended, encoded],
            {
              attentionMask: attentionMaskOf(this.who, {
                implicit: ofEncoded,
                paddingMask: given.encoderPaddingMask,
                attentionMask: given.encoderAttentionMask,
              }),
              cache: given.crossAttentionCache,
              cacheUpdateIndex: given.crossAttentionCacheUpdateIndex,
            },
            context,
          );
    const output = this.feedforward(crossed, context);
    const caches = [cache, crossCache].filter((each) => each !== null);
    return caches.length === 0 ? output : [output, ...caches];
  }

  /** Attention to the sequence itself, or to another one, with its residual connection and its normalization. */
  #attend(
    [attention, norm, dropout]:
      | readonly ['selfAttentionLayer', 'selfAttentionLayerNorm', 'selfAttentionDropout']
      | readonly ['crossAttentionLayer', 'crossAttentionLayerNorm', 'crossAttentionDropout'],
    [x, other]: readonly [x: Value, other: Value | null],
    options: Readonly<Record<'attentionMask' | 'cache' | 'cacheUpdateIndex', number | Value | null>>,
    context: CallContext,
  ): readonly [output: Value, cache: Value | null] {
    const query = this.normalizeFirst ? this.through([this[norm]], x, context) : x;
    const layer = partOf(this[attention], this.who);
    const attended = layer.applyIn(context.trace, [query, other ?? query], context.training, null, options);
    const [output, cache = null] = (Array.isArray(attended) ? attended : [attended]) as [Value, Value?];
    const sum = add(this.through([this[dropout]], output, context), x);
    return [this.normalizeFirst ? sum : this.through([this[norm]], sum, context), cache];
  }

  #maskOfSelf(sequence: Value, implicit: Value | null, given: Given): Value | null {
    const { decoderPaddingMask: paddingMask, decoderAttentionMask: attentionMask, selfAttentionCache: cache } = given;
    const mask = attentionMaskOf(this.who, { implicit, paddingMask, attentionMask });
    if (!given.useCausalMask) return mask;
    const [queries, keys] = [sequence.shape[1] ?? null, (cache === null ? sequence.shape[1] : cache.shape[2]) ?? null];
    return both(mask, causalMaskFrom(given.selfAttentionCacheUpdateIndex ?? 0, queries, keys));
  }

  #checkCall(encoded: Value | null, { selfAttentionCache, crossAttentionCache }: Given): void {
    const hasEncoder = this.crossAttentionLayer !== null;
    if (hasEncoder !== (encoded !== null)) {
      const [was, is] = hasEncoder ? ['with', 'without'] : ['without', 'with'];
      throw new ValueError(
        `[${this.who}] a decoder that was built ${was} the output of an encoder must be called ${was} it. Received: a call ${is} it.`,
      );
    }
    const given = (cache: Value | null): string => (cache === null ? 'null' : 'a tensor');
    if (hasEncoder ? (selfAttentionCache === null) !== (crossAttentionCache === null) : crossAttentionCache !== null) {
      const rule = hasEncoder
        ? 'selfAttentionCache and crossAttentionCache must both be given or both be null'
        : 'crossAttentionCache must be null without the output of an encoder';
      throw new ValueError(
        `[${this.who}] ${rule}. Received: selfAttentionCache=${given(selfAttentionCache)} and crossAttentionCache=${given(crossAttentionCache)}.`,
      );
    }
  }
}
