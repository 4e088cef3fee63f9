import type { Value } from '../../../../compiler/ir/value.ts';
import type { FillMode } from '../../../ops/image/sampling.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes } from './bounding-boxes/formats.ts';
import { type Factor, seed, givenFactor, readStrictFactor, interpolation, fillMode } from './fields.ts';
import { affineRows } from './pixels.ts';

/** Options of {@link RandomTranslation}. */
export interface RandomTranslationOptions extends RandomImageOptions {
  /** The continuation of the images beyond their edges, as for `ops.image.mapCoordinates`. @default 'reflect' */
  fillMode?: FillMode | undefined;
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: TransformInterpolation | undefined;
  /** The value beyond the edges, for the fill mode `constant`. @default 0 */
  fillValue?: number | undefined;
}
/** The shift of each image to the right and down, in pixels, `[batch, 2]`. */
export interface TranslationTransformation {
  readonly translations: Value;
}

/**
 * Shifts images by random distances in training: shares of the height and of the width uniform in the factors.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through. Bounding boxes move with the images, within them; the labels of those that are empty then become −1.
 * @throws ValueError for a factor beyond [−1, 1], or images of another rank; NotImplementedError for another interpolation or
 * fill mode.
 * @example
 * const layer = new RandomTranslation(0, [0.5, 0.5], { fillMode: 'constant' });
 * await layer.apply([[[1], [2]]]);    // [[[0], [1]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/
 */
export class RandomTranslation extends BaseImagePreprocessingLayer<TranslationTransformation> {
  static override readonly className: string = 'RandomTranslation';
  static override readonly positional = [
    'heightFactor',
    'widthFactor',
    'fillMode',
    'interpolation',
    'seed',
    'fillValue',
    'dataFormat',
  ] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    heightFactor: givenFactor([-1, 1]),
    widthFactor: givenFactor([-1, 1]),
    fillMode,
    interpolation,
    seed,
    fillValue: number(0),
  };

  /** The largest shift down as a share of the height, or the smallest and the largest. */
  declare readonly heightFactor: Factor;
  /** The largest shift to the right as a share of the width, or the smallest and the largest. */
  declare readonly widthFactor: Factor;
  /** The continuation of the images beyond their edges. */
  declare readonly fillMode: FillMode;
  /** The method of interpolation. */
  declare readonly interpolation: TransformInterpolation;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;
  /** The value beyond the edges, for `constant`. */
  declare readonly fillValue: number;

  constructor(
    ...args: Arguments<
      RandomTranslationOptions & { heightFactor: Factor; widthFactor: Factor },
      typeof RandomTranslation.positional
    >
  );
  constructor(heightFactor: Factor, widthFactor: Factor, options?: RandomTranslationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation(images: Value): TranslationTransformation {
    const { batch, height, width } = this.sizesOf(images);
    const drawn = (option: 'heightFactor' | 'widthFactor', size: number): Value => {
      const [lower, upper] = readStrictFactor(this.who, option, this[option], [-1, 1], false);
      return ops.multiply(this.uniform([batch, 1], lower, upper), size);
    };
    return { translations: ops.concatenate([drawn('widthFactor', width), drawn('heightFactor', height)], { axis: 1 }) };
  }

  override transformImages(images: Value, transformation: TranslationTransformation): Value {
    return this.#move(images, this.#matrix(transformation), this.interpolation);
  }

  override transformSegmentationMasks(masks: Value, transformation: TranslationTransformation): Value {
    const images = ops.cast(masks, this.dtype);
    return this.#move(images, this.#matrix(transformation), 'nearest');
  }

  override transformBoundingBoxes(
    given: BoundingBoxes,
    { translations }: TranslationTransformation,
    images: Value,
  ): BoundingBoxes {
    const [dx, dy] = ops.split(ops.expandDims(translations, 1), 2, { axis: -1 });
    return this.moveBoxes(given, images, (x, y) => [ops.add(x, dx ?? 0), ops.add(y, dy ?? 0)]);
  }

  #matrix({ translations }: TranslationTransformation): Value {
    const [dx = translations, dy = translations] = ops.split(ops.negative(translations), 2, { axis: 1 });
    return affineRows(dx, [1, 0, dx, 0, 1, dy, 0, 0]);
  }

  #move(images: Value, transform: Value, method: TransformInterpolation): Value {
    const { dataFormat, fillMode: mode, fillValue } = this;
    return ops.image.affineTransform(images, transform, {
      interpolation: method,
      fillMode: mode,
      fillValue,
      dataFormat,
    });
  }
}
