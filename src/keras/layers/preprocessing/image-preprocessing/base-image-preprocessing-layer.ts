import { type DType, isFloat } from '../../../../core/dtype.ts';
import { isRecord } from '../../../../core/config.ts';
import { ValueError, show } from '../../../../core/errors.ts';
import { RandomStream, drawSeed } from '../../../../core/random.ts';
import { type Shape, showShape } from '../../../../core/shape.ts';
import type { Tree } from '../../../../core/tree.ts';
import { randomUniform } from '../../../../compiler/graph/leaves.ts';
import { type Value, isValue } from '../../../../compiler/ir/value.ts';
import { standIn, type ImageAxes, axesOf } from '../../../ops/image/images.ts';
import * as ops from '../../../ops/index.ts';
import type { DataFormat } from '../../../ops/index.ts';
import { type Fields, anyCase, nullable } from '../../../saving/fields.ts';
import type { CallContext } from '../../base/call-context.ts';
import type { InputShape } from '../../base/input-shape.ts';
import { Layer, type LayerOptions } from '../../base/layer.ts';
import { dataFormat } from '../../base/option-fields.ts';
import type { KerasCall } from '../../base/traits.ts';
import {
  BOUNDING_BOX_FORMATS,
  type BoundingBoxFormat,
  type BoundingBoxes,
  type ImageExtent,
  clipToImageSize,
  convertFormat,
  moveCorners,
} from './bounding-boxes/formats.ts';
import type { Interval } from './fields.ts';

/** Options of every layer that processes images. */
export interface ImagePreprocessingOptions extends LayerOptions {
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** The meaning of the four numbers of a bounding box; required for inputs with `bounding_boxes`. @default null */
  boundingBoxFormat?: BoundingBoxFormat | null | undefined;
}

/** Options of the layers that draw random numbers. */
export interface RandomImageOptions extends ImagePreprocessingOptions {
  /** A seed that makes the random numbers reproducible. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** The sizes of a batch of images. */
export interface BatchSizes {
  readonly batch: number | null;
  readonly height: number;
  readonly width: number;
  readonly channels: number | null;
}

/** The parts of an input that belong to the images, by Keras's keys. */
const PARTS = ['images', 'labels', 'bounding_boxes', 'segmentation_masks'] as const;

/** A value with a batch axis of size 1. */
const batched = (x: Value): Value => ops.expandDims(x, 0);
const unbatched = (x: Value): Value => ops.squeeze(x, { axis: 0 });

/**
 * The base of the layers that process images. A subclass draws the parameters of a transformation, if it is random, and
 * applies it to a batch of images and to what belongs to them.
 *
 * The input is one image or a batch, or a record of Keras's form: `images`, and where there are any `labels`,
 * `bounding_boxes` (a record of `boxes` `[batch, boxes, 4]` and `labels` `[batch, boxes]`) and `segmentation_masks`. As in
 * Keras, `training` is true unless the call or the model says otherwise, and images of integers become floats.
 */
export abstract class BaseImagePreprocessingLayer<Transformation> extends Layer {
  static override readonly kerasCall: KerasCall = { training: true };
  static override readonly fields: Fields = {
    dataFormat: dataFormat(),
    boundingBoxFormat: {
      ...nullable(anyCase(BOUNDING_BOX_FORMATS)),
      write: (value) => (value === null ? undefined : (value as string)),
    },
  };

  override built = true;
  override supportsMasking = true;
  /** The position of the channels. */
  declare readonly dataFormat: DataFormat;
  /** The meaning of the four numbers of a bounding box; null if there are none. */
  declare readonly boundingBoxFormat: BoundingBoxFormat | null;
  #seeds: RandomStream | null = null;

  /** Whether the layer transforms images in inference too. */
  protected get transformsInInference(): boolean {
    return false;
  }

  /** The seed of the random numbers; null for layers that draw none. */
  protected get givenSeed(): number | null {
    return 'seed' in this && typeof this.seed === 'number' ? this.seed : null;
  }

  /** The axes of a batch of images. */
  get axes(): ImageAxes {
    return axesOf(4, this.dataFormat);
  }

  /** The sizes of a batch of images, of which height and width must be known. */
  protected sizesOf({ shape }: Value): BatchSizes {
    const { height, width, channels } = this.axes;
    const [rows = null, columns = null] = [shape[height], shape[width]];
    if (rows !== null && columns !== null) {
      return { batch: shape[0] ?? null, height: rows, width: columns, channels: shape[channels] ?? null };
    }
    throw new ValueError(`[${this.who}] the height and the width must be known. Received: shape ${showShape(shape)}.`);
  }

  /** New random numbers in [low, high) at each run, of the layer's dtype. */
  protected uniform(shape: Shape, low = 0, high = 1): Value {
    const { dtype } = this;
    const drawn = randomUniform(this.seeds.nextInteger(), shape, isFloat(dtype) ? dtype : 'float32');
    return low === 0 && high === 1 ? drawn : ops.add(ops.multiply(drawn, high - low), low);
  }

  /** Whether something happens to each image, `[batch, 1, 1, 1]`, with a probability uniform in an interval. */
  protected happens({ shape }: Value, probability: Interval): Value {
    const each = [shape[0] ?? null, 1, 1, 1];
    return ops.less(this.uniform(each), this.uniform(each, ...probability));
  }

  /** Boxes in the layer's format, with their corners moved, within the image of another size if it is given. */
  protected moveBoxes(
    { boxes, labels }: BoundingBoxes,
    images: Value,
    move: (x: Value, y: Value) => readonly [x: Value, y: Value],
    target: ImageExtent = this.sizesOf(images),
  ): BoundingBoxes {
    const format = this.boundingBoxFormat ?? 'xyxy';
    const corners = convertFormat(boxes, format, 'xyxy', this.sizesOf(images));
    const moved = clipToImageSize({ boxes: moveCorners(corners, move), labels }, target);
    return { boxes: convertFormat(moved.boxes, 'xyxy', format, target), labels: moved.labels };
  }

