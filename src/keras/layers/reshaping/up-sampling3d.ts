import type { Value } from '../../../compiler/ir/value.ts';
import type { DataFormat } from '../../ops/index.ts';
import { repeatAxes } from '../../ops/numpy/axes.ts';
import type { Fields } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { dataFormat, perAxis } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link UpSampling3D}. */
export interface UpSampling3DOptions extends LayerOptions {
  /** The number of copies of each element along each spatial axis. @default 2 */
  size?: number | readonly number[] | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/**
 * A volume with its elements repeated along each spatial axis.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth · size[0], height · size[1], width · size[2],
 * channels]`, or with the channels in front.
 * @throws ValueError if a size is not positive.
 * @example
 * new UpSampling3D().apply(Input({ shape: [4, 8, 8, 3] })).shape;    // [null, 8, 16, 16, 3]
 * @see https://keras.io/api/layers/reshaping_layers/up_sampling3d/
 */
export class UpSampling3D extends Layer {
  static override readonly className: string = 'UpSampling3D';
  static override readonly positional = ['size', 'dataFormat'] as const;
  static override readonly fields: Fields = { size: perAxis(3, 2), dataFormat: dataFormat() };

  override built = true;
  /** The number of copies of each element along each spatial axis. */
  declare readonly size: readonly number[];
  declare readonly dataFormat: DataFormat;

  constructor(...args: Arguments<UpSampling3DOptions, typeof UpSampling3D.positional>);
  constructor(options?: UpSampling3DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { ndim: 5 };
  }

  override get channelBehavior(): ChannelBehavior {
    return 'affine';
  }

  override call(inputs: Value): Value {
    const first = this.dataFormat === 'channels_last' ? 1 : 2;
    return repeatAxes(inputs, new Map(this.size.map((factor, i) => [i + first, factor])));
  }
}
