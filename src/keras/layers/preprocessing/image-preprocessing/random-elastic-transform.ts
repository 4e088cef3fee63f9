import { shiftPixels, smoothShifts } from '../../../ops/image/elastic-transform.ts';
import { onBatch } from '../../../ops/image/images.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import { EPSILON } from '../../../../core/epsilon.ts';
import { NotImplementedError } from '../../../../core/errors.ts';
import type { FillMode } from '../../../ops/image/sampling.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange, interpolation, anyFillMode } from './fields.ts';
import { clipTo } from './pixels.ts';

/** Options of {@link RandomElasticTransform}. */
export interface RandomElasticTransformOptions extends RandomImageOptions {
  /** The probability that an image is distorted, or two between which it is drawn. @default 1 */
  factor?: Factor | undefined;
  /** The largest strength of the distortion, or the two between which it is drawn. @default 1 */
  scale?: Factor | undefined;
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: TransformInterpolation | undefined;
  /** The continuation of the images beyond their edges, as for `ops.image.mapCoordinates`. @default 'reflect' */
  fillMode?: FillMode | undefined;
  /** The value beyond the edges, for the fill mode `constant`. @default 0 */
  fillValue?: number | undefined;
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}
/** Whether each image is distorted, `[batch, 1, 1, 1]`, and the shifts of its pixels, `[batch, height, width]`. */
export interface ElasticTransformation {
  readonly applyTransform: Value;
  readonly dx: Value;
  readonly dy: Value;
}

/**
 * Distorts images by random smooth shifts of their pixels with a probability, in training: `ops.image.elasticTransform` with
 * α = 0.1 · s · max(height, width) and σ = 0.05 · s · min(height, width), s uniform in `scale` for the whole batch.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor or scale beyond [0, 1], or images of another rank; NotImplementedError for another
 * interpolation or fill mode, and for bounding boxes.
 * @example
 * await new RandomElasticTransform(0).apply([[[9], [3]]]);    // [[[9], [3]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_elastic_transform/
 */
export class RandomElasticTransform extends BaseImagePreprocessingLayer<ElasticTransformation> {
  static override readonly className: string = 'RandomElasticTransform';
  static override readonly positional = [
    'factor',
    'scale',
    'interpolation',
    'fillMode',
    'fillValue',
    'valueRange',
    'seed',
    'dataFormat',
  ] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([0, 1], 1),
    scale: factor([0, 1], 1),
    interpolation,
    fillMode: anyFillMode,
    fillValue: number(0),
    valueRange,
    seed,
  };

  /** The probabilities between which that of an image is drawn. */
  declare readonly factor: Interval;
  /** The smallest and the largest strength. */
  declare readonly scale: Interval;
  /** The method of interpolation. */
  declare readonly interpolation: TransformInterpolation;
  /** The continuation of the images beyond their edges. */
  declare readonly fillMode: FillMode;
  /** The value beyond the edges, for `constant`. */
  declare readonly fillValue: number;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomElasticTransformOptions, typeof RandomElasticTransform.positional>);
  constructor(options?: RandomElasticTransformOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation(images: Value): ElasticTransformation {
    const { batch, height, width } = this.sizesOf(images);
    const strength = ops.maximum(this.uniform([], ...this.scale), EPSILON);
    const sigma = ops.multiply(strength, 0.05 * Math.min(height, width));
    // The window is that of the largest strength: weights beyond three standard deviations do not matter.
    const reach = Math.trunc(6 * this.scale[1] * 0.05 * Math.min(height, width)) | 1;
    const alpha = ops.multiply(strength, 0.1 * Math.max(height, width));
    const shifts = (): Value => smoothShifts(this.seeds, [batch, height, width], alpha, sigma, reach);
    return { applyTransform: this.happens(images, this.factor), dx: shifts(), dy: shifts() };
  }

  override transformImages(images: Value, transformation: ElasticTransformation): Value {
    return clipTo(this.#shift(images, transformation, this.interpolation), this.valueRange);
  }

  override transformSegmentationMasks(masks: Value, transformation: ElasticTransformation): Value {
    return this.#shift(masks, transformation, 'nearest');
  }

  override transformBoundingBoxes(): never {
    throw new NotImplementedError(`[${this.who}] bounding boxes cannot be distorted, as in Keras. Leave them out.`);
  }

  #shift(images: Value, { applyTransform, dx, dy }: ElasticTransformation, method: TransformInterpolation): Value {
    // While a model is described, the batch size may be unknown, and only the shape of the result matters.
    if (images.shape[0] === null) return images;
    const sampling = {
      order: method === 'nearest' ? 0 : 1,
      fillMode: this.fillMode,
      fillValue: this.fillValue,
    } as const;
    const moved = onBatch(images, this.dataFormat, (batch) => shiftPixels(batch, dy, dx, sampling));
    return ops.where(applyTransform, moved, images);
  }
}
