import type { Config } from '../../../core/config.ts';
import type { RandomStream } from '../../../core/random.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Shape } from '../../../core/shape.ts';
import { randomUniform } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { add, lessEqual, multiply, where } from '../../ops/elementwise.ts';
import { toFloat } from '../../ops/operand.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer } from '../base/layer.ts';
import { type NoiseOptions, checkRate, checkSeed, seedsFor } from './noise-options.ts';
import { checkNoiseShape, drawnShape } from './noise-shape.ts';

/** Options of {@link AlphaDropout}. */
export interface AlphaDropoutOptions extends NoiseOptions {
  /** The shape of what is drawn: 1 where elements share their fate, null for the size of the input. @default null, all null */
  noiseShape?: Shape | null | undefined;
}

/** Where selu ends towards −∞: −scale · alpha. */
const LOWEST = -1.6732632423543772 * 1.0507009873554805;

/**
 * Sets a random part of the input to the lowest value of selu in training, and scales and shifts the rest, so that
 * mean 0 and variance 1 stay as they are. In inference the input passes through.
 *
 * y = a · x + b with probability 1 − rate, else a · α′ + b, where α′ is selu's lowest value,
 * a = ((1 − rate) · (1 + rate · α′²))^−½ and b = −a · α′ · rate
 *
 * Shapes: any → the same.
 * @throws ValueError if `rate` does not lie in [0, 1), or `noiseShape` does not broadcast to the input. Keras takes a
 * rate of 1 too, and divides by zero.
 * @example
 * const layer = new AlphaDropout(0.5, { seed: 7 });
 * await layer.apply([[1, 2]]);    // [[1, 2]]
 * @see https://keras.io/api/layers/regularization_layers/alpha_dropout/
 */
export class AlphaDropout extends Layer {
  static override readonly className: string = 'AlphaDropout';

  /** Which part is set to the lowest value. */
  readonly rate: number;
  /** The shape of what is drawn: 1 where elements share their fate, null for the size of the input. */
  readonly noiseShape: Shape | null;
  /** Makes what is dropped repeat itself. */
  readonly seed: number | null;
  readonly #seeds: RandomStream;

  constructor(rate: number, options: AlphaDropoutOptions = {}) {
    super(options, ['noiseShape', 'seed']);
    this.rate = checkRate(this.who, rate);
    const { noiseShape = null } = options;
    this.noiseShape = noiseShape === null ? null : checkNoiseShape(noiseShape, this.who);
    this.seed = checkSeed(this.who, options.seed);
    this.#seeds = seedsFor(this.seed, rate > 0);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value, context: CallContext): Value {
    const { rate } = this;
    if (!context.training || rate === 0) return inputs;
    const x = toFloat(inputs);
    const drawn = randomUniform(this.#seeds.nextInteger(), drawnShape(this.noiseShape, x.shape, this.who), x.dtype);
    const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * LOWEST ** 2));
    return add(multiply(where(lessEqual(rate, drawn), x, LOWEST), scale), -scale * LOWEST * rate);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed, noise_shape: this.noiseShape };
  }

  static override fromConfig(config: Config): AlphaDropout {
    const { rate, ...options } = optionsOf(config);
    return new this(rate as number, options);
  }
}
