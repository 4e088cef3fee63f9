import type { Value } from '../../../../compiler/ir/value.ts';
import type { FillMode } from '../../../ops/image/sampling.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes } from './bounding-boxes/formats.ts';
import { type Factor, type Interval, seed, factor, interpolation, fillMode } from './fields.ts';
import { affineRows } from './pixels.ts';

/** Options of {@link RandomRotation}. */
export interface RandomRotationOptions extends RandomImageOptions {
  /** The continuation of the images beyond their edges, as for `ops.image.mapCoordinates`. @default 'reflect' */
  fillMode?: FillMode | undefined;
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: TransformInterpolation | undefined;
  /** The value beyond the edges, for the fill mode `constant`. @default 0 */
  fillValue?: number | undefined;
}
/** The angle of each image, `[batch, 1]`, in degrees. */
export interface RotationTransformation {
  readonly angle: Value;
}

/**
 * Rotates images by a random angle about their center, in training: an angle uniform in `factor`, in turns.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through. Bounding boxes become the smallest boxes around what they were, within the image; the labels of those that are empty then become −1.
 * @throws ValueError for a factor beyond [−1, 1], or images of another rank; NotImplementedError for another interpolation or
 * fill mode.
 * @example
 * const layer = new RandomRotation([0.25, 0.25], { interpolation: 'nearest' });
 * await layer.apply([[[1], [2]], [[3], [4]]]);    // [[[2], [4]], [[1], [3]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/
 */
export class RandomRotation extends BaseImagePreprocessingLayer<RotationTransformation> {
  static override readonly className: string = 'RandomRotation';
  static override readonly positional = [
    'factor',
    'fillMode',
    'interpolation',
    'seed',
    'fillValue',
    'dataFormat',
  ] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([-1, 1]),
    fillMode,
    fillValue: number(0),
    interpolation,
    seed,
  };

  /** The smallest and the largest angle, in turns. */
  declare readonly factor: Interval;
  /** The continuation of the images beyond their edges. */
  declare readonly fillMode: FillMode;
  /** The value beyond the edges, for `constant`. */
  declare readonly fillValue: number;
  /** The method of interpolation. */
  declare readonly interpolation: TransformInterpolation;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomRotationOptions & { factor: Factor }, typeof RandomRotation.positional>);
  constructor(factor: Factor, options?: RandomRotationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): RotationTransformation {
    const [lower, upper] = this.factor;
    return { angle: this.uniform([shape[0] ?? null, 1], lower * 360, upper * 360) };
  }

  override transformImages(images: Value, transformation: RotationTransformation): Value {
    return this.#move(images, this.#matrix(images, transformation.angle), this.interpolation);
  }

  override transformSegmentationMasks(masks: Value, transformation: RotationTransformation): Value {
    const images = ops.cast(masks, this.dtype);
    return this.#move(images, this.#matrix(images, transformation.angle), 'nearest');
  }

  override transformBoundingBoxes(
    given: BoundingBoxes,
    { angle }: RotationTransformation,
    images: Value,
  ): BoundingBoxes {
    const { cos, sin, cx, cy } = this.#turn(images, ops.negative(ops.expandDims(angle, -1)));
    return this.moveBoxes(given, images, (x, y) => {
      const [dx, dy] = [ops.subtract(x, cx), ops.subtract(y, cy)];
      return [
        ops.add(cx, ops.subtract(ops.multiply(cos, dx), ops.multiply(sin, dy))),
        ops.add(cy, ops.add(ops.multiply(sin, dx), ops.multiply(cos, dy))),
      ];
    });
  }

  #turn(images: Value, angle: Value): { cos: Value; sin: Value; cx: number; cy: number } {
    const { height, width } = this.sizesOf(images);
    const radians = ops.multiply(angle, Math.PI / 180);
    return { cos: ops.cos(radians), sin: ops.sin(radians), cx: (width - 1) / 2, cy: (height - 1) / 2 };
  }

  /** The map from each pixel of the result to the place it is taken from. */
  #matrix(images: Value, angle: Value): Value {
    const { cos, sin, cx, cy } = this.#turn(images, angle);
    const dx = ops.add(ops.subtract(cx, ops.multiply(cos, cx)), ops.multiply(sin, cy));
    const dy = ops.subtract(ops.subtract(cy, ops.multiply(sin, cx)), ops.multiply(cos, cy));
    return affineRows(angle, [cos, ops.negative(sin), dx, sin, cos, dy, 0, 0]);
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
