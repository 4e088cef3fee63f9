import type { RandomStream } from '../../../core/random.ts';
import type { Shape } from '../../../core/shape.ts';
import { constant, randomUniform } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { toFloat } from '../../../compiler/builder/operand.ts';
import { lessEqual, multiply, where, zerosLike } from '../../ops/index.ts';
import { type Fields, number } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { seedsFor } from '../regularization/noise-options.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/**
 * Drops a residual branch for some samples in training (Huang et al., 2016), and scales it up for the rest so that the
 * expected sum is unchanged. In inference the input passes through. Keras defines it inside its ConvNeXt, not among its
 * layers, and files of that network contain it.
 *
 *     y = x / (1 − dropPathRate) with probability 1 − dropPathRate, else 0, for each sample
 *
 * Shapes: any `[batch, …]` → the same.
 *
 * @throws TypeError if `dropPathRate` is not a number; ValueError if it is not in [0, 1].
 * @see https://keras.io/api/applications/convnext/
 * @see https://arxiv.org/abs/1603.09382
 */
export class StochasticDepth extends Layer {
  static override readonly className: string = 'StochasticDepth';
  static override readonly positional = ['dropPathRate'] as const;
  static override readonly fields: Fields = { dropPathRate: number(undefined, { min: 0, max: 1 }) };
  static readonly kerasModule: string = 'keras.src.applications.convnext';

  override supportsMasking = true;
  override built = true;
  /** The share of the samples for which the branch is dropped. */
  declare readonly dropPathRate: number;
  /** A seed for each place where the layer is called. */
  readonly #seeds: RandomStream;

  constructor(...args: Arguments<LayerOptions & { dropPathRate: number }, typeof StochasticDepth.positional>);
  constructor(dropPathRate: number, options?: LayerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#seeds = seedsFor(null, this.dropPathRate > 0);
    this.inputSpec = { minNdim: 1 };
  }

  override call(inputs: Value, context: CallContext): Value {
    const rate = this.dropPathRate;
    if (!context.training || rate === 0) return inputs;
    // Keras divides zero by zero at this rate.
    if (rate === 1) return zerosLike(inputs);
    const x = toFloat(inputs);
    const samples = x.shape.map((size, axis) => (axis === 0 ? size : 1));
    const drawn = randomUniform(this.#seeds.nextInteger(), samples, x.dtype);
    return multiply(x, where(lessEqual(rate, drawn), constant(1 / (1 - rate), x.dtype), 0));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return this.checkedShape(inputShape);
  }
}
