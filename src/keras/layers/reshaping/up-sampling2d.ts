import type { Config } from '../../../core/config.ts';
import { NotImplementedError } from '../../../core/errors.ts';
import { checkChoice } from '../../../core/checks.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { interpolateAxis, repeatAxes } from '../../ops/resampling.ts';
import type { DataFormat } from '../../ops/windows.ts';
import { checkDataFormat, checkPerAxis } from '../base/arguments.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** What lies between the elements: 'nearest' repeats them, 'bilinear' draws straight lines. */
export type UpSamplingInterpolation = 'nearest' | 'bilinear';

/** Options of {@link UpSampling2D}. */
export interface UpSampling2DOptions extends LayerOptions {
  /** By how much each spatial axis grows. @default 2 */
  size?: number | readonly number[] | undefined;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** What lies between the elements: 'nearest' repeats them, 'bilinear' draws straight lines. @default 'nearest' */
  interpolation?: UpSamplingInterpolation | undefined;
}

const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const;

/**
 * An image made larger: its elements repeated, or straight lines between them.
 *
 * 'bilinear', on each axis: y[i] = (1 − t) · x[⌊s⌋] + t · x[⌈s⌉], s = (i + ½) / size − ½, t = s − ⌊s⌋
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height · size[0], width · size[1], channels]`, or with the
 * channels in front.
 * @throws ValueError if a size is not positive, NotImplementedError for Keras's other interpolations.
 * @example
 * await new UpSampling2D({ size: [1, 2] }).apply([[[[1], [2]]]]);    // [[[[1], [1], [2], [2]]]]
 * @see https://keras.io/api/layers/reshaping_layers/up_sampling2d/
 */
export class UpSampling2D extends Layer {
  static override readonly className: string = 'UpSampling2D';

  /** By how much each spatial axis grows. */
  readonly size: readonly number[];
  readonly dataFormat: DataFormat;
  readonly interpolation: UpSamplingInterpolation;

  constructor(options: UpSampling2DOptions = {}) {
    super(options, ['size', 'dataFormat', 'interpolation']);
    const { who } = this;
    this.size = checkPerAxis(who, 'size', options.size ?? 2, 2);
    this.dataFormat = checkDataFormat(who, options.dataFormat);
    const interpolation = checkChoice(who, 'interpolation', options.interpolation ?? 'nearest', INTERPOLATIONS);
    if (interpolation !== 'nearest' && interpolation !== 'bilinear') {
      throw new NotImplementedError(
        `[${who}] interpolation must be "nearest" or "bilinear": the others of Keras's are not supported. Received: interpolation="${interpolation}".`,
      );
    }
    this.interpolation = interpolation;
    this.inputSpec = { rank: 4 };
    this.built = true;
  }

  override call(inputs: Value): Value {
    const first = this.dataFormat === 'channels_last' ? 1 : 2;
    const [height = 1, width = 1] = this.size;
    if (this.interpolation === 'bilinear') {
      return interpolateAxis(interpolateAxis(inputs, height, first), width, first + 1);
    }
    return repeatAxes(
      inputs,
      new Map([
        [first, height],
        [first + 1, width],
      ]),
    );
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      size: this.size,
      data_format: this.dataFormat,
      interpolation: this.interpolation,
    };
  }
}
