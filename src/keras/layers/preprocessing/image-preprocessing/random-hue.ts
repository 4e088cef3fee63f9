import type { FactorTransformation } from './pixels.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';
import { clipTo, rescale } from './pixels.ts';

/** Options of {@link RandomHue}. */
export interface RandomHueOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}

/**
 * Turns the hue of images by a random angle in training.
 *
 * hue' = hue ± f / 2 modulo 1, f uniform in `factor`, with either sign
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [0, 1], or images without three channels.
 * @example
 * const layer = new RandomHue([1, 1], { valueRange: [0, 1] });
 * await layer.apply([[[1, 0, 0]]]);    // [[[0, 1, 1]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_hue/
 */
export class RandomHue extends BaseImagePreprocessingLayer<FactorTransformation> {
  static override readonly className: string = 'RandomHue';
  static override readonly positional = ['factor', 'valueRange', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([0, 1]),
    valueRange,
    seed,
  };

  /** The smallest and the largest change: 1 is half a turn. */
  declare readonly factor: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomHueOptions & { factor: Factor }, typeof RandomHue.positional>);
  constructor(factor: Factor, options?: RandomHueOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): FactorTransformation {
    const each = [shape[0] ?? null, 1, 1, 1];
    const sign = ops.where(ops.greater(this.uniform(each), 0.5), -0.5, 0.5);
    return { factor: ops.multiply(this.uniform(each, ...this.factor), sign) };
  }

  override transformImages(images: Value, { factor: turn }: FactorTransformation): Value {
    const { dataFormat } = this;
    const axis = this.axes.channels;
    const unit = rescale(images, this.valueRange, [0, 1]);
    const [hue, saturation, value] = ops.split(ops.image.rgbToHsv(unit, { dataFormat }), 3, { axis });
    const turned = ops.add(hue ?? unit, turn);
    const below = ops.where(ops.greater(turned, 1), ops.subtract(turned, 1), turned);
    const wrapped = ops.where(ops.less(below, 0), ops.add(below, 1), below);
    const hsv = ops.concatenate([wrapped, saturation ?? unit, value ?? unit], { axis });
    return rescale(clipTo(ops.image.hsvToRgb(hsv, { dataFormat }), [0, 1]), [0, 1], this.valueRange);
  }
}
