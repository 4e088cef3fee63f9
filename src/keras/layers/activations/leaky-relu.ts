import type { Value } from '../../../compiler/ir/value.ts';
import { leakyRelu } from '../../activations/index.ts';
import { type Fields, number } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link LeakyReLU}. */
export interface LeakyReLULayerOptions extends LayerOptions {
  /** The slope for x ≤ 0. @default 0.3 */
  negativeSlope?: number | undefined;
}

/**
 * The leaky rectified linear unit as a layer.
 *
 * f(x) = x for x > 0; negativeSlope · x otherwise
 *
 * Shapes: any → the same.
 * @throws ValueError if the slope is negative.
 * @example
 * await new LeakyReLU({ negativeSlope: 0.5 }).apply([-2, 0, 3]);    // [-1, 0, 3]
 * @see https://keras.io/api/layers/activation_layers/leaky_relu/
 */
export class LeakyReLU extends Layer {
  static override readonly className: string = 'LeakyReLU';
  static override readonly positional = ['negativeSlope'] as const;
  static override readonly fields: Fields = { negativeSlope: number(0.3, { min: 0 }) };

  override supportsMasking = true;
  override built = true;
  /** The slope for x ≤ 0. */
  declare readonly negativeSlope: number;

  constructor(...args: Arguments<LeakyReLULayerOptions, typeof LeakyReLU.positional>);
  constructor(options?: LeakyReLULayerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  get isActivation(): boolean {
    return true;
  }

  override get channelBehavior(): ChannelBehavior {
    return 'positively-homogeneous';
  }

  override call(inputs: Value): Value {
    return leakyRelu(inputs, { negativeSlope: this.negativeSlope });
  }
}
