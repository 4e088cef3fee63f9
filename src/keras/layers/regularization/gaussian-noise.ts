import type { Value } from '../../../compiler/ir/value.ts';
import type { RandomStream } from '../../../core/random.ts';
import { toFloat } from '../../../compiler/builder/operand.ts';
import { add, multiply } from '../../ops/index.ts';
import { type Fields, number } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import type { KerasCall } from '../base/traits.ts';
import { type NoiseOptions, seed, seedsFor } from './noise-options.ts';
import { standardNormal } from '../../ops/base/standard-normal.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link GaussianNoise}. */
export type GaussianNoiseOptions = NoiseOptions;

/**
 * Adds normal noise in training. In inference the input passes through.
 *
 * y = x + ε, ε with mean 0 and standard deviation stddev
 *
 * Shapes: any → the same.
 * @throws ValueError if `stddev` is not in [0, 1].
 * @example
 * const layer = new GaussianNoise(0.1, { seed: 7 });
 * await layer.apply([[1, 2]]);                        // [[1, 2]]
 * await layer.apply([[1, 2]], { training: true });    // about [[1, 2]]
 * @see https://keras.io/api/layers/regularization_layers/gaussian_noise/
 */
export class GaussianNoise extends Layer {
  static override readonly className: string = 'GaussianNoise';
  static override readonly positional = ['stddev', 'seed'] as const;
  static override readonly kerasCall: KerasCall = { training: false };
  static override readonly fields: Fields = { stddev: number(undefined, { min: 0, max: 1 }), seed };

  override supportsMasking = true;
  override built = true;
  /** The standard deviation of the noise. */
  declare readonly stddev: number;
  /** The seed that makes the noise reproducible. */
  declare readonly seed: number | null;
  readonly #seeds: RandomStream;

  constructor(...args: Arguments<GaussianNoiseOptions & { stddev: number }, typeof GaussianNoise.positional>);
  constructor(stddev: number, options?: GaussianNoiseOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#seeds = seedsFor(this.seed, this.stddev > 0);
  }

  override get channelBehavior(): ChannelBehavior {
    return 'identity';
  }

  override call(inputs: Value, context: CallContext): Value {
    if (!context.training || this.stddev === 0) return inputs;
    const x = toFloat(inputs);
    return add(x, multiply(standardNormal(this.#seeds, x.shape, x.dtype), this.stddev));
  }
}
