import { randomUniform } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { RandomStream } from '../../../core/random.ts';
import type { Shape } from '../../../core/shape.ts';
import { toFloat } from '../../../compiler/builder/operand.ts';
import { add, lessEqual, multiply, where } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import type { KerasCall } from '../base/traits.ts';
import { type NoiseOptions, seed, seedsFor } from './noise-options.ts';
import { drawnShape, noiseShape } from './noise-shape.ts';
import { rate } from './rate.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link AlphaDropout}. */
export interface AlphaDropoutOptions extends NoiseOptions {
  /** The shape of the random mask: 1 where elements are dropped together, null for the size of the input. @default null, all null */
  noiseShape?: Shape | null | undefined;
}

/** The limit of selu for x → −∞: −scale · alpha. */
const LOWEST = -1.6732632423543772 * 1.0507009873554805;

/**
 * Sets a random part of the input to the infimum of selu in training, and scales and shifts the rest, so that mean 0 and
 * variance 1 are preserved. In inference the input passes through.
 *
 * y = a · x + b with probability 1 − rate, else a · α′ + b, where α′ is selu's infimum,
 * a = ((1 − rate) · (1 + rate · α′²))^−½ and b = −a · α′ · rate
 *
 * Shapes: any → the same.
 * @throws ValueError if `rate` is not in [0, 1), or `noiseShape` does not broadcast to the input. Keras accepts a rate of
 * 1 as well, and divides by zero.
 * @example
 * const layer = new AlphaDropout(0.5, { seed: 7 });
 * await layer.apply([[1, 2]]);    // [[1, 2]]
 * @see https://keras.io/api/layers/regularization_layers/alpha_dropout/
 */
export class AlphaDropout extends Layer {
  static override readonly className: string = 'AlphaDropout';
  static override readonly positional = ['rate', 'noiseShape', 'seed'] as const;
  static override readonly kerasCall: KerasCall = { training: false };
  static override readonly fields: Fields = { rate, seed, noiseShape };

  override supportsMasking = true;
  override built = true;
  /** The share of the input that is replaced. */
  declare readonly rate: number;
  /** The shape of the random mask: 1 where elements are dropped together, null for the size of the input. */
  declare readonly noiseShape: Shape | null;
  /** The seed that makes the dropped elements reproducible. */
  declare readonly seed: number | null;
  readonly #seeds: RandomStream;

  constructor(...args: Arguments<AlphaDropoutOptions & { rate: number }, typeof AlphaDropout.positional>);
  constructor(rate: number, options?: AlphaDropoutOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#seeds = seedsFor(this.seed, this.rate > 0);
  }

  override get channelBehavior(): ChannelBehavior {
    return 'identity';
  }

  override call(inputs: Value, context: CallContext): Value {
    const { rate: dropped } = this;
    if (!context.training || dropped === 0) return inputs;
    const x = toFloat(inputs);
    const drawn = randomUniform(this.#seeds.nextInteger(), drawnShape(this.noiseShape, x.shape, this.who), x.dtype);
    const scale = 1 / Math.sqrt((1 - dropped) * (1 + dropped * LOWEST ** 2));
    return add(multiply(where(lessEqual(dropped, drawn), x, LOWEST), scale), -scale * LOWEST * dropped);
  }
}
