import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { knownSize } from '../../core/axes.ts';
import { ValueError } from '../../core/errors.ts';
import { type Shape, showShape } from '../../core/shape.ts';
import { initializer } from '../initializers/field.ts';
import type { Initializer, InitializerIdentifier } from '../initializers/index.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import type { LayerOptions } from '../layers/base/layer-options.ts';
import { positive } from '../layers/base/option-fields.ts';
import { cast, slice, stack, take, zerosLike } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import type { Fields } from '../saving/fields.ts';
import { broadcastLike } from './broadcast-like.ts';
import { PositionLayer, givenPositions, givenStart } from './position-layer.ts';

/** Options of {@link PositionEmbedding}. */
export interface PositionEmbeddingOptions extends LayerOptions {
  /** The initializer of the vectors. @default 'glorot_uniform' */
  initializer?: InitializerIdentifier | null | undefined;
}

const ORDER = ['sequenceLength', 'initializer'] as const;

/**
 * A trainable vector for each position of a sequence, repeated for the whole input, of which only the shape counts. A call
 * also accepts `startIndex`, the position of the first element, and `positions`, the position of each.
 *
 *     y[…, t, :] = embeddings[startIndex + t, :]
 *
 * Shapes: x and y `[batch, …, sequence, n]`; embeddings `[sequenceLength, n]`.
 *
 * @throws ValueError if the sequence exceeds `sequenceLength`, or the size of the last axis is unknown.
 * @example
 * const layer = new PositionEmbedding(3, { initializer: 'ones' });
 * await layer.apply([[[5, 6], [7, 8]]]);                       // [[[1, 1], [1, 1]]]
 * await layer.apply([[[5, 6], [7, 8]]], { startIndex: 1 });    // [[[1, 1], [1, 1]]]
 * @see https://keras.io/keras_hub/api/modeling_layers/position_embedding/
 */
export class PositionEmbedding extends PositionLayer {
  static override readonly className: string = 'PositionEmbedding';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.position_embedding';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    sequenceLength: positive(),
    initializer: initializer('glorot_uniform'),
  };

  /** The number of positions. */
  declare readonly sequenceLength: number;
  /** The initializer of the vectors. */
  declare readonly initializer: Initializer;
  /** The vectors; null before the layer is built. */
  positionEmbeddings: Variable | null = null;

  constructor(...args: Arguments<PositionEmbeddingOptions & { sequenceLength: number }, typeof ORDER>);
  constructor(sequenceLength: number, options?: PositionEmbeddingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 2 };
  }

  override build(inputShape: Shape): void {
    const shape = [this.sequenceLength, knownSize(inputShape, inputShape.length - 1, this.who)];
    this.positionEmbeddings = this.addWeight({ name: 'embeddings', shape, initializer: this.initializer });
  }

  override call(inputs: Value, context: CallContext): Value {
    const { who, sequenceLength, positionEmbeddings } = this;
    if (positionEmbeddings === null) throw new ValueError(`[${who}] the embeddings are made by build.`);
    const embeddings = context.read(positionEmbeddings);
    const positions = givenPositions(context, who);
    if (positions !== null) return broadcastLike(take(embeddings, cast(positions, 'int32'), { axis: 0 }), inputs, who);
    const start = givenStart(context, who);
    const length = inputs.shape.at(-2) ?? null;
    if (length === null) return zerosLike(inputs);
    if (length + (typeof start === 'number' ? start : 0) > sequenceLength) {
      const from = start === 0 ? '' : ' from startIndex on';
      throw new ValueError(
        `[${who}] the positions of the sequence${from} must be below sequenceLength=${sequenceLength}. Received: an input of shape ${showShape(inputs.shape)}${typeof start === 'number' && start > 0 ? ` and startIndex=${start}` : ''}.`,
      );
    }
    const size = embeddings.shape[1] ?? -1;
    const from = typeof start === 'number' ? [start, 0] : stack([cast(start, 'int32'), 0]);
    return broadcastLike(slice(embeddings, from, [length, size]), inputs, who);
  }
}
