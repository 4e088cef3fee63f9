import type { Value } from '../../../../compiler/ir/value.ts';
import { drawSeed } from '../../../../core/random.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { positive } from '../../base/option-fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type BoundingBoxes, convertFormat, sidesOf, boxesOf } from './bounding-boxes/formats.ts';
import { seed } from './fields.ts';

/** The first row and the first column of the part, the same for all images. */
export interface CropTransformation {
  readonly top: Value | number;
  readonly left: Value | number;
}

/**
 * Crops all images of a batch to a random part of the given size, in training. Images that are not larger than that, and all
 * images in inference, are cropped in the middle and resized.
 *
 * Shapes: images `[…, channels]` → `[height, width, channels]`, with a batch axis before, or channels first. Bounding boxes move with the images, and end at their left and upper edges.
 * @throws ValueError for a size that is not positive, or images of another rank.
 * @example
 * await new RandomCrop(1, 2).apply([[[1], [2]]]);    // [[[1], [2]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/
 */
export class RandomCrop extends BaseImagePreprocessingLayer<CropTransformation> {
  static override readonly className: string = 'RandomCrop';
  static override readonly positional = ['height', 'width', 'seed', 'dataFormat'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    height: positive(),
    width: positive(),
    // Keras draws a seed where there is none, and writes it.
    seed: { ...seed, read: (who, option, given) => seed.read(who, option, given) ?? drawSeed() % 2 ** 31 },
  };

  override supportsMasking = false;
  /** The height of the result. */
  declare readonly height: number;
  /** The width of the result. */
  declare readonly width: number;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number;

  constructor(...args: Arguments<RandomImageOptions & { height: number; width: number }, typeof RandomCrop.positional>);
  constructor(height: number, width: number, options?: RandomImageOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override get transformsInInference(): boolean {
    return true;
  }

  protected override get resultSizes(): ReadonlyMap<number, number> {
    return new Map([
      [this.axes.height, this.height],
      [this.axes.width, this.width],
    ]);
  }

  override getRandomTransformation(images: Value, training: boolean): CropTransformation {
    const given = this.sizesOf(images);
    const { height, width } = this;
    if (training && given.height > height && given.width > width) {
      const drawn = (count: number): Value => ops.cast(this.uniform([], 0, count), 'int32');
      return { top: drawn(given.height - height + 1), left: drawn(given.width - width + 1) };
    }
    const [rows, columns] = [(given.width * height) / width, (given.height * width) / height].map(Math.trunc);
    const start = (size: number, wanted = size): number => Math.floor((size - Math.max(Math.min(size, wanted), 1)) / 2);
    return { top: start(given.height, rows), left: start(given.width, columns) };
  }

  override transformImages(images: Value, { top, left }: CropTransformation): Value {
    const given = this.sizesOf(images);
    const { axes, height, width, dataFormat } = this;
    const part = (x: Value, axis: number, start: Value | number, size: number, all: number): Value => {
      const count = typeof start === 'number' ? Math.min(size, all - start) : size;
      return ops.take(x, ops.add(ops.arange(count), start), { axis });
    };
    const cropped = part(part(images, axes.height, top, height, given.height), axes.width, left, width, given.width);
    return ops.image.resize(cropped, [height, width], { dataFormat });
  }

  override transformSegmentationMasks(masks: Value, transformation: CropTransformation): Value {
    return this.transformImages(ops.cast(masks, this.dtype), transformation);
  }

  override transformBoundingBoxes(
    given: BoundingBoxes,
    { top, left }: CropTransformation,
    images: Value,
  ): BoundingBoxes {
    const format = this.boundingBoxFormat ?? 'xyxy';
    const [x1, y1, x2, y2] = sidesOf(convertFormat(given.boxes, format, 'xyxy', this.sizesOf(images)));
    const moved = (place: Value, start: Value | number): Value =>
      ops.maximum(ops.subtract(place, typeof start === 'number' ? start : ops.cast(start, place.dtype)), 0);
    const boxes = boxesOf([moved(x1, left), moved(y1, top), moved(x2, left), moved(y2, top)]);
    return { boxes: convertFormat(boxes, 'xyxy', format, this), labels: given.labels };
  }
}
