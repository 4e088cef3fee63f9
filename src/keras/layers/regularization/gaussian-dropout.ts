import type { Value } from '../../../compiler/ir/value.ts';
import type { RandomStream } from '../../../core/random.ts';
import { toFloat } from '../../../compiler/builder/operand.ts';
import { add, multiply } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import type { KerasCall } from '../base/traits.ts';
import { type NoiseOptions, seed, seedsFor } from './noise-options.ts';
import { rate } from './rate.ts';
import { standardNormal } from '../../ops/base/standard-normal.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link GaussianDropout}. */
export type GaussianDropoutOptions = NoiseOptions;

/**
 * Multiplies by normal noise in training, with the variance of dropout. In inference the input passes through.
 *
 * y = x · ε, ε with mean 1 and variance rate / (1 − rate)
 *
 * Shapes: any → the same.
 * @throws ValueError if `rate` is not in [0, 1); Keras accepts 1 as well, and divides by zero.
 * @example
 * const layer = new GaussianDropout(0.1, { seed: 7 });
 * await layer.apply([[1, 2]]);                        // [[1, 2]]
 * await layer.apply([[1, 2]], { training: true });    // about [[1, 2]]
 * @see https://keras.io/api/layers/regularization_layers/gaussian_dropout/
 */
export class GaussianDropout extends Layer {
  static override readonly className: string = 'GaussianDropout';
  static override readonly positional = ['rate', 'seed'] as const;
  static override readonly kerasCall: KerasCall = { training: false };
  static override readonly fields: Fields = { rate, seed };

  override supportsMasking = true;
  override built = true;
  /** The rate of a dropout with the same variance. */
  declare readonly rate: number;
  /** The seed that makes the noise reproducible. */
  declare readonly seed: number | null;
  readonly #seeds: RandomStream;

  constructor(...args: Arguments<GaussianDropoutOptions & { rate: number }, typeof GaussianDropout.positional>);
  constructor(rate: number, options?: GaussianDropoutOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#seeds = seedsFor(this.seed, this.rate > 0);
  }

  override get channelBehavior(): ChannelBehavior {
    return 'identity';
  }

  override call(inputs: Value, context: CallContext): Value {
    if (!context.training || this.rate === 0) return inputs;
    const x = toFloat(inputs);
    const stddev = Math.sqrt(this.rate / (1 - this.rate));
    return multiply(x, add(1, multiply(standardNormal(this.#seeds, x.shape, x.dtype), stddev)));
  }
}
