import type { Value } from '../../../../compiler/ir/value.ts';
import { NotImplementedError } from '../../../../core/errors.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor } from './fields.ts';
import { insideBoxes, randomBoxes } from './pixels.ts';
import { randomOrder, beta } from './random-numbers.ts';

/** Options of {@link CutMix}. */
export interface CutMixOptions extends RandomImageOptions {
  /** The largest parameter of the distribution of the area, or the two between which it is drawn. @default 1 */
  factor?: Factor | undefined;
}
/** The other image of each image, the pixels that are replaced, and the share of the image that is kept, `[batch, 1, 1, 1]`. */
export interface CutMixTransformation {
  readonly permutationOrder: Value;
  readonly batchMasks: Value;
  readonly mixWeight: Value;
}

/**
 * Replaces a random rectangle of each image by that of another one of the batch, and blends their labels by the shares of the
 * area, in training. The share of the rectangle is 1 − w, w of the distribution Beta(α, α), α uniform in `factor`.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through. Labels are `[batch, classes]`. A single image passes through.
 * @throws ValueError for a factor beyond [0, 1], or images of another rank; NotImplementedError for bounding boxes.
 * @example
 * await new CutMix().apply([[[[1], [2]]]]);    // [[[[1], [2]]]]
 * @see Yun et al., 2019, CutMix: regularization strategy to train strong classifiers with localizable features
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/cut_mix/
 */
export class CutMix extends BaseImagePreprocessingLayer<CutMixTransformation> {
  static override readonly className: string = 'CutMix';
  static override readonly positional = ['factor', 'seed', 'dataFormat'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([0, 1], 1),
    seed,
  };

  /** The smallest and the largest parameter of the distribution of the area. */
  declare readonly factor: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<CutMixOptions, typeof CutMix.positional>);
  constructor(options?: CutMixOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation(images: Value): CutMixTransformation {
    const sizes = this.sizesOf(images);
    const each = [sizes.batch, 1, 1, 1];
    const alpha = ops.add(this.uniform([], ...this.factor), 1e-6);
    const share = ops.sqrt(ops.subtract(1, beta(this.seeds, each, alpha, images.dtype)));
    const boxes = randomBoxes(sizes, { ofWidth: share, ofHeight: share }, () => this.uniform(each));
    const { left, right, top, bottom } = boxes;
    const area = ops.multiply(ops.subtract(right, left), ops.subtract(bottom, top));
    return {
      permutationOrder: randomOrder(this.seeds, sizes.batch),
      batchMasks: insideBoxes(boxes, sizes, this.axes),
      mixWeight: ops.subtract(1, ops.divide(area, sizes.width * sizes.height)),
    };
  }

  override transformImages(images: Value, { permutationOrder, batchMasks }: CutMixTransformation): Value {
    return ops.where(batchMasks, ops.take(images, permutationOrder, { axis: 0 }), images);
  }

  override transformLabels(labels: Value, { permutationOrder, mixWeight }: CutMixTransformation): Value {
    const given = ops.cast(labels, this.dtype);
    const weight = ops.reshape(
      mixWeight,
      given.shape.map((_, axis) => (axis === 0 ? (mixWeight.shape[0] ?? null) : 1)),
    );
    const others = ops.take(given, permutationOrder, { axis: 0 });
    return ops.add(ops.multiply(weight, given), ops.multiply(ops.subtract(1, weight), others));
  }

  override transformSegmentationMasks(masks: Value, transformation: CutMixTransformation): Value {
    return this.transformImages(ops.cast(masks, this.dtype), transformation);
  }

  override transformBoundingBoxes(): never {
    throw new NotImplementedError(`[${this.who}] bounding boxes cannot be mixed, as in Keras. Leave them out.`);
  }
}
