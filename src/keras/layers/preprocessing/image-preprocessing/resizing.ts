import type { Value } from '../../../../compiler/ir/value.ts';
import { type Interpolation, INTERPOLATIONS } from '../../../ops/image/resize.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number, boolean, choice } from '../../../saving/fields.ts';
import { positive } from '../../base/option-fields.ts';
import { BaseImagePreprocessingLayer, type ImagePreprocessingOptions } from './base-image-preprocessing-layer.ts';
import { type BoundingBoxes, convertFormat, clipToImageSize, sidesOf, boxesOf } from './bounding-boxes/formats.ts';

/** Options of {@link Resizing}. */
export interface ResizingOptions extends ImagePreprocessingOptions {
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: Interpolation | undefined;
  /** Whether to keep the ratio of height to width by cropping the images first. @default false */
  cropToAspectRatio?: boolean | undefined;
  /** Whether to keep the ratio of height to width by padding the images first. @default false */
  padToAspectRatio?: boolean | undefined;
  /** The method of padding, of which there is one. @default 'constant' */
  fillMode?: 'constant' | undefined;
  /** The number that pads. @default 0 */
  fillValue?: number | undefined;
  /** Whether to average the pixels that a smaller result would skip. @default false */
  antialias?: boolean | undefined;
}

/**
 * Resizes images, in training and in inference: `ops.image.resize`. Images of integers stay integers.
 *
 * Shapes: images `[…, channels]` → `[height, width, channels]`, with a batch axis before, or channels first. Segmentation masks are resized to the nearest pixel. Bounding boxes are scaled with the images; boxes of zeros, or of
 * −1, become zeros.
 * @throws ValueError for a size that is not positive, an unknown interpolation, or images of another rank.
 * @example
 * await new Resizing(1, 4).apply([[[0], [1]]]);    // [[[0], [0.25], [0.75], [1]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/
 */
export class Resizing extends BaseImagePreprocessingLayer<null> {
  static override readonly className: string = 'Resizing';
  static override readonly positional = [
    'height',
    'width',
    'interpolation',
    'cropToAspectRatio',
    'padToAspectRatio',
    'fillMode',
    'fillValue',
    'antialias',
    'dataFormat',
  ] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    height: positive(),
    width: positive(),
    interpolation: choice(INTERPOLATIONS, 'bilinear'),
    cropToAspectRatio: boolean(false),
    padToAspectRatio: boolean(false),
    fillMode: choice(['constant'], 'constant'),
    fillValue: number(0),
    antialias: boolean(false),
  };

  override supportsMasking = false;
  /** The height of the result. */
  declare readonly height: number;
  /** The width of the result. */
  declare readonly width: number;
  /** The method of interpolation. */
  declare readonly interpolation: Interpolation;
  /** Whether images are cropped to the ratio of the result. */
  declare readonly cropToAspectRatio: boolean;
  /** Whether images are padded to the ratio of the result. */
  declare readonly padToAspectRatio: boolean;
  /** The method of padding. */
  declare readonly fillMode: 'constant';
  /** The number that pads. */
  declare readonly fillValue: number;
  /** Whether pixels that a smaller result would skip are averaged. */
  declare readonly antialias: boolean;

  constructor(...args: Arguments<ResizingOptions & { height: number; width: number }, typeof Resizing.positional>);
  constructor(height: number, width: number, options?: ResizingOptions);
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

  protected override castImages(images: Value): Value {
    return images;
  }

  override getRandomTransformation(): null {
    return null;
  }

  override transformImages(images: Value): Value {
    return this.#resize(images, this.interpolation);
  }

  override transformSegmentationMasks(masks: Value): Value {
    return this.#resize(masks, 'nearest');
  }

  #resize(images: Value, method: Interpolation): Value {
    const { height, width, antialias, cropToAspectRatio, padToAspectRatio, fillValue, dataFormat } = this;
    const options = { antialias, cropToAspectRatio, padToAspectRatio, fillValue, dataFormat };
    return ops.image.resize(images, [height, width], { ...options, interpolation: method });
  }

  override transformBoundingBoxes(given: BoundingBoxes, _: null, images: Value): BoundingBoxes {
    const extent = this.sizesOf(images);
    const { height, width } = this;
    const ratios = [height / extent.height, width / extent.width];
    const ratio = this.padToAspectRatio ? Math.min(...ratios) : Math.max(...ratios);
    const keeps = this.padToAspectRatio || this.cropToAspectRatio;
    const [scaleY = 1, scaleX = 1] = keeps ? [ratio, ratio] : ratios;
    // The edge that is added before the image, negative where it is cropped.
    const shift = (size: number, scaled: number): number =>
      !keeps ? 0 : this.padToAspectRatio ? Math.floor((size - scaled) / 2) : -Math.floor((scaled - size) / 2);
    const [top, left] = [shift(height, extent.height * scaleY), shift(width, extent.width * scaleX)];
    const isNone = ops.logicalOr(
      ops.all(ops.equal(given.boxes, -1), { axis: -1, keepdims: true }),
      ops.all(ops.equal(given.boxes, 0), { axis: -1, keepdims: true }),
    );
    const format = this.boundingBoxFormat ?? 'xyxy';
    const [x1, y1, x2, y2] = sidesOf(convertFormat(given.boxes, format, 'xyxy', extent));
    const along = (place: Value, scale: number, edge: number): Value => ops.add(ops.multiply(place, scale), edge);
    const scaled = [along(x1, scaleX, left), along(y1, scaleY, top), along(x2, scaleX, left), along(y2, scaleY, top)];
    const { boxes, labels } = clipToImageSize({ boxes: boxesOf(scaled), labels: given.labels }, this);
    return { boxes: convertFormat(ops.where(isNone, 0, boxes), 'xyxy', format, this), labels };
  }
}
