import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { knownSize } from '../../core/axes.ts';
import { ValueError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import { activation } from '../activations/field.ts';
import type { Activation, ActivationIdentifier } from '../activations/index.ts';
import { initializer } from '../initializers/field.ts';
import type { Initializer, InitializerIdentifier } from '../initializers/index.ts';
import type { Several } from '../layers/base/apply-options.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import { type InputShape, isShape, showInputShape } from '../layers/base/input-shape.ts';
import type { LayerOptions } from '../layers/base/layer-options.ts';
import { Layer } from '../layers/base/layer.ts';
import { nestedLayer } from '../layers/base/nested-layer.ts';
import { positive } from '../layers/base/option-fields.ts';
import type { KerasCall } from '../layers/base/traits.ts';
import { Dense } from '../layers/core/dense.ts';
import { ReversibleEmbedding } from '../layers/core/reversible-embedding.ts';
import { listOfInputs, readList } from '../layers/merging/merged-inputs.ts';
import { LayerNormalization } from '../layers/normalization/layer-normalization.ts';
import { add, cast, expandDims, matmul, takeAlongAxis } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { type Fields, nullable, number } from '../saving/fields.ts';
import { partOf } from './make-parts.ts';
import { privateAttributes } from './nested-attributes.ts';

/** Options of {@link MaskedLMHead}. */
export interface MaskedLMHeadOptions extends LayerOptions {
  /** The number of tokens. @default null, that of the embedding */
  vocabularySize?: number | null | undefined;
  /** The embedding whose vectors, transposed, make the scores of the tokens. @default null, a kernel of its own */
  tokenEmbedding?: ReversibleEmbedding | null | undefined;
  /** The activation of the dense layer. @default 'relu' */
  intermediateActivation?: ActivationIdentifier | null | undefined;
  /** The activation of the output: null for logits, or `'softmax'`. @default null */
  activation?: ActivationIdentifier | null | undefined;
  /** The number added to the variance in the normalization. @default 1e-5 */
  layerNormEpsilon?: number | undefined;
  /** The initializer of the kernels. @default 'glorot_uniform' */
  kernelInitializer?: InitializerIdentifier | null | undefined;
  /** The initializer of the biases. @default 'zeros' */
  biasInitializer?: InitializerIdentifier | null | undefined;
}

const ORDER = [
  'vocabularySize',
  'tokenEmbedding',
  'intermediateActivation',
  'activation',
  'layerNormEpsilon',
  'kernelInitializer',
  'biasInitializer',
] as const;

/**
 * Scores of the tokens at masked positions, for a model of masked language (BERT): the elements of a sequence at these positions, a
 * dense layer, a normalization, and a projection to the vocabulary.
 *
 *     h = norm(activation(dense(x[mask])))
 *     y = h · kernel + bias, or h · embeddingsᵀ + bias
 *
 * The input is a list `[x, maskPositions]`.
 *
 * Shapes: x `[batch, sequence, n]`, integers `[batch, masks]` → `[batch, masks, vocabularySize]`.
 *
 * @throws ValueError if there is neither `vocabularySize` nor `tokenEmbedding`, or they differ; TypeError if the embedding is
 * another layer.
 * @example
 * const [x, positions] = [Input({ shape: [50, 32] }), Input({ shape: [5], dtype: 'int32' })];
 * new MaskedLMHead(100, { activation: 'softmax' }).apply([x, positions]).shape;    // [null, 5, 100]
 * @see https://keras.io/keras_hub/api/modeling_layers/masked_lm_head/
 * @see https://arxiv.org/abs/1608.05859
 */
export class MaskedLMHead extends Layer {
  static override readonly className: string = 'MaskedLMHead';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.masked_lm_head';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly kerasCall: KerasCall = { inputs: ['inputs', 'mask_positions'] };
  static override readonly fields: Fields = {
    vocabularySize: nullable(positive()),
    tokenEmbedding: nullable(nestedLayer({ ReversibleEmbedding })),
    intermediateActivation: activation('relu'),
    activation: activation(),
    layerNormEpsilon: number(1e-5, { min: 0 }),
    kernelInitializer: initializer('glorot_uniform'),
    biasInitializer: initializer('zeros'),
  };
  /** The attributes of the nested layers in keras-hub. */
  static readonly kerasAttributes: Readonly<Record<string, string>> = privateAttributes(
    'intermediateDense',
    'intermediateLayerNorm',
  );

  /** The number of tokens. */
  declare vocabularySize: number;
  /** The embedding whose vectors make the scores; null for a kernel. */
  declare readonly tokenEmbedding: ReversibleEmbedding | null;
  /** The activation of the dense layer. */
  declare readonly intermediateActivation: Activation;
  /** The activation of the output. */
  declare readonly activation: Activation;
  /** The number added to the variance in the normalization. */
  declare readonly layerNormEpsilon: number;
  /** The initializer of the kernels. */
  declare readonly kernelInitializer: Initializer;
  /** The initializer of the biases. */
  declare readonly biasInitializer: Initializer;
  /** The dense layer; this and the other parts are null before the layer is built. */
  intermediateDense: Dense | null = null;
  /** The normalization. */
  intermediateLayerNorm: LayerNormalization | null = null;
  /** The kernel of the output; null with an embedding. */
  kernel: Variable | null = null;
  /** The bias of the output. */
  bias: Variable | null = null;

  constructor(...args: Arguments<MaskedLMHeadOptions, typeof ORDER>);
  constructor(vocabularySize: number | null, options?: Omit<MaskedLMHeadOptions, 'vocabularySize'>);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const { vocabularySize: given, tokenEmbedding } = this as {
      readonly vocabularySize: number | null;
      readonly tokenEmbedding: unknown;
    };
    if (tokenEmbedding !== null && !(tokenEmbedding instanceof ReversibleEmbedding)) {
      throw new TypeError(
        `[${this.who}] tokenEmbedding must be a ReversibleEmbedding. Received: tokenEmbedding=${(tokenEmbedding as Layer).who}.`,
      );
    }
    const size = tokenEmbedding?.inputDim ?? given;
    if (size === null) {
      throw new ValueError(
        `[${this.who}] vocabularySize or tokenEmbedding must be given. Received: vocabularySize=null, tokenEmbedding=null.`,
      );
    }
    if (given !== null && given !== size) {
      throw new ValueError(
        `[${this.who}] vocabularySize must be the number of vectors of tokenEmbedding. Received: vocabularySize=${given}, tokenEmbedding of ${size} vectors.`,
      );
    }
    this.vocabularySize = size;
  }

  protected override readArrays(given: TensorLike | Several<Tensor>): Tree<Tensor> {
    return readList(given);
  }

  /** The embedding belongs to the model that the head is a part of. */
  protected override get layersInPath(): readonly Layer[] {
    return super.layersInPath.filter((layer) => layer !== this.tokenEmbedding);
  }

  override build(inputShape: InputShape): void {
    const [inputs] = isShape(inputShape) ? [inputShape] : Object.values<Shape>(inputShape as readonly Shape[]);
    if (inputs?.length !== 3) {
      throw new ValueError(
        `[${this.who}] expected a list of a sequence [batch, sequence, n] and positions [batch, masks]. Received: inputShape=${showInputShape(inputShape)}.`,
      );
    }
    const { tokenEmbedding, kernelInitializer, biasInitializer, vocabularySize, dtypePolicy: dtype } = this;
    const features = knownSize(inputs, inputs.length - 1, this.who);
    const size = tokenEmbedding?.outputDim ?? features;
    const activationOfDense = this.intermediateActivation;
    this.intermediateDense = new Dense(size, {
      ...{ name: 'intermediate_dense', activation: activationOfDense, kernelInitializer, biasInitializer, dtype },
    });
    const epsilon = this.layerNormEpsilon;
    this.intermediateLayerNorm = new LayerNormalization({ name: 'intermediate_layer_norm', epsilon, dtype });
    this.intermediateDense.build([inputs[0] ?? null, null, features]);
    this.intermediateLayerNorm.build([inputs[0] ?? null, null, size]);
    if (tokenEmbedding === null) {
      const shape = [size, vocabularySize];
      this.kernel = this.addWeight({ name: 'output_kernel', shape, initializer: kernelInitializer });
    }
    this.bias = this.addWeight({ name: 'output_bias', shape: [vocabularySize], initializer: biasInitializer });
  }

  override call(inputs: Tree<Value>, context: CallContext): Value {
    const { who } = this;
    const list = listOfInputs(inputs, who);
    const [x, positions] = list;
    if (x === undefined || positions?.rank !== 2 || list.length > 2) {
      throw new ValueError(
        `[${who}] expected a list of a sequence [batch, sequence, n] and positions [batch, masks]. Received: ${list.length} inputs.`,
      );
    }
    const apply = (layer: Layer | null, value: Value, options = {}): Value =>
      partOf(layer, who).applyIn(context.trace, value, context.training, null, options) as Value;
    const found = takeAlongAxis(x, expandDims(cast(positions, 'int32'), -1), { axis: 1 });
    const hidden = apply(this.intermediateLayerNorm, apply(this.intermediateDense, found));
    const scores =
      this.kernel === null
        ? apply(this.tokenEmbedding, hidden, { reverse: true })
        : matmul(hidden, context.read(this.kernel));
    return this.activation(add(cast(scores, this.dtype), context.read(partOf(this.bias, who))));
  }
}
