import { checkBoolean, checkNumber, checkOptions } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import {
  type BoundingBoxFormat,
  type Sides,
  sidesOf,
} from '../../layers/preprocessing/image-preprocessing/bounding-boxes/formats.ts';
import * as ops from '../../ops/index.ts';
import { type ImageShape, checkFormat, convertBoxes, readBoxes, readImageShape } from './checks.ts';

/** Options of `computeCiou`. */
export interface CiouOptions {
  /** The size of the images, `[height, width, channels]`, which relative formats need. @default null */
  readonly imageShape?: ImageShape | null | undefined;
}

/** Options of `computeIou`. */
export interface IouOptions extends CiouOptions {
  /** Whether pairs with a box of four negative numbers have the value `maskVal`. @default false */
  readonly useMasking?: boolean | undefined;
  /** The value of masked pairs. @default -1 */
  readonly maskVal?: number | undefined;
}

/** Keras's epsilon, which keeps quotients of empty boxes finite. */
const EPSILON = 1e-7;

const intersectionOf = ([l1, t1, r1, b1]: Sides, [l2, t2, r2, b2]: Sides): Value => {
  const overlap = (from1: Value, from2: Value, to1: Value, to2: Value): Value =>
    ops.maximum(ops.subtract(ops.minimum(to1, to2), ops.maximum(from1, from2)), 0);
  return ops.multiply(overlap(t1, t2, b1, b2), overlap(l1, l2, r1, r2));
};

/** Boxes as corners. */
function readCorners(
  who: string,
  name: string,
  boxes: Operand,
  format: BoundingBoxFormat,
  imageShape: ImageShape | null | undefined,
): Value {
  const source = checkFormat(who, 'boundingBoxFormat', format);
  return convertBoxes(who, readBoxes(who, name, boxes, 'float32'), [source, 'xyxy'], readImageShape(who, imageShape));
}

/**
 * The intersection over the union of all pairs of boxes.
 *
 * Shapes: boxes `[m, 4]` or `[batch, m, 4]`, and `[n, 4]` or `[batch, n, 4]`; the result is `[m, n]`, or `[batch, m, n]` if one
 * of the two has a batch.
 *
 * @throws ValueError if a rank is neither 2 nor 3, the format is unknown, or a relative one lacks the size of the image.
 * @example
 * const { computeIou } = utils.boundingBoxes;
 * await jit((a, b) => computeIou(a, b, 'xyxy'))([[0, 0, 2, 2]], [[0, 0, 2, 1], [4, 4, 5, 5]]);    // [[0.5, 0]]
 * @see https://keras.io/api/utils/bounding_boxes/
 */
export function computeIou(
  boxes1: Operand,
  boxes2: Operand,
  boundingBoxFormat: BoundingBoxFormat,
  options: IouOptions = {},
): Value {
  const who = 'utils.boundingBoxes.computeIou';
  checkOptions(who, options, ['useMasking', 'maskVal', 'imageShape']);
  const useMasking = checkBoolean(who, 'useMasking', options.useMasking ?? false);
  const maskValue = checkNumber(who, 'maskVal', options.maskVal ?? -1);
  const [first, second] = (
    [
      ['boxes1', boxes1],
      ['boxes2', boxes2],
    ] as const
  ).map(([name, boxes]) => {
    const corners = readCorners(who, name, boxes, boundingBoxFormat, options.imageShape);
    if (corners.rank === 2 || corners.rank === 3) return corners;
    throw new ValueError(
      `[${who}] ${name} must be of shape [boxes, 4] or [batch, boxes, 4]. Received: shape=${showShape(corners.shape)}.`,
    );
  }) as [Value, Value];
  const across = (value: Value): Value => ops.swapaxes(value, -1, -2);
  const rows = sidesOf(first);
  const columns = sidesOf(second).map(across) as unknown as Sides;
  const area = ([left, top, right, bottom]: Sides): Value =>
    ops.multiply(ops.subtract(bottom, top), ops.subtract(right, left));
  const intersection = intersectionOf(rows, columns);
  const union = ops.subtract(ops.add(area(rows), area(columns)), intersection);
  const iou = ops.divide(intersection, ops.add(union, EPSILON));
  if (!useMasking) return iou;
  const isMasked = (boxes: Value): Value => ops.less(ops.max(boxes, { axis: -1, keepdims: true }), 0);
  return ops.where(ops.logicalOr(isMasked(first), across(isMasked(second))), maskValue, iou);
}

/**
 * The complete intersection over union of each box with its counterpart: IoU − ρ²/c² − αv, where ρ is the distance of the
 * centers, c the diagonal of the smallest box around both, v = 4/π² (atan w₂/h₂ − atan w₁/h₁)² and α = v / (1 − IoU + v).
 *
 * Shapes: both `[…, 4]`, which broadcast; the result is `[…]`.
 *
 * @throws ValueError if the format is unknown, or a relative one lacks the size of the image.
 * @example
 * const { computeCiou } = utils.boundingBoxes;
 * await jit((a, b) => computeCiou(a, b, 'xyxy'))([[0, 0, 2, 2]], [[1, 0, 3, 2]]);    // [0.2564102]
 * @see https://arxiv.org/abs/1911.08287
 */
export function computeCiou(
  boxes1: Operand,
  boxes2: Operand,
  boundingBoxFormat: BoundingBoxFormat,
  options: CiouOptions = {},
): Value {
  const who = 'utils.boundingBoxes.computeCiou';
  checkOptions(who, options, ['imageShape']);
  const read = (name: string, boxes: Operand): Sides =>
    sidesOf(readCorners(who, name, boxes, boundingBoxFormat, options.imageShape));
  const [first, second] = [read('boxes1', boxes1), read('boxes2', boxes2)];
  const plus = (value: Value): Value => ops.add(value, EPSILON);
  const sizeOf = ([left, top, right, bottom]: Sides): readonly [Value, Value] => [
    ops.subtract(right, left),
    plus(ops.subtract(bottom, top)),
  ];
  const [[w1, h1], [w2, h2]] = [sizeOf(first), sizeOf(second)];
  const intersection = intersectionOf(first, second);
  const union = plus(ops.subtract(ops.add(ops.multiply(w1, h1), ops.multiply(w2, h2)), intersection));
  const iou = ops.divide(intersection, plus(union));
  const hull = (from: 0 | 1, to: 2 | 3): Value =>
    ops.subtract(ops.maximum(first[to], second[to]), ops.minimum(first[from], second[from]));
  const diagonal = plus(ops.add(ops.square(hull(0, 2)), ops.square(hull(1, 3))));
  const apart = (from: 0 | 1, to: 2 | 3): Value =>
    ops.square(ops.multiply(ops.subtract(ops.add(first[from], first[to]), ops.add(second[from], second[to])), 0.5));
  const distance = ops.add(apart(0, 2), apart(1, 3));
  const turn = ops.subtract(ops.arctan(ops.divide(w2, h2)), ops.arctan(ops.divide(w1, h1)));
  const v = ops.multiply(ops.square(turn), 4 / Math.PI ** 2);
  const alpha = ops.divide(v, ops.add(ops.subtract(v, iou), 1 + EPSILON));
  const penalty = ops.add(ops.divide(distance, diagonal), ops.multiply(v, alpha));
  return ops.squeeze(ops.subtract(iou, penalty), { axis: -1 });
}
