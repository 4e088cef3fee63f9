import { constant } from '../../../../compiler/graph/leaves.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import { checkNumber } from '../../../../core/checks.ts';
import { ValueError, show } from '../../../../core/errors.ts';
import { standardNormal } from '../../../ops/base/standard-normal.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, nullable, field, type Field } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';
import { clipTo, insideBoxes, randomBoxes } from './pixels.ts';

/** Options of {@link RandomErasing}. */
export interface RandomErasingOptions extends RandomImageOptions {
  /** The probability that an image is erased in part, or two between which it is drawn. @default 1 */
  factor?: Factor | undefined;
  /** The shares of the height and of the width, squared, between which those of a rectangle are drawn. @default [0.02, 0.33] */
  scale?: Factor | undefined;
  /** The color of the rectangle, one number or one for each of three channels. @default null, normally distributed noise with the standard deviation of the largest value */
  fillValue?: Factor | null | undefined;
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}
/** The pixels of the rectangles, whether each image is erased in part, `[batch, 1, 1, 1]`, and the color. */
export interface ErasingTransformation {
  readonly batchMasks: Value;
  readonly applyErasing: Value;
  readonly fillValue: Value;
}

const scale: Field<Interval> = { ...factor([0, 1]), byDefault: [0.02, 0.33] };

const fillValue: Field<Factor | null> = nullable(
  field<Factor>({
    read: (who, option, given) => {
      if (!Array.isArray(given)) return checkNumber(who, option, given);
      if (given.length === 3) return given.map((entry) => checkNumber(who, option, entry));
      throw new ValueError(
        `[${who}] ${option} must be a number, or a list of three. Received: ${option}=${show(given)}.`,
      );
    },
  }),
);

/**
 * Erases a random rectangle of an image with a probability, in training. The height and the width of the rectangle are
 * the roots of shares uniform in `scale`.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor or scale beyond [0, 1], a fill value that is not one or three numbers, or images of another rank.
 * @example
 * await new RandomErasing([1, 1], { scale: [1, 1], fillValue: 7 }).apply([[[9], [3]]]);    // [[[7], [7]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_erasing/
 */
export class RandomErasing extends BaseImagePreprocessingLayer<ErasingTransformation> {
  static override readonly className: string = 'RandomErasing';
  static override readonly positional = ['factor', 'scale', 'fillValue', 'valueRange', 'seed', 'dataFormat'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([0, 1], 1),
    scale,
    fillValue,
    valueRange,
    seed,
  };

  /** The probabilities between which that of an image is drawn. */
  declare readonly factor: Interval;
  /** The shares between which those of a rectangle are drawn. */
  declare readonly scale: Interval;
  /** The color of the rectangle; null for noise. */
  declare readonly fillValue: Factor | null;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomErasingOptions, typeof RandomErasing.positional>);
  constructor(options?: RandomErasingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation(images: Value): ErasingTransformation {
    const sizes = this.sizesOf(images);
    const each = [sizes.batch, 1, 1, 1];
    const share = (): Value => ops.sqrt(this.uniform(each, ...this.scale));
    const boxes = randomBoxes(sizes, { ofWidth: share(), ofHeight: share() }, () => this.uniform(each));
    return {
      batchMasks: insideBoxes(boxes, sizes, this.axes),
      applyErasing: this.happens(images, this.factor),
      fillValue: clipTo(this.#fill(images), this.valueRange),
    };
  }

  #fill(images: Value): Value {
    const { fillValue } = this;
    if (fillValue === null) {
      return ops.multiply(standardNormal(this.seeds, images.shape, images.dtype), this.valueRange[1]);
    }
    if (typeof fillValue === 'number') return constant(fillValue, images.dtype);
    const shape = images.shape.map((_, axis) => (axis === this.axes.channels ? 3 : 1));
    return ops.reshape(constant(fillValue, images.dtype), shape);
  }

  override transformImages(images: Value, { batchMasks, applyErasing, fillValue: fill }: ErasingTransformation): Value {
    return ops.where(ops.logicalAnd(batchMasks, applyErasing), fill, images);
  }
}
