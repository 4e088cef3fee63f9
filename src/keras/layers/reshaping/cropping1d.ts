import type { Fields } from '../../saving/fields.ts';
import type { LayerOptions } from '../base/layer.ts';
import { BaseCropping } from './base-cropping.ts';
import { type EdgesLike, edges } from './edges.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Cropping1D}. */
export interface Cropping1DOptions extends LayerOptions {
  /** The number of elements to cut off: one number for both ends, or [start, end]. @default 1 */
  cropping?: EdgesLike | undefined;
}

/**
 * A sequence without its edges.
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, channels]`; steps′ is
 * steps − start − end.
 * @throws ValueError if `cropping` is not made of non-negative integers, or leaves no element.
 * @example
 * await new Cropping1D().apply([[[1], [2], [3]]]);    // [[[2]]]
 * @see https://keras.io/api/layers/reshaping_layers/cropping1d/
 */
export class Cropping1D extends BaseCropping {
  static override readonly className: string = 'Cropping1D';
  static override readonly positional = ['cropping'] as const;
  static override readonly fields: Fields = { cropping: edges(1, 1) };

  override readonly dataFormat = 'channels_last';

  constructor(...args: Arguments<Cropping1DOptions, typeof Cropping1D.positional>);
  constructor(options?: Cropping1DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
