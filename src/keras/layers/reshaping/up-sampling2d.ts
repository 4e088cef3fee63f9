import type { Value } from '../../../compiler/ir/value.ts';
import { isFloat } from '../../../core/dtype.ts';
import { toFloat } from '../../../compiler/builder/operand.ts';
import * as ops from '../../ops/index.ts';
import { resizeAxis } from '../../ops/image/resize-axis.ts';
import { resize } from '../../ops/image/resize.ts';
import type { DataFormat } from '../../ops/index.ts';
import { repeatAxes } from '../../ops/numpy/axes.ts';
import { type Fields, anyCase } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { dataFormat, perAxis } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const;

/** The method of interpolation: 'nearest' repeats the elements, the others are those of `ops.image.resize`. */
export type UpSamplingInterpolation = (typeof INTERPOLATIONS)[number];

/** Options of {@link UpSampling2D}. */
export interface UpSampling2DOptions extends LayerOptions {
  /** The factor by which each spatial axis grows. @default 2 */
  size?: number | readonly number[] | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** 'nearest' repeats the elements, the others are those of `ops.image.resize`. @default 'nearest' */
  interpolation?: UpSamplingInterpolation | undefined;
}

/**
 * Enlarges an image: repeats its elements, or interpolates between them.
 *
 * 'bilinear', on each axis: y[i] = (1 − t) · x[⌊s⌋] + t · x[⌈s⌉], s = (i + ½) / size − ½, t = s − ⌊s⌋.
 * The others weigh more elements: 'bicubic' 4, 'lanczos3' 6 and 'lanczos5' 10 on each axis.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height · size[0], width · size[1], channels]`, or with the
 * channels in front.
 * @throws ValueError if a size is not positive.
 * @example
 * await new UpSampling2D({ size: [1, 2] }).apply([[[[1], [2]]]]);    // [[[[1], [1], [2], [2]]]]
 * @see https://keras.io/api/layers/reshaping_layers/up_sampling2d/
 */
export class UpSampling2D extends Layer {
  static override readonly className: string = 'UpSampling2D';
  static override readonly positional = ['size', 'dataFormat', 'interpolation'] as const;
  static override readonly fields: Fields = {
    size: perAxis(2, 2),
    dataFormat: dataFormat(),
    interpolation: anyCase(INTERPOLATIONS, 'nearest'),
  };

  override built = true;
  /** The factor by which each spatial axis grows. */
  declare readonly size: readonly number[];
  declare readonly dataFormat: DataFormat;
  declare readonly interpolation: UpSamplingInterpolation;

  constructor(...args: Arguments<UpSampling2DOptions, typeof UpSampling2D.positional>);
  constructor(options?: UpSampling2DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { ndim: 4 };
  }

  override get channelBehavior(): ChannelBehavior {
    return 'affine';
  }

  override call(inputs: Value): Value {
    const first = this.dataFormat === 'channels_last' ? 1 : 2;
    const [height = 1, width = 1] = this.size;
    if (this.interpolation === 'bilinear') {
      const resized = resizeAxis(resizeAxis(toFloat(inputs), height, first), width, first + 1);
      // As in Keras, integers stay integers: they are rounded to the nearest, halves to the even one.
      return ops.cast(isFloat(inputs.dtype) ? resized : ops.round(resized), inputs.dtype);
    }
    const [rows, columns] = [inputs.shape[first] ?? null, inputs.shape[first + 1] ?? null];
    // While a model is described, sizes may be unknown, and only the shape of the result matters.
    if (this.interpolation !== 'nearest' && rows !== null && columns !== null) {
      const size = [rows * height, columns * width];
      return resize(inputs, size, { interpolation: this.interpolation, dataFormat: this.dataFormat });
    }
    return repeatAxes(
      inputs,
      new Map([
        [first, height],
        [first + 1, width],
      ]),
    );
  }
}
