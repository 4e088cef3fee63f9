import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { checkInteger, checkNumber } from '../../../core/checks.ts';
import { RandomStream, drawSeed } from '../../../core/random.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { constant, randomUniform } from '../../../compiler/graph/leaves.ts';
import { lessEqual, multiply, where } from '../../ops/elementwise.ts';
import { zerosLike } from '../../ops/movement.ts';
import { toFloat } from '../../ops/operand.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { checkNoiseShape, drawnShape } from './noise-shape.ts';

/** Options of {@link Dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** The shape of what is drawn: 1 where elements share their fate, null for the size of the input. @default null, all null */
  noiseShape?: Shape | null | undefined;
  /** Makes what is dropped repeat itself. @default null, another seed each time */
  seed?: number | null | undefined;
}

/**
 * Sets a random part of the input to 0 in training, and scales up the rest so that the sum is the same on average. In
 * inference the input passes through.
 *
 * y = x / (1 − rate) with probability 1 − rate, else 0
 *
 * Shapes: any → the same.
 * @throws ValueError if `rate` does not lie in [0, 1], or `noiseShape` does not broadcast to the input.
 * @example
 * const layer = new Dropout(0.5, { seed: 7 });
 * await layer.apply([[1, 2, 3, 4]], { training: true });    // about half of them doubled, the others 0
 * @see https://keras.io/api/layers/regularization_layers/dropout/
 */
export class Dropout extends Layer {
  static override readonly className: string = 'Dropout';

  /** Which part is set to 0. */
  readonly rate: number;
  /** The shape of what is drawn: 1 where elements share their fate, null for the size of the input. */
  readonly noiseShape: Shape | null;
  /** Makes what is dropped repeat itself. */
  readonly seed: number | null;
  /** Gives each place where the layer is called a seed of its own. */
  readonly #seeds: RandomStream;

  constructor(rate: number, options: DropoutOptions = {}) {
    super(options, ['noiseShape', 'seed']);
    const { who } = this;
    this.rate = checkNumber(who, 'rate', rate);
    if (rate < 0 || rate > 1) throw new ValueError(`[${who}] rate must lie in [0, 1]. Received: rate=${rate}.`);
    const { seed = null, noiseShape = null } = options;
    this.seed = seed === null ? null : checkInteger(who, 'seed', seed, 0);
    this.noiseShape = noiseShape === null ? null : checkNoiseShape(noiseShape, who);
    this.#seeds = new RandomStream(this.seed ?? (rate > 0 ? drawSeed() : 0));
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value, context: CallContext): Value {
    if (!context.training || this.rate === 0) return inputs;
    if (this.rate === 1) return zerosLike(inputs);
    const x = toFloat(inputs);
    const drawn = randomUniform(this.#seeds.nextInteger(), drawnShape(this.noiseShape, x.shape, this.who), x.dtype);
    return multiply(x, where(lessEqual(this.rate, drawn), constant(1 / (1 - this.rate), x.dtype), 0));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed, noise_shape: this.noiseShape };
  }

  static override fromConfig(config: Config): Dropout {
    const { rate, ...options } = optionsOf(config);
    return new this(rate as number, options);
  }
}