  /** A seed for each place where random numbers are drawn. */
  protected get seeds(): RandomStream {
    this.#seeds ??= new RandomStream(this.givenSeed ?? drawSeed());
    return this.#seeds;
  }

  /** Draws the parameters of a transformation of a batch of images. */
  abstract getRandomTransformation(images: Value, training: boolean): Transformation;

  /** Transforms a batch of images of the layer's dtype. */
  abstract transformImages(images: Value, transformation: Transformation): Value;

  /** Transforms the labels of images, `[batch, …]`. */
  transformLabels(labels: Value, _transformation: Transformation): Value {
    return labels;
  }

  /** Transforms the bounding boxes of a batch of images. */
  transformBoundingBoxes(boxes: BoundingBoxes, _transformation: Transformation, _images: Value): BoundingBoxes {
    return boxes;
  }

  /** Transforms the segmentation masks of images, which have their form. */
  transformSegmentationMasks(masks: Value, _transformation: Transformation): Value {
    return masks;
  }

  override call(data: Tree<Value>, context: CallContext): Tree<Value> {
    if (isValue(data)) return this.#transform({ images: data }, context.training)['images'] ?? data;
    const images: unknown = isRecord(data) ? data['images'] : undefined;
    if (isValue(images)) return this.#transform(data as Readonly<Record<string, Tree<Value>>>, context.training);
    throw new ValueError(
      `[${this.who}] the input must be images, or a record with the entry images. Received: ${isRecord(data) ? `a record of ${show(Object.keys(data))}` : 'a list'}.`,
    );
  }

  #transform(data: Readonly<Record<string, Tree<Value>>>, training: boolean): Record<string, Tree<Value>> {
    const given = data['images'] as Value;
    if (given.rank !== 3 && given.rank !== 4) {
      throw new ValueError(
        `[${this.who}] the input must be one image, of rank 3, or a batch, of rank 4. Received: shape ${showShape(given.shape)}.`,
      );
    }
    const [toBatch, fromBatch] = given.rank === 4 ? [same, same] : [batched, unbatched];
    const images = toBatch(ops.cast(given, this.dtype));
    if (!training && !this.transformsInInference) return { ...data, images: fromBatch(images) };
    const { height, width } = this.axes;
    if (images.shape[height] === null || images.shape[width] === null) {
      return { ...data, images: fromBatch(this.standIn(images)) };
    }
    const transformation = this.getRandomTransformation(images, training);
    const result: Record<string, Tree<Value>> = { ...data };
    for (const part of PARTS) {
      const entry = data[part];
      if (entry === undefined) continue;
      result[part] =
        part === 'bounding_boxes'
          ? this.#transformBoxes(entry, transformation, images, toBatch, fromBatch)
          : fromBatch(this.#transformPart(part, toBatch(part === 'images' ? given : (entry as Value)), transformation));
    }
    return result;
  }

  #transformPart(part: Exclude<(typeof PARTS)[number], 'bounding_boxes'>, x: Value, drawn: Transformation): Value {
    if (part === 'labels') return this.transformLabels(x, drawn);
    if (part === 'segmentation_masks') return this.transformSegmentationMasks(x, drawn);
    return this.transformImages(this.castImages(x), drawn);
  }

  /** The images in the dtype of the computation. */
  protected castImages(images: Value): Value {
    return ops.cast(images, this.dtype);
  }

  /** The result for images of unknown size: while a model is described, only its shape matters. */
  protected standIn(images: Value): Value {
    return standIn(images, this.resultSizes);
  }

  /** The sizes of the axes that the layer changes. */
  protected get resultSizes(): ReadonlyMap<number, number> {
    return new Map();
  }

  #transformBoxes(
    entry: Tree<Value>,
    transformation: Transformation,
    images: Value,
    toBatch: (x: Value) => Value,
    fromBatch: (x: Value) => Value,
  ): Tree<Value> {
    if (this.boundingBoxFormat === null) {
      throw new ValueError(
        `[${this.who}] boundingBoxFormat must be given for inputs with bounding_boxes. Received: boundingBoxFormat=null. Name the format, such as "xyxy".`,
      );
    }
    const { boxes, labels, ...others } = isRecord(entry) ? (entry as Readonly<Record<string, unknown>>) : {};
    if (!isValue(boxes) || !isValue(labels) || boxes.shape.at(-1) !== 4 || Object.keys(others).length > 0) {
      throw new ValueError(
        `[${this.who}] bounding_boxes must be a record of boxes [batch, boxes, 4] and labels [batch, boxes]. Received: ${show(isRecord(entry) ? Object.keys(entry) : entry)}.`,
      );
    }
    const dtype: DType = isFloat(this.dtype) ? this.dtype : 'float32';
    const given = { boxes: toBatch(ops.cast(boxes, dtype)), labels: toBatch(labels) };
    const moved = this.transformBoundingBoxes(given, transformation, images);
    return { boxes: fromBatch(moved.boxes), labels: fromBatch(moved.labels) };
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    const shape = this.checkedShape(inputShape as Shape);
    if (shape.length !== 3 && shape.length !== 4) {
      throw new ValueError(
        `[${this.who}] the input must be one image, of rank 3, or a batch, of rank 4. Received: shape ${showShape(shape)}.`,
      );
    }
    const missing = 4 - shape.length;
    return shape.map((size, axis) => this.resultSizes.get(axis + missing) ?? size);
  }
}

const same = (x: Value): Value => x;
