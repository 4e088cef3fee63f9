import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { positive } from '../../base/option-fields.ts';
import { BaseImagePreprocessingLayer, type ImagePreprocessingOptions } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes } from './bounding-boxes/formats.ts';

/**
 * Crops images to the middle part of the given size, in training and in inference. Images that are smaller are cropped to the
 * ratio of the sizes and resized.
 *
 * Shapes: images `[…, channels]` → `[height, width, channels]`, with a batch axis before, or channels first. Bounding boxes move with the images, within them; the labels of those that are empty then become −1.
 * @throws ValueError for a size that is not positive, or images of another rank.
 * @example
 * await new CenterCrop(1, 2).apply([[[1], [2], [3], [4]]]);    // [[[2], [3]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/
 */
export class CenterCrop extends BaseImagePreprocessingLayer<null> {
  static override readonly className: string = 'CenterCrop';
  static override readonly positional = ['height', 'width', 'dataFormat'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    height: positive(),
    width: positive(),
  };

  override supportsMasking = false;
  /** The height of the result. */
  declare readonly height: number;
  /** The width of the result. */
  declare readonly width: number;

  constructor(
    ...args: Arguments<ImagePreprocessingOptions & { height: number; width: number }, typeof CenterCrop.positional>
  );
  constructor(height: number, width: number, options?: ImagePreprocessingOptions);
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

  override getRandomTransformation(): null {
    return null;
  }

  override transformImages(images: Value): Value {
    const { height, width, axes, dataFormat } = this;
    const { rows, columns, top, left, isPart } = this.#part(images);
    if (!isPart) return ops.image.resize(images, [height, width], { cropToAspectRatio: true, dataFormat });
    const starts = images.shape.map((_, axis) => (axis === axes.height ? top : axis === axes.width ? left : 0));
    const sizes = images.shape.map((_, axis) => (axis === axes.height ? rows : axis === axes.width ? columns : -1));
    return ops.slice(images, starts, sizes);
  }

  override transformSegmentationMasks(masks: Value): Value {
    return this.transformImages(ops.cast(masks, this.dtype));
  }

  /** The part of the images that is kept. */
  #part(images: Value): { rows: number; columns: number; top: number; left: number; isPart: boolean } {
    const { height, width } = this;
    const given = this.sizesOf(images);
    const isPart = given.height >= height && given.width >= width;
    const fit = (all: number, wanted: number): number => Math.max(Math.min(all, Math.trunc(wanted)), 1);
    const rows = isPart ? height : fit(given.height, (given.width * height) / width);
    const columns = isPart ? width : fit(given.width, (given.height * width) / height);
    const [top, left] = [Math.floor((given.height - rows) / 2), Math.floor((given.width - columns) / 2)];
    return { rows, columns, top, left, isPart };
  }

  override transformBoundingBoxes(given: BoundingBoxes, _: null, images: Value): BoundingBoxes {
    const { rows, columns, top, left } = this.#part(images);
    const along = (place: Value, start: number, size: number, target: number): Value =>
      ops.multiply(ops.subtract(ops.clip(place, start, start + size), start), target / size);
    return this.moveBoxes(
      given,
      images,
      (x, y) => [along(x, left, columns, this.width), along(y, top, rows, this.height)],
      this,
    );
  }
}
