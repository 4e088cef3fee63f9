import { constant } from '../../../../compiler/graph/leaves.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import { homography } from '../../../ops/image/homography.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes } from './bounding-boxes/formats.ts';
import { type Factor, type Interval, seed, factor, interpolation } from './fields.ts';

/** Options of {@link RandomPerspective}. */
export interface RandomPerspectiveOptions extends RandomImageOptions {
  /** The probability that an image is transformed, or two between which it is drawn. @default 1 */
  factor?: Factor | undefined;
  /** The strength: the largest move of a corner is half of it. @default 1 */
  scale?: number | undefined;
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: TransformInterpolation | undefined;
  /** The value beyond the edges of the images. @default 0 */
  fillValue?: number | undefined;
}
/** Whether each image is transformed, `[batch, 1, 1, 1]`, and the four points and those they move to, `[batch, 4, 2]`. */
export interface PerspectiveTransformation {
  readonly applyPerspective: Value;
  readonly startPoints: Value;
  readonly endPoints: Value;
}

/**
 * Views images in a random perspective with a probability, in training: each corner of the image moves by up to half of
 * `scale`, relative to its coordinates.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through. Bounding boxes become the smallest boxes around what they were, within the image; the labels of those that are empty then become −1.
 * @throws ValueError for a factor or scale beyond [0, 1], or images of another rank; NotImplementedError for another
 * interpolation.
 * @example
 * await new RandomPerspective(1, { scale: 0 }).apply([[[1], [2]], [[3], [4]]]);    // [[[1], [2]], [[3], [4]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_perspective/
 */
export class RandomPerspective extends BaseImagePreprocessingLayer<PerspectiveTransformation> {
  static override readonly className: string = 'RandomPerspective';
  static override readonly positional = [
    'factor',
    'scale',
    'interpolation',
    'fillValue',
    'seed',
    'dataFormat',
  ] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([0, 1], 1),
    scale: number(1, { min: 0, max: 1 }),
    interpolation,
    fillValue: number(0),
    seed,
  };

  /** The probabilities between which that of an image is drawn. */
  declare readonly factor: Interval;
  /** The strength: the largest move of a corner is half of it. */
  declare readonly scale: number;
  /** The method of interpolation. */
  declare readonly interpolation: TransformInterpolation;
  /** The value beyond the edges of the images. */
  declare readonly fillValue: number;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomPerspectiveOptions, typeof RandomPerspective.positional>);
  constructor(options?: RandomPerspectiveOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation(images: Value): PerspectiveTransformation {
    const { batch, height, width } = this.sizesOf(images);
    const [x, y] = [width - 1, height - 1];
    const moves = this.uniform([batch, 4, 2], -0.5 * this.scale, 0.5 * this.scale);
    const corners = constant(
      [
        [
          [0, 0],
          [x, 0],
          [0, y],
          [x, y],
        ],
      ],
      moves.dtype,
    );
    const startPoints = ops.add(ops.zerosLike(moves), corners);
    return {
      applyPerspective: this.happens(images, this.factor),
      startPoints,
      endPoints: ops.add(startPoints, ops.multiply(startPoints, moves)),
    };
  }

  override transformImages(images: Value, transformation: PerspectiveTransformation): Value {
    return this.#view(images, transformation, this.interpolation);
  }

  override transformSegmentationMasks(masks: Value, transformation: PerspectiveTransformation): Value {
    return this.#view(ops.cast(masks, this.dtype), transformation, 'nearest');
  }

  #view(
    images: Value,
    { applyPerspective, startPoints, endPoints }: PerspectiveTransformation,
    method: TransformInterpolation,
  ): Value {
    const { fillValue, dataFormat } = this;
    const options = { interpolation: method, fillValue, dataFormat };
    const viewed = ops.image.perspectiveTransform(images, startPoints, endPoints, options);
    return ops.where(applyPerspective, viewed, images);
  }

  override transformBoundingBoxes(
    given: BoundingBoxes,
    { applyPerspective, startPoints, endPoints }: PerspectiveTransformation,
    images: Value,
  ): BoundingBoxes {
    // The inverse of the map of the images takes the start points to the end points.
    const map = ops.expandDims(ops.cast(homography(endPoints, startPoints), given.boxes.dtype), 1);
    const [a0 = map, a1 = map, a2 = map, b0 = map, b1 = map, b2 = map, c0 = map, c1 = map] = ops.split(map, 8, {
      axis: -1,
    });
    const applies = ops.squeeze(applyPerspective, { axis: -1 });
    const linear = (a: Value, x: Value, b: Value, y: Value, c: Value | number): Value =>
      ops.add(ops.add(ops.multiply(a, x), ops.multiply(b, y)), c);
    return this.moveBoxes(given, images, (x, y) => {
      const depth = linear(c0, x, c1, y, 1);
      const moved = [ops.divide(linear(a0, x, a1, y, a2), depth), ops.divide(linear(b0, x, b1, y, b2), depth)] as const;
      return [ops.where(applies, moved[0], x), ops.where(applies, moved[1], y)];
    });
  }
}
