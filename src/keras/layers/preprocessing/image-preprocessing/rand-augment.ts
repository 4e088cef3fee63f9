import { type Augmentation, COLORS, GEOMETRY, TONES, makeAugmentations } from './augmentations.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, integer } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes } from './bounding-boxes/formats.ts';
import { type Factor, type Interval, seed, factor, valueRange, interpolation } from './fields.ts';

/** Options of {@link RandAugment}. */
export interface RandAugmentOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
  /** The number of operations. @default 2 */
  numOps?: number | undefined;
  /** The strength of the operations. @default 0.5 */
  factor?: Factor | undefined;
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: TransformInterpolation | undefined;
}
/** The index of the operation of each step, `[numOps]`, and the transformation of each operation. */
export interface RandAugmentTransformation {
  readonly layerIdxes: Value;
  readonly transforms: readonly unknown[];
}

/**
 * Applies operations chosen at random, one after the other, to all images of a batch, in training. The operations are
 * RandomShear, RandomTranslation, RandomRotation, RandomBrightness, RandomColorDegeneration, RandomContrast, RandomSharpness,
 * RandomPosterization, Solarization, AutoContrast and Equalization.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [0, 1], or images of another rank.
 * @example
 * await new RandAugment({ numOps: 0 }).apply([[[1, 2, 3]]]);    // [[[1, 2, 3]]]
 * @see Cubuk et al., 2020, RandAugment: practical automated data augmentation with a reduced search space
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/rand_augment/
 */
export class RandAugment extends BaseImagePreprocessingLayer<RandAugmentTransformation> {
  static override readonly className: string = 'RandAugment';
  static override readonly positional = [
    'valueRange',
    'numOps',
    'factor',
    'interpolation',
    'seed',
    'dataFormat',
  ] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    valueRange,
    numOps: integer(2, 0),
    factor: factor([0, 1], 0.5),
    interpolation,
    seed,
  };

  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The number of operations. */
  declare readonly numOps: number;
  /** The strength of the operations. */
  declare readonly factor: Interval;
  /** The method of interpolation. */
  declare readonly interpolation: TransformInterpolation;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandAugmentOptions, typeof RandAugment.positional>);
  constructor(options?: RandAugmentOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#layers = makeAugmentations([...GEOMETRY, ...COLORS, ...TONES], this, () => this.seeds.nextInteger());
  }

  readonly #layers: readonly Augmentation[];

  override getRandomTransformation(images: Value): RandAugmentTransformation {
    const drawn = this.uniform([this.numOps], 0, this.#layers.length);
    return {
      layerIdxes: ops.floor(drawn),
      transforms: this.#layers.map((layer) => layer.getRandomTransformation(images, true)),
    };
  }

  override transformImages(images: Value, transformation: RandAugmentTransformation): Value {
    return this.#choose(images, transformation, (layer, x, transform) => layer.transformImages(x, transform));
  }

  override transformSegmentationMasks(masks: Value, transformation: RandAugmentTransformation): Value {
    return this.#choose(ops.cast(masks, this.dtype), transformation, (layer, x, transform) =>
      layer.transformSegmentationMasks(x, transform),
    );
  }

  #choose(
    given: Value,
    { layerIdxes, transforms }: RandAugmentTransformation,
    apply: (layer: Augmentation, x: Value, transform: unknown) => Value,
  ): Value {
    let x = given;
    for (let step = 0; step < this.numOps; step++) {
      const chosen = ops.getItem(layerIdxes, step);
      const before = x;
      for (const [i, layer] of this.#layers.entries()) {
        x = ops.where(ops.equal(chosen, i), apply(layer, before, transforms[i]), x);
      }
    }
    return x;
  }

  override transformBoundingBoxes(
    given: BoundingBoxes,
    { layerIdxes, transforms }: RandAugmentTransformation,
    images: Value,
  ): BoundingBoxes {
    let { boxes, labels } = given;
    for (let step = 0; step < this.numOps; step++) {
      const chosen = ops.getItem(layerIdxes, step);
      const before = { boxes, labels };
      for (const [i, layer] of this.#layers.entries()) {
        const moved = layer.transformBoundingBoxes(before, transforms[i], images);
        const isChosen = ops.equal(chosen, i);
        boxes = ops.where(isChosen, moved.boxes, boxes);
        labels = ops.where(isChosen, moved.labels, labels);
      }
    }
    return { boxes, labels };
  }
}
