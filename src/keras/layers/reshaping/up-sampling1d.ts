import type { Value } from '../../../compiler/ir/value.ts';
import { repeat } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { positive } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link UpSampling1D}. */
export interface UpSampling1DOptions extends LayerOptions {
  /** The number of copies of each step. @default 2 */
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
  static override readonly positional = ['size'] as const;
  static override readonly fields: Fields = { size: positive(2) };

  override built = true;
  /** The number of copies of each step. */
  declare readonly size: number;

  constructor(...args: Arguments<UpSampling1DOptions, typeof UpSampling1D.positional>);
  constructor(options?: UpSampling1DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { ndim: 3 };
  }

  override get channelBehavior(): ChannelBehavior {
    return 'affine';
  }

  override call(inputs: Value): Value {
    return repeat(inputs, this.size, { axis: 1 });
  }
}
