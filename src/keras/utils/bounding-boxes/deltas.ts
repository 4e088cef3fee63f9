import { isPlainRecord } from '../../../core/config.ts';
import { checkChoice, checkOptions } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import {
  type BoundingBoxFormat,
  boxesOf,
  sidesOf,
} from '../../layers/preprocessing/image-preprocessing/bounding-boxes/formats.ts';
import * as ops from '../../ops/index.ts';
import { type ImageShape, checkFormat, convertBoxes, readBoxes, readImageShape } from './checks.ts';

/** The formats of deltas. */
type CenterFormat = 'center_xywh' | 'center_yxhw';

interface DeltaOptions {
  /** Four factors by which deltas are divided when they are encoded. @default null */
  readonly variance?: readonly number[] | null | undefined;
  /** The size of the images, `[height, width, channels]`, which relative formats need. @default null */
  readonly imageShape?: ImageShape | null | undefined;
}

/** Options of `encodeBoxToDeltas`. */
export interface EncodeOptions extends DeltaOptions {
  /** The format in which boxes and anchors are compared. @default 'center_yxhw' */
  readonly encodingFormat?: CenterFormat | undefined;
}

/** Options of `decodeDeltasToBoxes`. */
export interface DecodeOptions extends DeltaOptions {
  /** The format of the deltas. @default 'center_yxhw' */
  readonly encodedFormat?: CenterFormat | undefined;
}

const CENTERS: readonly CenterFormat[] = ['center_xywh', 'center_yxhw'];

/** Sizes are not smaller, so that their logarithms are finite. */
const EPSILON = 1e-7;

function readVariance(who: string, variance: readonly number[] | null | undefined): readonly number[] | null {
  const given: unknown = variance ?? null;
  if (given === null) return null;
  if (Array.isArray(given) && given.length === 4 && given.every(Number.isFinite)) return given as readonly number[];
  throw new ValueError(`[${who}] variance must be four finite numbers. Received: variance=${show(given)}.`);
}

/**
 * Boxes relative to anchors: the distance of the centers in units of the anchor's size, and the logarithm of the quotient of
 * the sizes; each divided by the variance.
 *
 * Shapes: anchors `[anchors, 4]`, boxes `[anchors, 4]` or `[batch, anchors, 4]`; the result has the shape of the boxes.
 *
 * @throws ValueError if a format is unknown, or the variance is not four numbers.
 * @example
 * const { encodeBoxToDeltas } = utils.boundingBoxes;
 * await jit((boxes) => encodeBoxToDeltas([[0, 0, 4, 4]], boxes, 'xyxy', 'xyxy'))([[1, 2, 5, 6]]);    // [[0.5, 0.25, 0, 0]]
 * @see https://keras.io/api/utils/bounding_boxes/
 */
export function encodeBoxToDeltas(
  anchors: Operand,
  boxes: Operand,
  anchorFormat: BoundingBoxFormat,
  boxFormat: BoundingBoxFormat,
  options: EncodeOptions = {},
): Value {
  const who = 'utils.boundingBoxes.encodeBoxToDeltas';
  checkOptions(who, options, ['encodingFormat', 'variance', 'imageShape']);
  const variance = readVariance(who, options.variance);
  const format = checkChoice(who, 'encodingFormat', options.encodingFormat ?? 'center_yxhw', CENTERS);
  const extent = readImageShape(who, options.imageShape);
  const centered = (name: string, given: Operand, from: BoundingBoxFormat): Value =>
    convertBoxes(who, readBoxes(who, name, given, 'float32'), [from, format], extent);
  const anchor = sidesOf(centered('anchors', anchors, checkFormat(who, 'anchorFormat', anchorFormat)));
  const box = sidesOf(centered('boxes', boxes, checkFormat(who, 'boxFormat', boxFormat)));
  const size = (value: Value): Value => ops.maximum(value, EPSILON);
  const deltas = boxesOf([
    ops.divide(ops.subtract(box[0], anchor[0]), size(anchor[2])),
    ops.divide(ops.subtract(box[1], anchor[1]), size(anchor[3])),
    ops.log(ops.divide(size(box[2]), size(anchor[2]))),
    ops.log(ops.divide(size(box[3]), size(anchor[3]))),
  ]);
  return variance === null ? deltas : ops.divide(deltas, variance);
}

