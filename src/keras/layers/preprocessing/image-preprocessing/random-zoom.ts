import { ValueError, show } from '../../../../core/errors.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import type { FillMode } from '../../../ops/image/sampling.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Field, type Fields, nullable, number } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes } from './bounding-boxes/formats.ts';
import { type Factor, fillMode, givenFactor, interpolation, readStrictFactor, seed } from './fields.ts';
import { affineRows } from './pixels.ts';

/** Options of {@link RandomZoom}. */
export interface RandomZoomOptions extends RandomImageOptions {
  /** The largest change of the width, or the smallest and the largest. @default null, that of the height */
  widthFactor?: Factor | null | undefined;
  /** The continuation of the images beyond their edges, as for `ops.image.mapCoordinates`. @default 'reflect' */
  fillMode?: FillMode | undefined;
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: TransformInterpolation | undefined;
  /** The value beyond the edges, for the fill mode `constant`. @default 0 */
  fillValue?: number | undefined;
}
/** The shares of the height and of the width that are shown, `[batch, 1]`. */
export interface ZoomTransformation {
  readonly heightZoom: Value;
  readonly widthZoom: Value;
}

const inRange = givenFactor([-1, 1]);

const zoomFactor: Field<Factor> = {
  ...inRange,
  read: (who, option, given) => {
    const value = inRange.read(who, option, given);
    if (![value].flat().includes(-1)) return value;
    throw new ValueError(`[${who}] ${option} must be greater than -1. Received: ${option}=${show(given)}.`);
  },
};

/**
 * Zooms images about their center in training: a factor f of the height and of the width shows the share 1 + f of the image,
 * so that a negative one enlarges it.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through. Bounding boxes move with the images, within them; the labels of those that are empty then become −1.
 * @throws ValueError for a factor beyond (−1, 1], or images of another rank; NotImplementedError for another interpolation or
 * fill mode.
 * @example
 * const layer = new RandomZoom([-0.5, -0.5], { interpolation: 'nearest' });
 * await layer.apply([[[1], [2], [3]]]);    // [[[2], [2], [3]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/
 */
export class RandomZoom extends BaseImagePreprocessingLayer<ZoomTransformation> {
  static override readonly className: string = 'RandomZoom';
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
    heightFactor: zoomFactor,
    widthFactor: nullable(zoomFactor),
    fillMode,
    interpolation,
    seed,
    fillValue: number(0),
  };

  /** The largest change of the height, or the smallest and the largest. */
  declare readonly heightFactor: Factor;
  /** The largest change of the width, or two; null for that of the height. */
  declare readonly widthFactor: Factor | null;
  /** The continuation of the images beyond their edges. */
  declare readonly fillMode: FillMode;
  /** The method of interpolation. */
  declare readonly interpolation: TransformInterpolation;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;
  /** The value beyond the edges, for `constant`. */
  declare readonly fillValue: number;

  constructor(...args: Arguments<RandomZoomOptions & { heightFactor: Factor }, typeof RandomZoom.positional>);
  constructor(heightFactor: Factor, options?: RandomZoomOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): ZoomTransformation {
    const drawn = (option: 'heightFactor' | 'widthFactor', given: Factor): Value => {
      const [lower, upper] = readStrictFactor(this.who, option, given, [-1, 1], false);
      return this.uniform([shape[0] ?? null, 1], 1 + lower, 1 + upper);
    };
    const heightZoom = drawn('heightFactor', this.heightFactor);
    return { heightZoom, widthZoom: this.widthFactor === null ? heightZoom : drawn('widthFactor', this.widthFactor) };
  }

  override transformImages(images: Value, transformation: ZoomTransformation): Value {
    return this.#move(images, this.#matrix(images, transformation), this.interpolation);
  }

  override transformSegmentationMasks(masks: Value, transformation: ZoomTransformation): Value {
    const images = ops.cast(masks, this.dtype);
    return this.#move(images, this.#matrix(images, transformation), 'nearest');
  }

  override transformBoundingBoxes(
    given: BoundingBoxes,
    { heightZoom, widthZoom }: ZoomTransformation,
    images: Value,
  ): BoundingBoxes {
    const { height, width } = this.sizesOf(images);
    // Keras takes the last row and column, at size − 1, for the edge of the image, at size.
    const along = (place: Value, zoom: Value, size: number): Value => {
      const factors = ops.expandDims(zoom, 1);
      const start = ops.multiply(ops.subtract(1, factors), (size - 1) / 2);
      const span = ops.multiply(factors, size);
      return ops.divide(ops.multiply(ops.clip(ops.subtract(place, start), 0, span), size), span);
    };
    return this.moveBoxes(given, images, (x, y) => [along(x, widthZoom, width), along(y, heightZoom, height)]);
  }

  #matrix(images: Value, { heightZoom, widthZoom }: ZoomTransformation): Value {
    const { height, width } = this.sizesOf(images);
    const offset = (zoom: Value, size: number): Value => ops.multiply(ops.subtract(1, zoom), (size - 1) / 2);
    const columns = [widthZoom, 0, offset(widthZoom, width), 0, heightZoom, offset(heightZoom, height), 0, 0];
    return affineRows(widthZoom, columns);
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
