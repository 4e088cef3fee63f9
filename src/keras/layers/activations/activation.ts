import {
  type ActivationIdentifier,
  type Activation as ActivationFunction,
  get as getActivation,
  serialize as serializeActivation,
} from '../../activations/index.ts';
import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { json } from '../base/arguments.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

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

  /** The function. */
  readonly activation: ActivationFunction;

  constructor(activation: ActivationIdentifier | null, options: ActivationOptions = {}) {
    super(options);
    this.activation = getActivation(activation, this.who);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value): Value {
    return this.activation(inputs);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), activation: json(serializeActivation(this.activation)) };
  }

  static override fromConfig(config: Config): Activation {
    const { activation, ...options } = optionsOf(config);
    return new this(activation as ActivationIdentifier, options);
  }
}
