import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes } from './bounding-boxes/formats.ts';
import { seed } from './fields.ts';
import { randomOrder, beta } from './random-numbers.ts';

/** Options of {@link MixUp}. */
export interface MixUpOptions extends RandomImageOptions {
  /** The parameter of the distribution: the smaller, the less images are mixed. @default 0.2 */
  alpha?: number | undefined;
}
/** The other image of each image, and the weight of the image itself, `[batch]`. */
export interface MixUpTransformation {
  readonly permutationOrder: Value;
  readonly mixWeight: Value;
}

/**
 * Blends each image and its label with another one of the batch, in training:
 *
 * y = w · x + (1 − w) · x', w of the distribution Beta(α, α), x' in a random order
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through. Labels are `[batch, classes]`; the bounding boxes of both images are kept, one after the other.
 * @throws ValueError for an alpha that is not positive, or images of another rank.
 * @example
 * await new MixUp().apply([[[[1], [2]]]]);    // [[[[1], [2]]]]
 * @see Zhang et al., 2018, mixup: beyond empirical risk minimization
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/mix_up/
 */
export class MixUp extends BaseImagePreprocessingLayer<MixUpTransformation> {
  static override readonly className: string = 'MixUp';
  static override readonly positional = ['alpha', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    alpha: number(0.2, { above: 0 }),
    seed,
  };

  /** The parameter of the distribution. */
  declare readonly alpha: number;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<MixUpOptions, typeof MixUp.positional>);
  constructor(options?: MixUpOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape, dtype }: Value): MixUpTransformation {
    const batch = shape[0] ?? null;
    const permutationOrder = randomOrder(this.seeds, batch);
    return { permutationOrder, mixWeight: beta(this.seeds, [batch], this.alpha, dtype) };
  }

  override transformImages(images: Value, transformation: MixUpTransformation): Value {
    return this.#mix(images, transformation);
  }

  override transformLabels(labels: Value, transformation: MixUpTransformation): Value {
    return this.#mix(ops.cast(labels, this.dtype), transformation);
  }

  override transformSegmentationMasks(masks: Value, transformation: MixUpTransformation): Value {
    return this.#mix(ops.cast(masks, this.dtype), transformation);
  }

  #mix(x: Value, { permutationOrder, mixWeight }: MixUpTransformation): Value {
    const weight = ops.reshape(
      mixWeight,
      x.shape.map((_, axis) => (axis === 0 ? (mixWeight.shape[0] ?? null) : 1)),
    );
    const others = ops.take(x, permutationOrder, { axis: 0 });
    return ops.add(ops.multiply(weight, x), ops.multiply(ops.subtract(1, weight), others));
  }

  override transformBoundingBoxes(
    { boxes, labels }: BoundingBoxes,
    { permutationOrder }: MixUpTransformation,
  ): BoundingBoxes {
    const both = (x: Value): Value => ops.concatenate([x, ops.take(x, permutationOrder, { axis: 0 })], { axis: 1 });
    return { boxes: both(boxes), labels: both(labels) };
  }
}
