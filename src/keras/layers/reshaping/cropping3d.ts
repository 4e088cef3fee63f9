import type { DataFormat } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { LayerOptions } from '../base/layer.ts';
import { dataFormat } from '../base/option-fields.ts';
import { BaseCropping } from './base-cropping.ts';
import { type EdgesLike, edges } from './edges.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Cropping3D}. */
export interface Cropping3DOptions extends LayerOptions {
  /** The number of elements to cut off: one number for all edges, or for each spatial axis one number or [start, end]. @default 1 */
  cropping?: EdgesLike | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/**
 * A volume without its edges.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, channels]`, or with the channels in front; depth′ is
 * depth − start − end.
 * @throws ValueError if `cropping` is not made of non-negative integers, or leaves no element.
 * @example
 * new Cropping3D().apply(Input({ shape: [4, 28, 28, 3] })).shape;    // [null, 2, 26, 26, 3]
 * @see https://keras.io/api/layers/reshaping_layers/cropping3d/
 */
export class Cropping3D extends BaseCropping {
  static override readonly className: string = 'Cropping3D';
  static override readonly positional = ['cropping', 'dataFormat'] as const;
  static override readonly fields: Fields = { cropping: edges(3, 1), dataFormat: dataFormat() };

  declare readonly dataFormat: DataFormat;

  constructor(...args: Arguments<Cropping3DOptions, typeof Cropping3D.positional>);
  constructor(options?: Cropping3DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
