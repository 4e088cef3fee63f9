import type { Config } from '../../../core/config.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { repeat } from '../../ops/resampling.ts';
import { checkPositive } from '../base/arguments.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link UpSampling1D}. */
export interface UpSampling1DOptions extends LayerOptions {
  /** How often each step is repeated. @default 2 */
  size?: number | undefined;
}

/**
 * A sequence with each step repeated.
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps · size, channels]`.
 * @throws ValueError if `size` is not positive.
 * @example
 * await new UpSampling1D().apply([[[1], [2]]]);    // [[[1], [1], [2], [2]]]
 * @see https://keras.io/api/layers/reshaping_layers/up_sampling1d/
 */
export class UpSampling1D extends Layer {
  static override readonly className: string = 'UpSampling1D';

  /** How often each step is repeated. */
  readonly size: number;

  constructor(options: UpSampling1DOptions = {}) {
    super(options, ['size']);
    this.size = checkPositive(this.who, 'size', options.size ?? 2);
    this.inputSpec = { rank: 3 };
    this.built = true;
  }

  override call(inputs: Value): Value {
    return repeat(inputs, this.size, 1);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), size: this.size };
  }
}
