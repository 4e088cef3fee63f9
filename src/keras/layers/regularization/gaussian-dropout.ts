import type { Config } from '../../../core/config.ts';
import type { RandomStream } from '../../../core/random.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { add, multiply } from '../../ops/elementwise.ts';
import { toFloat } from '../../ops/operand.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer } from '../base/layer.ts';
import { type NoiseOptions, checkRate, checkSeed, seedsFor } from './noise-options.ts';
import { standardNormal } from './standard-normal.ts';

/** Options of {@link GaussianDropout}. */
export type GaussianDropoutOptions = NoiseOptions;

/**
 * Multiplies by normal noise in training, of the variance that dropout has. In inference the input passes through.
 *
 * y = x · ε, ε of mean 1 and variance rate / (1 − rate)
 *
 * Shapes: any → the same.
 * @throws ValueError if `rate` does not lie in [0, 1); Keras takes 1 too, and divides by zero.
 * @example
 * const layer = new GaussianDropout(0.1, { seed: 7 });
 * await layer.apply([[1, 2]]);                        // [[1, 2]]
 * await layer.apply([[1, 2]], { training: true });    // about that
 * @see https://keras.io/api/layers/regularization_layers/gaussian_dropout/
 */
export class GaussianDropout extends Layer {
  static override readonly className: string = 'GaussianDropout';

  /** The rate of a dropout of the same variance. */
  readonly rate: number;
  /** Makes the noise repeat itself. */
  readonly seed: number | null;
  readonly #seeds: RandomStream;

  constructor(rate: number, options: GaussianDropoutOptions = {}) {
    super(options, ['seed']);
    this.rate = checkRate(this.who, rate);
    this.seed = checkSeed(this.who, options.seed);
    this.#seeds = seedsFor(this.seed, rate > 0);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value, context: CallContext): Value {
    if (!context.training || this.rate === 0) return inputs;
    const x = toFloat(inputs);
    const deviation = Math.sqrt(this.rate / (1 - this.rate));
    return multiply(x, add(1, multiply(standardNormal(this.#seeds, x.shape, x.dtype), deviation)));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }

  static override fromConfig(config: Config): GaussianDropout {
    const { rate, ...options } = optionsOf(config);
    return new this(rate as number, options);
  }
}
