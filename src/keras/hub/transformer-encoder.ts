import type { Value } from '../../compiler/ir/value.ts';
import { knownSize } from '../../core/axes.ts';
import type { Shape } from '../../core/shape.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import { MultiHeadAttention } from '../layers/attention/multi-head-attention.ts';
import type { ApplyOptions } from '../layers/base/apply-options.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import { positive } from '../layers/base/option-fields.ts';
import type { KerasCall } from '../layers/base/traits.ts';
import type { Dense } from '../layers/core/dense.ts';
import type { LayerNormalization } from '../layers/normalization/layer-normalization.ts';
import type { Dropout } from '../layers/regularization/dropout.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { add } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import type { Fields } from '../saving/fields.ts';
import { type TransformerOptions, blockFields, normalizeFirst } from './block-options.ts';
import { headSizeOf, initializersOf, makeDropout, makeFeedforward, makeNorm, partOf } from './make-parts.ts';
import { privateAttributes } from './nested-attributes.ts';
import { attentionMaskOf } from './sequence-masks.ts';
import { TransformerBlock } from './transformer-block.ts';

/** Options of {@link TransformerEncoder}. */
export type TransformerEncoderOptions = TransformerOptions;

/** Options of a call of {@link TransformerEncoder}. */
export interface TransformerEncoderCall<Tensors> extends ApplyOptions<Tensors> {
  /** `[batch, sequence]`, true for elements that count. @default null, the mask of the input */
  paddingMask?: Tensors | null | undefined;
  /** `[batch, sequence, sequence]`, true where an element attends to another. @default null */
  attentionMask?: Tensors | null | undefined;
  /** Whether the weights of the attention are returned as well, as the second of two results. @default false */
  returnAttentionScores?: boolean | undefined;
}

type WithScores<Tensors> = TransformerEncoderCall<Tensors> & { readonly returnAttentionScores: true };

const ORDER = ['intermediateDim', 'numHeads'] as const;

/**
 * The encoder block of a transformer: attention of a sequence to itself, then two dense layers, each with a residual connection
 * and a normalization.
 *
 *     h = norm(x + dropout(attention(x, x)))
 *     y = norm(h + dropout(dense(activation(dense(h)))))
 *
 * With `normalizeFirst`, h = x + dropout(attention(norm(x))), and in the same way y. A call also accepts `paddingMask`,
 * `attentionMask` and `returnAttentionScores`.
 *
 * Shapes: x and y `[batch, sequence, n]`; scores `[batch, heads, sequence, sequence]`.
 *
 * @throws ValueError if there are more heads than features, or a mask has another rank.
 * @example
 * const encoder = new TransformerEncoder(64, 8);
 * encoder.apply(Input({ shape: [10, 64] })).shape;    // [null, 10, 64]
 * encoder.countParams();                              // 25216
 * @see https://keras.io/keras_hub/api/modeling_layers/transformer_encoder/
 * @see https://arxiv.org/abs/1706.03762
 */
