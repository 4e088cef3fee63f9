import { isPlainRecord } from '../../../core/config.ts';
import { checkOptions } from '../../../core/checks.ts';
import { type DType, checkDType } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import {
  type BoundingBoxFormat,
  boxesOf,
  clipBoxes,
  labelsOfAreas,
  sidesOf,
} from '../../layers/preprocessing/image-preprocessing/bounding-boxes/formats.ts';
import * as ops from '../../ops/index.ts';
import { checkCorners, checkFormat, convertBoxes, readBoxes } from './checks.ts';

/** Boxes `[…, 4]`, and where there are any, labels `[…]`. */
export interface BoundingBoxRecord {
  readonly boxes: Operand;
  readonly labels?: Operand;
}

/** Options of `convertFormat`. */
export interface ConvertFormatOptions {
  /** The height of the images, which relative formats need. @default null */
  readonly height?: Operand | null | undefined;
  /** The width of the images, which relative formats need. @default null */
  readonly width?: Operand | null | undefined;
  /** The type of the result. @default 'float32' */
  readonly dtype?: DType | undefined;
}

/** Options of `crop`. */
export interface CornerOptions {
  /** The format of the boxes: corners alone. @default 'xyxy' */
  readonly boundingBoxFormat?: 'xyxy' | undefined;
}

/** Options of `pad`. */
export interface PadOptions extends CornerOptions {
  /** The height of the image; it does not change the result. @default null */
  readonly height?: number | null | undefined;
  /** The width of the image; it does not change the result. @default null */
  readonly width?: number | null | undefined;
}

/** Options of `clipToImageSize`. */
export interface ClipOptions {
  /** The height of the images; `xyxy` needs it. @default null */
  readonly height?: number | Value | null | undefined;
  /** The width of the images; `xyxy` needs it. @default null */
  readonly width?: number | Value | null | undefined;
  /** The format of the boxes. @default 'xyxy' */
  readonly boundingBoxFormat?: 'xyxy' | 'rel_xyxy' | undefined;
}

/**
 * Bounding boxes in another format: corners (`xyxy`, `yxyx`), a corner and the size (`xywh`), or the center and the size
 * (`center_xywh`, `center_yxhw`), in pixels, or with `rel_` relative to the size of the image. For a record with boxes and
 * labels, the record with other boxes.
 *
 * Shapes: boxes `[…, 4]`.
 *
 * @throws ValueError if a format is unknown, the last axis has not 4 entries, or a relative format lacks the size of the image.
 * @example
 * const { convertFormat } = utils.boundingBoxes;
 * await jit((boxes) => convertFormat(boxes, 'xyxy', 'xywh'))([[10, 20, 30, 60]]);    // [[10, 20, 20, 40]]
 * @see https://keras.io/api/utils/bounding_boxes/
 */
export function convertFormat(
  boxes: Operand,
  source: BoundingBoxFormat,
  target: BoundingBoxFormat,
  options?: ConvertFormatOptions,
): Value;
export function convertFormat<R extends BoundingBoxRecord>(
  boxes: R,
  source: BoundingBoxFormat,
  target: BoundingBoxFormat,
  options?: ConvertFormatOptions,
): Omit<R, 'boxes'> & { readonly boxes: Value };
export function convertFormat(
  given: Operand | BoundingBoxRecord,
  source: BoundingBoxFormat,
  target: BoundingBoxFormat,
  options: ConvertFormatOptions = {},
): Value | (BoundingBoxRecord & { readonly boxes: Value }) {
  const who = 'utils.boundingBoxes.convertFormat';
  checkOptions(who, options, ['height', 'width', 'dtype']);
  const { dtype = 'float32' } = options;
  const pair = [checkFormat(who, 'source', source), checkFormat(who, 'target', target)] as const;
  const convert = (boxes: Operand): Value =>
    convertBoxes(who, readBoxes(who, 'boxes', boxes, checkDType(dtype, who)), pair, options);
  if (!isPlainRecord(given)) return convert(given as Operand);
  const record = given as unknown as BoundingBoxRecord;
  return { ...record, boxes: convert(record.boxes) };
}

