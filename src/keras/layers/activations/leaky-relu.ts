import { leakyRelu } from '../../activations/index.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { checkNumber } from '../../../core/checks.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link LeakyReLU}. */
export interface LeakyReLULayerOptions extends LayerOptions {
  /** The slope where x ≤ 0. @default 0.3 */
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

  /** The slope where x ≤ 0. */
  readonly negativeSlope: number;

  constructor(options: LeakyReLULayerOptions = {}) {
    super(options, ['negativeSlope']);
    this.negativeSlope = checkNumber(this.who, 'negativeSlope', options.negativeSlope ?? 0.3);
    if (this.negativeSlope < 0) {
      throw new ValueError(
        `[${this.who}] negativeSlope must not be negative. Received: negativeSlope=${this.negativeSlope}.`,
      );
    }
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value): Value {
    return leakyRelu(inputs, { negativeSlope: this.negativeSlope });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), negative_slope: this.negativeSlope };
  }
}