export class TransformerEncoder extends TransformerBlock {
  static override readonly className: string = 'TransformerEncoder';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.transformer_encoder';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly kerasCall: KerasCall = {
    tensors: ['paddingMask', 'attentionMask'],
    settings: { returnAttentionScores: false },
    positional: ['padding_mask', 'attention_mask', 'training', 'return_attention_scores'],
  };
  static override readonly fields: Fields = {
    intermediateDim: positive(),
    numHeads: positive(),
    ...blockFields,
    normalizeFirst,
  };
  /** The attributes of the nested layers in keras-hub. */
  static readonly kerasAttributes: Readonly<Record<string, string>> = privateAttributes(
    ...['selfAttentionLayer', 'selfAttentionLayerNorm', 'selfAttentionDropout', 'feedforwardLayerNorm'],
    ...['feedforwardIntermediateDense', 'feedforwardOutputDense', 'feedforwardDropout'],
  );

  override supportsMasking = true;
  /** The attention; this and the other parts are null before the layer is built. */
  selfAttentionLayer: MultiHeadAttention | null = null;
  /** The normalization of the attention. */
  selfAttentionLayerNorm: LayerNormalization | null = null;
  /** The dropout after the attention. */
  selfAttentionDropout: Dropout | null = null;
  /** The normalization of the dense layers. */
  feedforwardLayerNorm: LayerNormalization | null = null;
  /** The first dense layer. */
  feedforwardIntermediateDense: Dense | null = null;
  /** The second dense layer. */
  feedforwardOutputDense: Dense | null = null;
  /** The dropout after the dense layers. */
  feedforwardDropout: Dropout | null = null;

  constructor(...args: Arguments<TransformerOptions & { intermediateDim: number; numHeads: number }, typeof ORDER>);
  constructor(intermediateDim: number, numHeads: number, options?: TransformerEncoderOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { ndim: 3 };
  }

  override build(inputShape: Shape): void {
    const size = knownSize(inputShape, inputShape.length - 1, this.who);
    const { numHeads, dropout, dtypePolicy: dtype } = this;
    const keyDim = headSizeOf(this.who, size, numHeads);
    const attention = new MultiHeadAttention(numHeads, keyDim, {
      ...{ name: 'self_attention_layer', dropout, dtype },
      ...initializersOf(this),
    });
    attention.build([inputShape, inputShape]);
    this.selfAttentionLayer = attention;
    this.selfAttentionLayerNorm = makeNorm(this, 'self_attention_layer_norm', inputShape);
    this.selfAttentionDropout = makeDropout(this, 'self_attention_dropout');
    this.feedforwardLayerNorm = makeNorm(this, 'feedforward_layer_norm', inputShape);
    const names = ['feedforward_intermediate_dense', 'feedforward_output_dense'] as const;
    [this.feedforwardIntermediateDense, this.feedforwardOutputDense] = makeFeedforward(this, names, inputShape, size);
    this.feedforwardDropout = makeDropout(this, 'feedforward_dropout');
  }

  override apply(inputs: KerasTensor, options: WithScores<KerasTensor>): readonly [KerasTensor, KerasTensor];
  override apply(inputs: Value, options: WithScores<Value>): readonly [Value, Value];
  override apply(inputs: TensorLike, options: WithScores<TensorLike>): Promise<readonly [Tensor, Tensor]>;
  override apply(inputs: KerasTensor, options?: TransformerEncoderCall<KerasTensor>): KerasTensor;
  override apply(inputs: Value, options?: TransformerEncoderCall<Value>): Value;
  override apply(inputs: TensorLike, options?: TransformerEncoderCall<TensorLike>): Promise<Tensor>;
  /** Calls the layer. */
  override apply(inputs: never, options?: object): never {
    return super.apply(inputs, options) as never;
  }

  override call(inputs: Value, context: CallContext): Tree<Value> {
    const { who } = this;
    const { paddingMask, attentionMask, returnAttentionScores } = context.options as unknown as {
      readonly paddingMask: Value | null;
      readonly attentionMask: Value | null;
      readonly returnAttentionScores: boolean;
    };
    const mask = attentionMaskOf(who, { implicit: context.mask, paddingMask, attentionMask });
    const query = this.normalizeFirst ? this.through([this.selfAttentionLayerNorm], inputs, context) : inputs;
    const attended = partOf(this.selfAttentionLayer, who).applyIn(
      ...([context.trace, [query, query], context.training, [context.mask, context.mask]] as const),
      { attentionMask: mask, returnAttentionScores },
    );
    const [output, scores = null] = (Array.isArray(attended) ? attended : [attended]) as [Value, Value?];
    const sum = add(this.through([this.selfAttentionDropout], output, context), inputs);
    const hidden = this.normalizeFirst ? sum : this.through([this.selfAttentionLayerNorm], sum, context);
    const result = this.feedforward(hidden, context);
    return scores === null ? result : [result, scores];
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return this.checkedShape(inputShape);
  }
}