/**
 * Boxes restricted to the image; the labels of those whose area is 0 then become −1.
 *
 * Shapes: boxes `[…, 4]`, labels `[…]`.
 *
 * @throws ValueError for other formats than corners, and without the size of the image in pixels.
 * @example
 * const { clipToImageSize } = utils.boundingBoxes;
 * const clip = jit((boxes, labels) => clipToImageSize({ boxes, labels }, { height: 4, width: 8 }));
 * (await clip([[-1, 2, 3, 9], [8, 0, 9, 3]], [5, 6])).labels;    // [5, -1]
 * @see https://keras.io/api/utils/bounding_boxes/
 */
export function clipToImageSize<R extends BoundingBoxRecord>(
  boundingBoxes: R,
  options: ClipOptions = {},
): Omit<R, 'boxes' | 'labels'> & { readonly [Key in keyof R & ('boxes' | 'labels')]: Value } {
  const who = 'utils.boundingBoxes.clipToImageSize';
  checkOptions(who, options, ['height', 'width', 'boundingBoxFormat']);
  const given: unknown = boundingBoxes;
  if (!isPlainRecord(given) || given['boxes'] === undefined) {
    throw new TypeError(`[${who}] the argument must be a record with boxes. Received: ${show(given)}.`);
  }
  const { height = null, width = null, boundingBoxFormat: format = 'xyxy' } = options;
  if (format !== 'xyxy') {
    const other: unknown = format;
    if (other !== 'rel_xyxy') {
      throw new ValueError(
        `[${who}] boundingBoxFormat must be "xyxy" or "rel_xyxy". Received: boundingBoxFormat=${show(other)}. Convert the boxes: utils.boundingBoxes.convertFormat.`,
      );
    }
  } else if (height === null || width === null) {
    throw new ValueError(
      `[${who}] "xyxy" needs the height and the width of the images. Received: height=${show(height)}, width=${show(width)}.`,
    );
  }
  const extent = format === 'xyxy' ? { height: height ?? 1, width: width ?? 1 } : { height: 1, width: 1 };
  const boxes = clipBoxes(readBoxes(who, 'boxes', boundingBoxes.boxes), extent);
  const { labels } = boundingBoxes;
  const clipped =
    labels === undefined ? { boxes } : { boxes, labels: labelsOfAreas(boxes, ops.convertToTensor(labels)) };
  return { ...boundingBoxes, ...clipped } as ReturnType<typeof clipToImageSize<R>>;
}

/**
 * Boxes of corners in a region of the image, relative to its first corner and restricted to it.
 *
 * Shapes: boxes `[…, 4]`.
 *
 * @throws ValueError for other formats than corners.
 * @example
 * const { crop } = utils.boundingBoxes;
 * await jit((boxes) => crop(boxes, 10, 20, 40, 30))([[10, 20, 50, 60]]);    // [[0, 10, 30, 40]]
 * @see https://keras.io/api/utils/bounding_boxes/
 */
export function crop(
  boxes: Operand,
  top: number | Value,
  left: number | Value,
  height: number | Value,
  width: number | Value,
  options: CornerOptions = {},
): Value {
  const who = 'utils.boundingBoxes.crop';
  checkOptions(who, options, ['boundingBoxFormat']);
  checkCorners(who, options.boundingBoxFormat);
  const [x1, y1, x2, y2] = sidesOf(readBoxes(who, 'boxes', boxes));
  const moved = [ops.subtract(x1, left), ops.subtract(y1, top), ops.subtract(x2, left), ops.subtract(y2, top)];
  return clipBoxes(boxesOf(moved), { height, width });
}

/**
 * Boxes of corners after rows were added above the image, and columns to its left.
 *
 * Shapes: boxes `[…, 4]`.
 *
 * @throws ValueError for other formats than corners.
 * @example
 * const { pad } = utils.boundingBoxes;
 * await jit((boxes) => pad(boxes, 10, 20))([[1, 2, 3, 4]]);    // [[21, 12, 23, 14]]
 * @see https://keras.io/api/utils/bounding_boxes/
 */
export function pad(boxes: Operand, top: number | Value, left: number | Value, options: PadOptions = {}): Value {
  const who = 'utils.boundingBoxes.pad';
  checkOptions(who, options, ['height', 'width', 'boundingBoxFormat']);
  checkCorners(who, options.boundingBoxFormat);
  const [x1, y1, x2, y2] = sidesOf(readBoxes(who, 'boxes', boxes));
  return boxesOf([ops.add(x1, left), ops.add(y1, top), ops.add(x2, left), ops.add(y2, top)]);
}