/**
 * Boxes from deltas relative to anchors: the inverse of `encodeBoxToDeltas`. For records of anchors and deltas by level, a
 * record of boxes.
 *
 * Shapes: anchors `[anchors, 4]`, deltas `[anchors, 4]` or `[batch, anchors, 4]`; the result has the shape of the deltas.
 *
 * @throws ValueError if a format is unknown, the variance is not four numbers, or a level has no deltas; TypeError if one of
 * the two is a record and the other is not.
 * @example
 * const { decodeDeltasToBoxes } = utils.boundingBoxes;
 * await jit((deltas) => decodeDeltasToBoxes([[0, 0, 4, 4]], deltas, 'xyxy', 'xyxy'))([[0.5, 0.25, 0, 0]]);    // [[1, 2, 5, 6]]
 * @see https://keras.io/api/utils/bounding_boxes/
 */
export function decodeDeltasToBoxes(
  anchors: Operand,
  boxesDelta: Operand,
  anchorFormat: BoundingBoxFormat,
  boxFormat: BoundingBoxFormat,
  options?: DecodeOptions,
): Value;
export function decodeDeltasToBoxes(
  anchors: Readonly<Record<string, Operand>>,
  boxesDelta: Readonly<Record<string, Operand>>,
  anchorFormat: BoundingBoxFormat,
  boxFormat: BoundingBoxFormat,
  options?: DecodeOptions,
): Readonly<Record<string, Value>>;
export function decodeDeltasToBoxes(
  anchors: Operand | Readonly<Record<string, Operand>>,
  boxesDelta: Operand | Readonly<Record<string, Operand>>,
  anchorFormat: BoundingBoxFormat,
  boxFormat: BoundingBoxFormat,
  options: DecodeOptions = {},
): Value | Readonly<Record<string, Value>> {
  const who = 'utils.boundingBoxes.decodeDeltasToBoxes';
  checkOptions(who, options, ['encodedFormat', 'variance', 'imageShape']);
  const variance = readVariance(who, options.variance);
  const format = checkChoice(who, 'encodedFormat', options.encodedFormat ?? 'center_yxhw', CENTERS);
  const extent = readImageShape(who, options.imageShape);
  const [from, to] = [checkFormat(who, 'anchorFormat', anchorFormat), checkFormat(who, 'boxFormat', boxFormat)];
  const decode = (given: Operand, deltas: Operand): Value => {
    const centered = convertBoxes(who, readBoxes(who, 'anchors', given, 'float32'), [from, format], extent);
    const [y, x, h, w] = sidesOf(centered);
    const read = readBoxes(who, 'boxesDelta', deltas, 'float32');
    const [dy, dx, dh, dw] = sidesOf(variance === null ? read : ops.multiply(read, variance));
    const boxes = boxesOf([
      ops.add(ops.multiply(dy, h), y),
      ops.add(ops.multiply(dx, w), x),
      ops.multiply(ops.exp(dh), h),
      ops.multiply(ops.exp(dw), w),
    ]);
    return convertBoxes(who, boxes, [format, to], extent);
  };
  const [hasLevels, hasDeltaLevels] = [isPlainRecord(anchors), isPlainRecord(boxesDelta)];
  if (hasLevels !== hasDeltaLevels) {
    throw new TypeError(
      `[${who}] anchors and boxesDelta must both be records by level, or neither. Received: ${show(anchors)} and ${show(boxesDelta)}.`,
    );
  }
  if (!hasLevels) return decode(anchors as Operand, boxesDelta as Operand);
  const levels = boxesDelta as Readonly<Record<string, Operand>>;
  return Object.fromEntries(
    Object.entries(anchors as Readonly<Record<string, Operand>>).map(([level, anchor]) => {
      const deltas = Object.hasOwn(levels, level) ? levels[level] : undefined;
      if (deltas !== undefined) return [level, decode(anchor, deltas)];
      throw new ValueError(`[${who}] each level of anchors must have deltas. Received: none of level ${show(level)}.`);
    }),
  );
}
