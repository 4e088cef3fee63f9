import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { TensorLike } from '../../../core/tensor.ts';
import type { Constraint, ConstraintIdentifier } from '../../constraints/index.ts';
import type { Initializer, InitializerIdentifier } from '../../initializers/index.ts';
import { add, cast, matmul, multiply, notEqual, take } from '../../ops/index.ts';
import type { Regularizer, RegularizerIdentifier } from '../../regularizers/index.ts';
import type { SavedVariable } from '../../saving/keras-saveable.ts';
import { type Fields, type GivenOptions, boolean, unsupported } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { withPenaltyFirst } from '../base/kernel-layer.ts';
import { readByConstructor } from '../base/layer-fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type EnableLoraOptions, LowRank, type LowRankOptions, lowRankFields } from '../base/low-rank.ts';
import { positive } from '../base/option-fields.ts';
import { weightFields, weightParts } from '../base/weight-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends LayerOptions, LowRankOptions {
  /** The initializer of the vectors. @default 'uniform' */
  embeddingsInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the vectors. @default null */
  embeddingsRegularizer?: RegularizerIdentifier | null | undefined;
  /** A constraint on the vectors after each update. @default null */
  embeddingsConstraint?: ConstraintIdentifier | null | undefined;
  /** Whether 0 is padding, which the mask leaves out. @default false */
  maskZero?: boolean | undefined;
  /** The initial vectors, in place of the initializer's. @default null */
  weights?: TensorLike | null | undefined;
  /** Not supported: must be null. @default null */
  quantizationConfig?: null | undefined;
}

/** The options that can be given by position. */
const ORDER = ['inputDim', 'outputDim', 'embeddingsInitializer'] as const;

/**
 * A trainable vector for each of the integers 0 … inputDim − 1.
 *
 * y[…, :] = embeddings[x[…], :]
 *
 * Shapes: integers `[batch, …]` → `[batch, …, outputDim]`; embeddings `[inputDim, outputDim]`. The fraction of a float is
 * dropped. With `maskZero` the mask is x ≠ 0.
 * @throws ValueError if a size is not positive.
 * @example
 * const layer = new Embedding(3, 2, { weights: [[0, 0], [1, 2], [3, 4]] });
 * await layer.apply([[2, 1]]);    // [[[3, 4], [1, 2]]]
 * @see https://keras.io/api/layers/core_layers/embedding/
 */
export class Embedding extends Layer {
  static override readonly className: string = 'Embedding';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    inputDim: positive(),
    outputDim: positive(),
    ...weightFields({ embeddings: 'uniform' }, { writesPenalty: true }),
    maskZero: boolean(false),
    weights: readByConstructor,
    quantizationConfig: unsupported('quantized layers are not supported'),
    ...lowRankFields,
  };

  /** The number of vectors. */
  declare readonly inputDim: number;
  /** The size of each vector. */
  declare readonly outputDim: number;
  declare readonly embeddingsInitializer: Initializer;
  declare readonly embeddingsRegularizer: Regularizer | null;
  declare readonly embeddingsConstraint: Constraint | null;
  /** Whether 0 is padding, which the mask leaves out. */
  declare readonly maskZero: boolean;
  /** The rank of the adaptation; null for none. */
  declare loraRank: number | null;
  /** The factor α of the adaptation; null for none. */
  declare loraAlpha: number | null;
  #embeddings: Variable | null = null;
  #lora: LowRank | null = null;

  constructor(options: object, positional: GivenOptions);
  constructor(...args: Arguments<EmbeddingOptions & { inputDim: number; outputDim: number }, typeof ORDER>);
  constructor(inputDim: number, outputDim: number, options?: EmbeddingOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options, positional);
    this.supportsMasking = this.maskZero;
    const { weights = null } = options as EmbeddingOptions;
    if (weights === null) return;
    this.build([null]);
    this.setWeights([weights]);
  }

  /** The vectors. @throws ValueError before the layer is built. */
  get embeddings(): Variable {
    if (this.#embeddings !== null) return this.#embeddings;
    throw new ValueError(
      `[${this.who}] the embeddings are made by build: call the layer on an input or build([…]) first.`,
    );
  }

  override build(_inputShape: Shape): void {
    // The weights do not depend on the input's shape: a layer that was built for another keeps them.
    if (this.#embeddings !== null) return;
    const shape = [this.inputDim, this.outputDim];
    this.#embeddings = this.addWeight({ name: 'embeddings', shape, ...weightParts(this, 'embeddings') });
    if (this.loraRank !== null) this.enableLora(this.loraRank, { loraAlpha: this.loraAlpha });
  }

  /** Whether the vectors are adapted by matrices of low rank. */
  get loraEnabled(): boolean {
    return this.#lora !== null;
  }

  /**
   * Freezes the vectors W and adapts them by two smaller weights: the layer then looks up W + α / rank · A B. A compiled model
   * must be compiled again.
   *
   * Shapes: A is `[inputDim, rank]` and B `[rank, outputDim]`.
   * @throws ValueError if the layer is not built, has a constraint on its vectors, or is adapted already.
   * @see https://arxiv.org/abs/2106.09685
   */
  enableLora(rank: number, options: EnableLoraOptions = {}): void {
    const { who, embeddingsConstraint: constraint, embeddingsRegularizer: regularizer } = this;
    const adapted = { who, weight: this.#embeddings, name: 'embeddings', constraint, regularizer, current: this.#lora };
    this.#lora = LowRank.adapt(
      { ...adapted, addWeight: (weightOptions) => this.addWeight(weightOptions) },
      rank,
      options,
    );
    [this.loraRank, this.loraAlpha] = [rank, this.#lora.alpha];
    this.invalidateTraces();
  }

  override get storedWeights(): readonly SavedVariable[] {
    return this.#lora?.stored(this.ownWeights) ?? super.storedWeights;
  }

  override call(inputs: Value, context: CallContext): Value {
    const indices = cast(inputs, 'int32');
    const rows = (weight: Variable): Value => take(context.read(weight), indices, { axis: 0 });
    const found = rows(this.embeddings);
    if (this.#lora === null) return found;
    const { a, b, scale } = this.#lora;
    return add(found, multiply(matmul(rows(a), context.read(b)), scale));
  }

  override computeMask(inputs: Value): Value | null {
    return this.maskZero ? notEqual(inputs, 0) : null;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return [...this.checkedShape(inputShape), this.outputDim];
  }

  override getConfig(): Config {
    return withPenaltyFirst(super.getConfig());
  }
}
