import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, strictFactor, valueRange } from './fields.ts';
import { clipTo, rescale } from './pixels.ts';

/** Options of {@link Solarization}. */
export interface SolarizationOptions extends RandomImageOptions {
  /** The largest share of the range of values that is added, or the two between which it is drawn. @default 0 */
  additionFactor?: Factor | undefined;
  /** The largest threshold as a share of the range of values, or two. @default 0 */
  thresholdFactor?: Factor | undefined;
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}
/** The number that is added to each image, and its threshold, `[batch, 1, 1, 1]`. */
export interface SolarizationTransformation {
  readonly additions: Value;
  readonly thresholds: Value;
}

/**
 * Adds a random number to the pixels of an image and inverts those that reach a random threshold, in training.
 *
 * z = clip(x + a), y = z if z < t, else 255 − z, for x in [0, 255], a and t uniform in the intervals
 * [lower, 255 · upper] of the factors
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for factors beyond [0, 1], or images of another rank.
 * @example
 * await new Solarization(0, 0).apply([[[0], [200]]]);    // [[[255], [55]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/solarization/
 */
export class Solarization extends BaseImagePreprocessingLayer<SolarizationTransformation> {
  static override readonly className: string = 'Solarization';
  static override readonly positional = ['additionFactor', 'thresholdFactor', 'valueRange', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    valueRange,
    additionFactor: strictFactor([0, 1], true, 0),
    thresholdFactor: strictFactor([0, 1], true, 0),
    seed,
  };

  /** The smallest and the largest share that is added. */
  declare readonly additionFactor: Interval;
  /** The smallest and the largest threshold. */
  declare readonly thresholdFactor: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<SolarizationOptions, typeof Solarization.positional>);
  constructor(options?: SolarizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): SolarizationTransformation {
    const drawn = ([lower, upper]: Interval): Value => this.uniform([shape[0] ?? null, 1, 1, 1], lower, upper * 255);
    return { additions: drawn(this.additionFactor), thresholds: drawn(this.thresholdFactor) };
  }

  override transformImages(images: Value, { additions, thresholds }: SolarizationTransformation): Value {
    const bytes = clipTo(ops.add(rescale(images, this.valueRange, [0, 255]), additions), [0, 255]);
    const solarized = ops.where(ops.less(bytes, thresholds), bytes, ops.subtract(255, bytes));
    return rescale(solarized, [0, 255], this.valueRange);
  }
}
