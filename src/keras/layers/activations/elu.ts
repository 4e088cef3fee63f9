import { elu } from '../../activations/index.ts';
import type { Config } from '../../../core/config.ts';
import { checkNumber } from '../../../core/checks.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link ELU}. */
export interface ELULayerOptions extends LayerOptions {
  /** How far down it goes. @default 1 */
  alpha?: number | undefined;
}

/**
 * The exponential linear unit as a layer.
 *
 * f(x) = x for x > 0; alpha · (eˣ − 1) otherwise
 *
 * Shapes: any → the same.
 * @example
 * await new ELU().apply([-1, 0, 2]);    // [-0.632121, 0, 2]
 * @see https://arxiv.org/abs/1511.07289
 */
export class ELU extends Layer {
  static override readonly className: string = 'ELU';

  /** How far down it goes. */
  readonly alpha: number;

  constructor(options: ELULayerOptions = {}) {
    super(options, ['alpha']);
    this.alpha = checkNumber(this.who, 'alpha', options.alpha ?? 1);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value): Value {
    return elu(inputs, { alpha: this.alpha });
  }

  override getConfig(): Config {
    const { name = this.name, ...config } = super.getConfig();
    // Where Keras has it, which gathers the config of this layer from its arguments.
    return { name, alpha: this.alpha, ...config };
  }
}
