import {
  type Constraint,
  type ConstraintIdentifier,
  get as getConstraint,
  serialize as serializeConstraint,
} from '../../constraints/index.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { checkBoolean } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Shape } from '../../../core/shape.ts';
import type { TensorLike } from '../../../core/tensor.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import {
  type Initializer,
  type InitializerIdentifier,
  get as getInitializer,
  serialize as serializeInitializer,
} from '../../initializers/index.ts';
import { cast, notEqual } from '../../ops/elementwise.ts';
import { take } from '../../ops/movement.ts';
import {
  type Regularizer,
  type RegularizerIdentifier,
  get as getRegularizer,
  serialize as serializeRegularizer,
} from '../../regularizers/index.ts';
import { checkPositive, json, refuse } from '../base/arguments.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends LayerOptions {
  /** What gives the vectors their first values. @default 'uniform' */
  embeddingsInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the vectors. @default null */
  embeddingsRegularizer?: RegularizerIdentifier | null | undefined;
  /** What the vectors must satisfy after each update. @default null */
  embeddingsConstraint?: ConstraintIdentifier | null | undefined;
  /** Whether 0 is padding, which the mask leaves out. @default false */
  maskZero?: boolean | undefined;
  /** The vectors to start with, in the place of the initializer's. @default null */
  weights?: TensorLike | null | undefined;
  /** Not supported: null alone is taken. @default null */
  loraRank?: null | undefined;
  /** Not supported: null alone is taken. @default null */
  loraAlpha?: null | undefined;
  /** Not supported: null alone is taken. @default null */
  quantizationConfig?: null | undefined;
}

const OPTIONS = [
  'embeddingsInitializer',
  'embeddingsRegularizer',
  'embeddingsConstraint',
  'maskZero',
  'weights',
  'loraRank',
  'loraAlpha',
  'quantizationConfig',
];

/**
 * A vector for each of the integers 0 … inputDim − 1: a table that is trained.
 *
 * y[…, :] = embeddings[x[…], :]
 *
 * Shapes: integers `[batch, …]` → `[batch, …, outputDim]`; embeddings `[inputDim, outputDim]`. Floats lose their
 * fraction. With `maskZero` the mask is x ≠ 0.
 * @throws ValueError if a size is not positive.
 * @example
 * const layer = new Embedding(3, 2, { weights: [[0, 0], [1, 2], [3, 4]] });
 * await layer.apply([[2, 1]]);    // [[[3, 4], [1, 2]]]
 * @see https://keras.io/api/layers/core_layers/embedding/
 */
export class Embedding extends Layer {
  static override readonly className: string = 'Embedding';

  /** How many vectors there are. */
  readonly inputDim: number;
  /** How long they are. */
  readonly outputDim: number;
  readonly embeddingsInitializer: Initializer;
  readonly embeddingsRegularizer: Regularizer | null;
  readonly embeddingsConstraint: Constraint | null;
  /** Whether 0 is padding, which the mask leaves out. */
  readonly maskZero: boolean;
  #embeddings: Variable | null = null;

  constructor(inputDim: number, outputDim: number, options: EmbeddingOptions = {}) {
    super(options, OPTIONS);
    const { who } = this;
    this.inputDim = checkPositive(who, 'inputDim', inputDim);
    this.outputDim = checkPositive(who, 'outputDim', outputDim);
    this.embeddingsInitializer = getInitializer(options.embeddingsInitializer ?? 'uniform', who);
    this.embeddingsRegularizer = getRegularizer(options.embeddingsRegularizer, who);
    this.embeddingsConstraint = getConstraint(options.embeddingsConstraint, who);
    this.maskZero = checkBoolean(who, 'maskZero', options.maskZero ?? false);
    refuse(who, 'loraRank', options.loraRank, 'low-rank adaptation is not supported');
    refuse(who, 'loraAlpha', options.loraAlpha, 'low-rank adaptation is not supported');
    refuse(who, 'quantizationConfig', options.quantizationConfig, 'quantized layers are not supported');
    this.supportsMasking = this.maskZero;
    const weights = options.weights ?? null;
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
    // Any shape will do, so a layer that has its weights keeps them.
    if (this.#embeddings !== null) return;
    this.#embeddings = this.addWeight({
      name: 'embeddings',
      shape: [this.inputDim, this.outputDim],
      initializer: this.embeddingsInitializer,
      regularizer: this.embeddingsRegularizer,
      constraint: this.embeddingsConstraint,
    });
  }

  override call(inputs: Value, context: CallContext): Value {
    return take(context.read(this.embeddings), cast(inputs, 'int32'), 0);
  }

  override computeMask(inputs: Value): Value | null {
    return this.maskZero ? notEqual(inputs, 0) : null;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return [...this.checkedShape(inputShape), this.outputDim];
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      input_dim: this.inputDim,
      output_dim: this.outputDim,
      embeddings_initializer: json(serializeInitializer(this.embeddingsInitializer)),
      embeddings_regularizer: json(serializeRegularizer(this.embeddingsRegularizer)),
      activity_regularizer: json(serializeRegularizer(this.activityRegularizer)),
      embeddings_constraint: json(serializeConstraint(this.embeddingsConstraint)),
      mask_zero: this.maskZero,
      quantization_config: null,
    };
  }

  static override fromConfig(config: Config): Embedding {
    const { inputDim, outputDim, ...options } = optionsOf(config);
    return new this(inputDim as number, outputDim as number, options);
  }
}
