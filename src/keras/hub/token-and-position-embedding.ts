import type { Value } from '../../compiler/ir/value.ts';
import type { Shape } from '../../core/shape.ts';
import { initializer } from '../initializers/field.ts';
import type { Initializer, InitializerIdentifier } from '../initializers/index.ts';
import { copyOf } from '../layers/attention/base-multi-head-attention.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import type { LayerOptions } from '../layers/base/layer-options.ts';
import { positive } from '../layers/base/option-fields.ts';
import { ReversibleEmbedding } from '../layers/core/reversible-embedding.ts';
import { add } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { type Fields, boolean } from '../saving/fields.ts';
import { PositionEmbedding } from './position-embedding.ts';
import { PositionLayer } from './position-layer.ts';

/** Options of {@link TokenAndPositionEmbedding}. */
export interface TokenAndPositionEmbeddingOptions extends LayerOptions {
  /** Whether the token embedding projects back with the transposed vectors. @default true */
  tieWeights?: boolean | undefined;
  /** The initializer of the vectors of tokens and of positions. @default 'uniform' */
  embeddingsInitializer?: InitializerIdentifier | null | undefined;
  /** Whether 0 is padding, which the mask leaves out. @default false */
  maskZero?: boolean | undefined;
}

type Sizes = Readonly<Record<'vocabularySize' | 'sequenceLength' | 'embeddingDim', number>>;

const ORDER = [
  'vocabularySize',
  'sequenceLength',
  'embeddingDim',
  'tieWeights',
  'embeddingsInitializer',
  'maskZero',
] as const;

/**
 * The sum of a trainable vector for each token and one for its position. A call also accepts `startIndex`, the position of the
 * first token, and `positions`, the position of each.
 *
 *     y[…, t, :] = tokens[x[…, t], :] + positions[t, :]
 *
 * Shapes: integers `[batch, sequence]` → `[batch, sequence, embeddingDim]`.
 *
 * @throws ValueError if the sequence exceeds `sequenceLength`.
 * @example
 * const layer = new TokenAndPositionEmbedding(5, 3, 2, { embeddingsInitializer: 'ones' });
 * await layer.apply([[4, 0]]);    // [[[2, 2], [2, 2]]]
 * @see https://keras.io/keras_hub/api/modeling_layers/token_and_position_embedding/
 */
export class TokenAndPositionEmbedding extends PositionLayer {
  static override readonly className: string = 'TokenAndPositionEmbedding';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.token_and_position_embedding';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    vocabularySize: positive(),
    sequenceLength: positive(),
    embeddingDim: positive(),
    embeddingsInitializer: initializer('uniform'),
    tieWeights: boolean(true),
    maskZero: boolean(false),
  };

  /** The number of tokens. */
  declare readonly vocabularySize: number;
  /** The number of positions. */
  declare readonly sequenceLength: number;
  /** The size of each vector. */
  declare readonly embeddingDim: number;
  /** Whether the token embedding projects back with the transposed vectors. */
  declare readonly tieWeights: boolean;
  /** The initializer of the vectors of tokens and of positions. */
  declare readonly embeddingsInitializer: Initializer;
  /** Whether 0 is padding, which the mask leaves out. */
  declare readonly maskZero: boolean;
  /** The vectors of the tokens. */
  readonly tokenEmbedding: ReversibleEmbedding;
  /** The vectors of the positions. */
  readonly positionEmbedding: PositionEmbedding;

  constructor(...args: Arguments<TokenAndPositionEmbeddingOptions & Sizes, typeof ORDER>);
  constructor(
    vocabularySize: number,
    sequenceLength: number,
    embeddingDim: number,
    options?: TokenAndPositionEmbeddingOptions,
  );
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const { vocabularySize, sequenceLength, embeddingDim, tieWeights, embeddingsInitializer, maskZero } = this;
    const { dtypePolicy: dtype } = this;
    this.inputSpec = { minNdim: 1 };
    this.tokenEmbedding = new ReversibleEmbedding(vocabularySize, embeddingDim, {
      ...{ name: 'token_embedding', tieWeights, maskZero, dtype },
      embeddingsInitializer: copyOf(embeddingsInitializer),
    });
    this.positionEmbedding = new PositionEmbedding(sequenceLength, {
      ...{ name: 'position_embedding', dtype },
      initializer: copyOf(embeddingsInitializer),
    });
    this.supportsMasking = maskZero;
    if (!this.trainable) this.trainable = false;
  }

  override build(inputShape: Shape): void {
    this.tokenEmbedding.build(inputShape);
    this.positionEmbedding.build([...inputShape, this.embeddingDim]);
  }

  override call(inputs: Value, context: CallContext): Value {
    const { trace, training, options } = context;
    const tokens = this.tokenEmbedding.applyIn(trace, inputs, training, null) as Value;
    const positions = this.positionEmbedding.applyIn(trace, tokens, training, null, options) as Value;
    const sum = add(tokens, positions);
    const mask = trace.maskOf(tokens);
    if (mask !== null) context.setMask(sum, mask);
    return sum;
  }

  /** None: the call itself sets the mask. */
  override computeMask(): null {
    return null;
  }

  /** The shape of the input, and the size of the vectors. */
  override computeOutputShape(inputShape: Shape): Shape {
    return [...this.checkedShape(inputShape), this.embeddingDim];
  }
}
