import type { Value } from '../../../../compiler/ir/value.ts';
import type { FillMode } from '../../../ops/image/sampling.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type BoundingBoxes, convertFormat, clipToImageSize, sidesOf, boxesOf } from './bounding-boxes/formats.ts';
import { type Factor, type Interval, seed, strictFactor, interpolation, fillMode } from './fields.ts';
import { affineRows } from './pixels.ts';

/** Options of {@link RandomShear}. */
export interface RandomShearOptions extends RandomImageOptions {
  /** The largest shear along the width, or the smallest and the largest. @default 0 */
  xFactor?: Factor | undefined;
  /** The largest shear along the height, or the smallest and the largest. @default 0 */
  yFactor?: Factor | undefined;
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: TransformInterpolation | undefined;
  /** The continuation of the images beyond their edges, as for `ops.image.mapCoordinates`. @default 'reflect' */
  fillMode?: FillMode | undefined;
  /** The value beyond the edges, for the fill mode `constant`. @default 0 */
  fillValue?: number | undefined;
}
/** The shear of each image along the width and along the height, `[batch, 2]`. */
export interface ShearTransformation {
  readonly shearFactor: Value;
}

/**
 * Shears images by random degrees in training: the pixel at (x, y) is taken from (x + a · y, y + b · x), a and b uniform in
 * the factors, with either sign.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through. Bounding boxes follow Keras's rule for relative coordinates, within the image; the labels of those that are empty
 * then become −1.
 * @throws ValueError for a factor beyond [0, 1], or images of another rank; NotImplementedError for another interpolation or
 * fill mode.
 * @example
 * await new RandomShear(0, 0).apply([[[1], [2]]]);    // [[[1], [2]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_shear/
 */
export class RandomShear extends BaseImagePreprocessingLayer<ShearTransformation> {
  static override readonly className: string = 'RandomShear';
  static override readonly positional = [
    'xFactor',
    'yFactor',
    'interpolation',
    'fillMode',
    'fillValue',
    'dataFormat',
    'seed',
  ] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    xFactor: strictFactor([0, 1], false, 0),
    yFactor: strictFactor([0, 1], false, 0),
    fillMode,
    interpolation,
    seed,
    fillValue: number(0),
  };

  /** The smallest and the largest shear along the width. */
  declare readonly xFactor: Interval;
  /** The smallest and the largest shear along the height. */
  declare readonly yFactor: Interval;
  /** The continuation of the images beyond their edges. */
  declare readonly fillMode: FillMode;
  /** The method of interpolation. */
  declare readonly interpolation: TransformInterpolation;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;
  /** The value beyond the edges, for `constant`. */
  declare readonly fillValue: number;

  constructor(...args: Arguments<RandomShearOptions, typeof RandomShear.positional>);
  constructor(options?: RandomShearOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): ShearTransformation {
    const each = [shape[0] ?? null, 1];
    const sign = ops.where(ops.greater(this.uniform(each), 0.5), -1, 1);
    const drawn = [this.uniform(each, ...this.xFactor), this.uniform(each, ...this.yFactor)];
    return { shearFactor: ops.multiply(ops.concatenate(drawn, { axis: 1 }), sign) };
  }

  override transformImages(images: Value, transformation: ShearTransformation): Value {
    return this.#move(images, this.#matrix(transformation), this.interpolation);
  }

  override transformSegmentationMasks(masks: Value, transformation: ShearTransformation): Value {
    const images = ops.cast(masks, this.dtype);
    return this.#move(images, this.#matrix(transformation), 'nearest');
  }

  override transformBoundingBoxes(
    given: BoundingBoxes,
    { shearFactor }: ShearTransformation,
    images: Value,
  ): BoundingBoxes {
    const extent = this.sizesOf(images);
    const format = this.boundingBoxFormat ?? 'xyxy';
    const [x1, y1, x2, y2] = sidesOf(convertFormat(given.boxes, format, 'rel_xyxy', extent));
    const [a = x1, b = x1] = ops.split(ops.expandDims(shearFactor, 1), 2, { axis: -1 });
    const sheared = (place: Value, degree: Value, other: Value): Value =>
      ops.subtract(place, ops.multiply(degree, other));
    const isLeft = ops.less(a, 0);
    const left = ops.where(isLeft, sheared(x1, a, y1), sheared(x1, a, y2));
    const right = ops.where(isLeft, sheared(x2, a, y2), sheared(x2, a, y1));
    const isDown = ops.greater(b, 0);
    const top = ops.where(isDown, sheared(y1, b, right), sheared(y1, b, left));
    const bottom = ops.where(isDown, sheared(y2, b, left), sheared(y2, b, right));
    const unit = { height: 1, width: 1 };
    const { boxes, labels } = clipToImageSize(
      { boxes: boxesOf([left, top, right, bottom]), labels: given.labels },
      unit,
    );
    return { boxes: convertFormat(boxes, 'rel_xyxy', format, extent), labels };
  }

  #matrix({ shearFactor }: ShearTransformation): Value {
    const [a = shearFactor, b = shearFactor] = ops.split(shearFactor, 2, { axis: 1 });
    return affineRows(a, [1, a, 0, b, 1, 0, 0, 0]);
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
