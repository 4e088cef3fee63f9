import { constant, randomUniform } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { RandomStream } from '../../../core/random.ts';
import type { Shape } from '../../../core/shape.ts';
import { toFloat } from '../../../compiler/builder/operand.ts';
import { lessEqual, multiply, where, zerosLike } from '../../ops/index.ts';
import { type Fields, type GivenOptions, number } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import type { KerasCall } from '../base/traits.ts';
import { seed, seedsFor } from './noise-options.ts';
import { drawnShape, noiseShape } from './noise-shape.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** The shape of the random mask: 1 where elements are dropped together, null for the size of the input. @default null, all null */
  noiseShape?: Shape | null | undefined;
  /** A seed that makes the dropped elements reproducible. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** The options that can be given by position. */
const ORDER = ['rate', 'noiseShape', 'seed'] as const;

/**
 * Sets a random part of the input to 0 in training, and scales up the rest so that the expected sum is unchanged. In
 * inference the input passes through.
 *
 * y = x / (1 − rate) with probability 1 − rate, else 0
 *
 * Shapes: any → the same.
 * @throws ValueError if `rate` is not in [0, 1], or `noiseShape` does not broadcast to the input.
 * @example
 * const layer = new Dropout(0.5, { seed: 7 });
 * await layer.apply([[1, 2, 3, 4]], { training: true });    // about half of them doubled, the rest 0
 * @see https://keras.io/api/layers/regularization_layers/dropout/
 */
export class Dropout extends Layer {
  static override readonly className: string = 'Dropout';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly kerasCall: KerasCall = { training: false };
  static override readonly fields: Fields = { rate: number(undefined, { min: 0, max: 1 }), seed, noiseShape };

  override supportsMasking = true;
  override built = true;
  /** The share of the input that is set to 0. */
  declare readonly rate: number;
  /** The shape of the random mask: 1 where elements are dropped together, null for the size of the input. */
  declare readonly noiseShape: Shape | null;
  /** The seed that makes the dropped elements reproducible. */
  declare readonly seed: number | null;
  /** A seed for each place where the layer is called. */
  readonly #seeds: RandomStream;

  constructor(options: object, positional: GivenOptions);
  constructor(...args: Arguments<DropoutOptions & { rate: number }, typeof ORDER>);
  constructor(rate: number, options?: DropoutOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#seeds = seedsFor(this.seed, this.rate > 0);
  }

  override get channelBehavior(): ChannelBehavior {
    return 'identity';
  }

  override call(inputs: Value, context: CallContext): Value {
    if (!context.training || this.rate === 0) return inputs;
    if (this.rate === 1) return zerosLike(inputs);
    const x = toFloat(inputs);
    const drawn = randomUniform(this.#seeds.nextInteger(), drawnShape(this.noiseShape, x.shape, this.who), x.dtype);
    return multiply(x, where(lessEqual(this.rate, drawn), constant(1 / (1 - this.rate), x.dtype), 0));
  }
}
