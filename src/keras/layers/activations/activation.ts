import type { Value } from '../../../compiler/ir/value.ts';
import { activation } from '../../activations/field.ts';
import {
  type Activation as ActivationFunction,
  type ActivationIdentifier,
  leakyRelu,
  linear,
  relu,
} from '../../activations/index.ts';
import { type Fields, required } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Activation}. */
export type ActivationOptions = LayerOptions;

/**
 * An activation function as a layer.
 *
 * Shapes: any → the same.
 * @throws TypeError if there is no such activation.
 * @example
 * await new Activation('relu').apply([-1, 0, 2]);    // [0, 0, 2]
 * @see https://keras.io/api/layers/core_layers/activation/
 */
export class Activation extends Layer {
  static override readonly className: string = 'Activation';
  static override readonly positional = ['activation'] as const;
  static override readonly fields: Fields = { activation: required(activation()) };

  override supportsMasking = true;
  override built = true;
  /** The function. */
  declare readonly activation: ActivationFunction;

  constructor(
    ...args: Arguments<ActivationOptions & { activation: ActivationIdentifier | null }, typeof Activation.positional>
  );
  constructor(activation: ActivationIdentifier | null, options?: ActivationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  get isActivation(): boolean {
    return this.activation !== linear;
  }

  override get channelBehavior(): ChannelBehavior | null {
    if (this.activation === linear) return 'identity';
    return this.activation === relu || this.activation === leakyRelu ? 'positively-homogeneous' : null;
  }

  override call(inputs: Value): Value {
    return this.activation(inputs);
  }
}
