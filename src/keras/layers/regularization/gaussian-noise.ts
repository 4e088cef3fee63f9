import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { checkNumber } from '../../../core/checks.ts';
import type { RandomStream } from '../../../core/random.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { add, multiply } from '../../ops/elementwise.ts';
import { toFloat } from '../../ops/operand.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer } from '../base/layer.ts';
import { type NoiseOptions, checkSeed, seedsFor } from './noise-options.ts';
import { standardNormal } from './standard-normal.ts';

/** Options of {@link GaussianNoise}. */
export type GaussianNoiseOptions = NoiseOptions;

/**
 * Adds normal noise in training. In inference the input passes through.
 *
 * y = x + ε, ε of mean 0 and deviation stddev
 *
 * Shapes: any → the same.
 * @throws ValueError if `stddev` does not lie in [0, 1].
 * @example
 * const layer = new GaussianNoise(0.1, { seed: 7 });
 * await layer.apply([[1, 2]]);                        // [[1, 2]]
 * await layer.apply([[1, 2]], { training: true });    // about that
 * @see https://keras.io/api/layers/regularization_layers/gaussian_noise/
 */
export class GaussianNoise extends Layer {
  static override readonly className: string = 'GaussianNoise';

  /** The deviation of the noise. */
  readonly stddev: number;
  /** Makes the noise repeat itself. */
  readonly seed: number | null;
  readonly #seeds: RandomStream;

  constructor(stddev: number, options: GaussianNoiseOptions = {}) {
    super(options, ['seed']);
    this.stddev = checkNumber(this.who, 'stddev', stddev);
    if (stddev < 0 || stddev > 1) {
      throw new ValueError(`[${this.who}] stddev must lie in [0, 1]. Received: stddev=${stddev}.`);
    }
    this.seed = checkSeed(this.who, options.seed);
    this.#seeds = seedsFor(this.seed, stddev > 0);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value, context: CallContext): Value {
    if (!context.training || this.stddev === 0) return inputs;
    const x = toFloat(inputs);
    return add(x, multiply(standardNormal(this.#seeds, x.shape, x.dtype), this.stddev));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), stddev: this.stddev, seed: this.seed };
  }

  static override fromConfig(config: Config): GaussianNoise {
    const { stddev, ...options } = optionsOf(config);
    return new this(stddev as number, options);
  }
}
