import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { TensorLike } from '../../../core/tensor.ts';
import type { Constraint, ConstraintIdentifier } from '../../constraints/index.ts';
import type { Initializer, InitializerIdentifier } from '../../initializers/index.ts';
import { cast, notEqual, take } from '../../ops/index.ts';
import type { Regularizer, RegularizerIdentifier } from '../../regularizers/index.ts';
import { type Fields, boolean, unsupported } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { loraFields, withPenaltyFirst } from '../base/kernel-layer.ts';
import { readByConstructor } from '../base/layer-fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { positive } from '../base/option-fields.ts';
import { weightFields, weightParts } from '../base/weight-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends LayerOptions {
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
  loraRank?: null | undefined;
  /** Not supported: must be null. @default null */
  loraAlpha?: null | undefined;
  /** Not supported: must be null. @default null */
  quantizationConfig?: null | undefined;
}

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
  static override readonly positional = ['inputDim', 'outputDim', 'embeddingsInitializer'] as const;
  static override readonly fields: Fields = {
    inputDim: positive(),
    outputDim: positive(),
    ...weightFields({ embeddings: 'uniform' }, { writesPenalty: true }),
    maskZero: boolean(false),
    weights: readByConstructor,
    ...loraFields,
    quantizationConfig: unsupported('quantized layers are not supported'),
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
  #embeddings: Variable | null = null;

  constructor(
    ...args: Arguments<EmbeddingOptions & { inputDim: number; outputDim: number }, typeof Embedding.positional>
  );
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
  }

  override call(inputs: Value, context: CallContext): Value {
    return take(context.read(this.embeddings), cast(inputs, 'int32'), { axis: 0 });
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
