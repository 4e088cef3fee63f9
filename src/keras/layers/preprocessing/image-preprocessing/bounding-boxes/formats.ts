import type { Value } from '../../../../../compiler/ir/value.ts';
import * as ops from '../../../../ops/index.ts';

/**
 * The meaning of the four numbers of a bounding box: two corners, or a corner or the center with the size, in pixels, or
 * relative to the size of the image.
 */
export type BoundingBoxFormat = (typeof BOUNDING_BOX_FORMATS)[number];

/** The formats of bounding boxes. */
export const BOUNDING_BOX_FORMATS = [
  'xyxy',
  'yxyx',
  'xywh',
  'center_xywh',
  'center_yxhw',
  'rel_xyxy',
  'rel_yxyx',
  'rel_xywh',
  'rel_center_xywh',
] as const;

/** The bounding boxes of a batch of images: `[batch, boxes, 4]` and `[batch, boxes]`; the label −1 marks none. */
export interface BoundingBoxes {
  readonly boxes: Value;
  readonly labels: Value;
}

/** A height and a width, in pixels. */
export interface ImageExtent {
  readonly height: number | Value;
  readonly width: number | Value;
}

/** The four numbers of boxes, each `[…, 1]`. */
export type Sides = readonly [Value, Value, Value, Value];

/** The four numbers of boxes, each with a last axis of size 1. */
export function sidesOf(boxes: Value): Sides {
  const [a, b, c, d] = ops.split(boxes, 4, { axis: -1 });
  return [a ?? boxes, b ?? boxes, c ?? boxes, d ?? boxes];
}

/** Boxes of four numbers. */
export const boxesOf = (sides: readonly Value[]): Value => ops.concatenate(sides, { axis: -1 });

/** Exchanges x and y. */
const swap = ([a, b, c, d]: Sides): Sides => [b, a, d, c];

const fromSize = ([x, y, w, h]: Sides): Sides => [x, y, ops.add(x, w), ops.add(y, h)];
const toSize = ([x1, y1, x2, y2]: Sides): Sides => [x1, y1, ops.subtract(x2, x1), ops.subtract(y2, y1)];

function fromCenter([x, y, w, h]: Sides): Sides {
  const [halfW, halfH] = [ops.multiply(w, 0.5), ops.multiply(h, 0.5)];
  return [ops.subtract(x, halfW), ops.subtract(y, halfH), ops.add(x, halfW), ops.add(y, halfH)];
}

function toCenter(corners: Sides): Sides {
  const [x1, y1, w, h] = toSize(corners);
  return [ops.add(x1, ops.multiply(w, 0.5)), ops.add(y1, ops.multiply(h, 0.5)), w, h];
}

interface Conversion {
  readonly toCorners: (sides: Sides) => Sides;
  readonly fromCorners: (corners: Sides) => Sides;
}

const same = (sides: Sides): Sides => sides;

/** The formats without the prefix `rel_`. */
const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  xyxy: { toCorners: same, fromCorners: same },
  yxyx: { toCorners: swap, fromCorners: swap },
  xywh: { toCorners: fromSize, fromCorners: toSize },
  center_xywh: { toCorners: fromCenter, fromCorners: toCenter },
  center_yxhw: { toCorners: (sides) => fromCenter(swap(sides)), fromCorners: (corners) => swap(toCenter(corners)) },
};

/** Converts boxes from one format to another, for images of a size. */
export function convertFormat(
  boxes: Value,
  source: BoundingBoxFormat,
  target: BoundingBoxFormat,
  { height, width }: ImageExtent,
): Value {
  if (source === target) return boxes;
  const [from, to] = [source, target].map((format) => CONVERSIONS[format.replace('rel_', '')] ?? CONVERSIONS['xyxy']);
  const [isFromRelative, isToRelative] = [source, target].map((format) => format.startsWith('rel_'));
  const scaled = (sides: Sides, combine: (side: Value, size: number | Value) => Value): Sides => [
    combine(sides[0], width),
    combine(sides[1], height),
    combine(sides[2], width),
    combine(sides[3], height),
  ];
  const corners = from?.toCorners(sidesOf(boxes)) ?? sidesOf(boxes);
  const inTarget =
    isFromRelative === isToRelative ? corners : scaled(corners, isFromRelative === true ? ops.multiply : ops.divide);
  return boxesOf(to?.fromCorners(inTarget) ?? inTarget);
}

/** Restricts boxes of corners to the image. */
export function clipBoxes(boxes: Value, { height, width }: ImageExtent): Value {
  const [x1, y1, x2, y2] = sidesOf(boxes);
  return boxesOf([ops.clip(x1, 0, width), ops.clip(y1, 0, height), ops.clip(x2, 0, width), ops.clip(y2, 0, height)]);
}

/** The labels of boxes of corners, −1 where the area is not positive. */
export function labelsOfAreas(boxes: Value, labels: Value): Value {
  const [left, top, right, bottom] = sidesOf(boxes);
  const area = ops.multiply(ops.subtract(right, left), ops.subtract(bottom, top));
  const isEmpty = ops.lessEqual(ops.squeeze(area, { axis: -1 }), 0);
  return ops.where(isEmpty, -1, labels);
}

/** Restricts boxes of corners to the image; the labels of those that are empty then become −1. */
export function clipToImageSize({ boxes, labels }: BoundingBoxes, extent: ImageExtent): BoundingBoxes {
  const clipped = clipBoxes(boxes, extent);
  return { boxes: clipped, labels: labelsOfAreas(clipped, labels) };
}

/** The smallest boxes of corners around the images of the corners of boxes. */
export function moveCorners(boxes: Value, move: (x: Value, y: Value) => readonly [x: Value, y: Value]): Value {
  const [x1, y1, x2, y2] = sidesOf(boxes);
  const corners = [move(x1, y1), move(x2, y1), move(x2, y2), move(x1, y2)];
  const all = (axis: 0 | 1): Value =>
    ops.concatenate(
      corners.map((corner) => corner[axis]),
      { axis: -1 },
    );
  const extreme = (values: Value, which: typeof ops.min): Value => which(values, { axis: -1, keepdims: true });
  return boxesOf([
    extreme(all(0), ops.min),
    extreme(all(1), ops.min),
    extreme(all(0), ops.max),
    extreme(all(1), ops.max),
  ]);
}
