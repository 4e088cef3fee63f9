import type { DataFormat } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { LayerOptions } from '../base/layer.ts';
import { dataFormat } from '../base/option-fields.ts';
import { BaseCropping } from './base-cropping.ts';
import { type EdgesLike, edges } from './edges.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Cropping2D}. */
export interface Cropping2DOptions extends LayerOptions {
  /** The number of elements to cut off: one number for all edges, or for each spatial axis one number or [start, end]. @default 0 */
  cropping?: EdgesLike | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/**
 * An image without its edges.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, channels]`, or with the channels in front; height′ is
 * height − start − end.
 * @throws ValueError if `cropping` is not made of non-negative integers, or leaves no element.
 * @example
 * new Cropping2D({ cropping: [2, [0, 4]] }).apply(Input({ shape: [28, 28, 3] })).shape;    // [null, 24, 24, 3]
 * @see https://keras.io/api/layers/reshaping_layers/cropping2d/
 */
export class Cropping2D extends BaseCropping {
  static override readonly className: string = 'Cropping2D';
  static override readonly positional = ['cropping', 'dataFormat'] as const;
  static override readonly fields: Fields = { cropping: edges(2, 0), dataFormat: dataFormat() };

  declare readonly dataFormat: DataFormat;

  constructor(...args: Arguments<Cropping2DOptions, typeof Cropping2D.positional>);
  constructor(options?: Cropping2DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
