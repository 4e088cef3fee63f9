import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import type { ImageAxes } from '../../../ops/image/images.ts';
import { range } from '../../../ops/image/resampling.ts';
import type { Interval } from './fields.ts';

/** Maps pixels from one range of values to another. */
export function rescale(images: Value, [fromLow, fromHigh]: Interval, [toLow, toHigh]: Interval): Value {
  if (fromLow === toLow && fromHigh === toHigh) return images;
  const unit = ops.divide(ops.subtract(images, fromLow), fromHigh - fromLow);
  return ops.add(ops.multiply(unit, toHigh - toLow), toLow);
}

/** Restricts pixels to a range of values. */
export const clipTo = (images: Value, [low, high]: Interval): Value => ops.clip(images, low, high);

/** The rows `[batch, 8]` of affine transforms, from columns `[batch, 1]` and numbers. */
export function affineRows(like: Value, columns: readonly (Value | number)[]): Value {
  const column = (entry: Value | number): Value => (typeof entry === 'number' ? ops.fullLike(like, entry) : entry);
  return ops.concatenate(columns.map(column), { axis: 1 });
}

/** The rectangles of images: the first and the last column and row of each, `[batch, 1, 1, 1]`. */
export interface Boxes {
  readonly left: Value;
  readonly right: Value;
  readonly top: Value;
  readonly bottom: Value;
}

/**
 * Random rectangles of a share of the height and of the width of images.
 *
 * @param uniform draws numbers in [0, 1), one for each image
 */
export function randomBoxes(
  { height, width }: { readonly height: number; readonly width: number },
  shares: { readonly ofHeight: Value; readonly ofWidth: Value },
  uniform: () => Value,
): Boxes {
  const span = (share: Value, size: number): readonly [Value, Value] => {
    const length = ops.multiply(share, size);
    const start = ops.multiply(uniform(), ops.subtract(size, length));
    return [start, ops.add(start, length)];
  };
  const [left, right] = span(shares.ofWidth, width);
  const [top, bottom] = span(shares.ofHeight, height);
  return { left, right, top, bottom };
}

/** Whether the pixels of a batch of images are in the rectangles. */
export function insideBoxes(
  { left, right, top, bottom }: Boxes,
  { height, width }: { readonly height: number; readonly width: number },
  axes: ImageAxes,
): Value {
  const along = (size: number, axis: number): Value =>
    range(
      size,
      left.dtype,
      [0, 1, 2, 3].map((each) => (each === axis ? size : 1)),
    );
  const within = (places: Value, start: Value, end: Value): Value =>
    ops.logicalAnd(ops.greaterEqual(places, start), ops.less(places, end));
  return ops.logicalAnd(within(along(width, axes.width), left, right), within(along(height, axes.height), top, bottom));
}

/** The factor of each image, `[batch, 1, 1, 1]`. */
export interface FactorTransformation {
  readonly factor: Value;
}
