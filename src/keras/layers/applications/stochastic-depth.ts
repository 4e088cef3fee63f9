import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { checkNumber } from '../../../core/checks.ts';
import { RandomStream, drawSeed } from '../../../core/random.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Shape } from '../../../core/shape.ts';
import { constant, randomUniform } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { lessEqual, multiply, where } from '../../ops/elementwise.ts';
import { zerosLike } from '../../ops/movement.ts';
import { toFloat } from '../../ops/operand.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/**
 * Leaves out a residual branch for some samples in training (Huang et al., 2016), and scales it up for the others so that
 * the sum is the same on average. In inference the input passes through. Keras has it inside of its ConvNeXt, not among
 * its layers; files of that network name it.
 *
 *     y = x / (1 − dropPathRate) with probability 1 − dropPathRate, else 0, for each sample
 *
 * Shapes: any `[batch, …]` → the same.
 *
 * @throws TypeError if `dropPathRate` is no number; ValueError if it does not lie in [0, 1].
 * @see https://keras.io/api/applications/convnext/
 * @see https://arxiv.org/abs/1603.09382
 */
export class StochasticDepth extends Layer {
  static override readonly className: string = 'StochasticDepth';
  static readonly kerasModule: string = 'keras.src.applications.convnext';

  /** Which part of the samples is left out. */
  readonly dropPathRate: number;
  /** Gives each place where the layer is called a seed of its own. */
  readonly #seeds: RandomStream;

  constructor(dropPathRate: number, options: LayerOptions = {}) {
    super(options, []);
    this.dropPathRate = checkNumber(this.who, 'dropPathRate', dropPathRate);
    if (dropPathRate < 0 || dropPathRate > 1) {
      throw new ValueError(`[${this.who}] dropPathRate must lie in [0, 1]. Received: dropPathRate=${dropPathRate}.`);
    }
    this.#seeds = new RandomStream(dropPathRate > 0 ? drawSeed() : 0);
    this.inputSpec = { minRank: 1 };
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value, context: CallContext): Value {
    const rate = this.dropPathRate;
    if (!context.training || rate === 0) return inputs;
    // Keras divides zero by zero there.
    if (rate === 1) return zerosLike(inputs);
    const x = toFloat(inputs);
    const samples = x.shape.map((size, axis) => (axis === 0 ? size : 1));
    const drawn = randomUniform(this.#seeds.nextInteger(), samples, x.dtype);
    return multiply(x, where(lessEqual(rate, drawn), constant(1 / (1 - rate), x.dtype), 0));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return this.checkedShape(inputShape);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), drop_path_rate: this.dropPathRate };
  }

  static override fromConfig(config: Config): StochasticDepth {
    const { dropPathRate, ...options } = optionsOf(config);
    return new this(dropPathRate as number, options);
  }
}
