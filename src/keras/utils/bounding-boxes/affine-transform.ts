import { checkOptions } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { moveCorners } from '../../layers/preprocessing/image-preprocessing/bounding-boxes/formats.ts';
import * as ops from '../../ops/index.ts';
import { checkCorners, readBoxes } from './checks.ts';
import type { CornerOptions } from './converters.ts';

/** Options of `affineTransform`. */
export interface AffineTransformOptions extends CornerOptions {
  /** The center, as a fraction of the width. @default 0.5 */
  readonly centerX?: Operand | null | undefined;
  /** The center, as a fraction of the height. @default 0.5 */
  readonly centerY?: Operand | null | undefined;
}

const RADIANS = Math.PI / 180;

/**
 * The smallest boxes of corners around the boxes that an affine transformation moved: turned about the center by `angle`
 * degrees, translated by fractions of the size, scaled, and sheared by degrees.
 *
 * Shapes: boxes `[batch, boxes, 4]` with numbers of each image, `[batch]`; or boxes of any rank with numbers of all.
 *
 * @throws ValueError for other formats than corners, and if the numbers of each image do not fit the boxes.
 * @example
 * const { affineTransform } = utils.boundingBoxes;
 * await jit((boxes) => affineTransform(boxes, 0, 0, 0, 2, 0, 0, 9, 9))([[4, 4, 5, 6]]);    // [[4, 4, 6, 8]]
 * @see https://keras.io/api/utils/bounding_boxes/
 */
export function affineTransform(
  boxes: Operand,
  angle: Operand,
  translateX: Operand,
  translateY: Operand,
  scale: Operand,
  shearX: Operand,
  shearY: Operand,
  height: number,
  width: number,
  options: AffineTransformOptions = {},
): Value {
  const who = 'utils.boundingBoxes.affineTransform';
  checkOptions(who, options, ['centerX', 'centerY', 'boundingBoxFormat']);
  checkCorners(who, options.boundingBoxFormat);
  const value = readBoxes(who, 'boxes', boxes, 'float32');
  const read = (name: string, given: Operand): Value => {
    const number = ops.cast(given, 'float32');
    if (number.rank === 0) return number;
    const isFitting = number.rank === 1 && value.rank === 3 && fits(number.shape[0], value.shape[0]);
    if (isFitting) return ops.reshape(number, [-1, 1, 1]);
    throw new ValueError(
      `[${who}] ${name} must be a number, or one for each image of boxes [batch, boxes, 4]. Received: shape=${showShape(number.shape)} with boxes ${showShape(value.shape)}.`,
    );
  };
  const degrees = (name: string, given: Operand): Value => ops.multiply(read(name, given), -RADIANS);
  const [rotation, sx, sy] = [degrees('angle', angle), degrees('shearX', shearX), degrees('shearY', shearY)];
  const factor = read('scale', scale);
  const cx = ops.multiply(read('centerX', options.centerX ?? 0.5), width - 1);
  const cy = ops.multiply(read('centerY', options.centerY ?? 0.5), height - 1);
  const fromX = ops.subtract(cx, ops.multiply(read('translateX', translateX), width - 1));
  const fromY = ops.subtract(cy, ops.multiply(read('translateY', translateY), height - 1));

  // The rotation and the shears [[a, b], [c, d]], of determinant 1; its inverse is [[d, −b], [−c, a]].
  const turned = ops.subtract(rotation, sy);
  const a = ops.divide(ops.cos(turned), ops.cos(sy));
  const b = ops.add(ops.multiply(a, ops.tan(sx)), ops.sin(rotation));
  const c = ops.negative(ops.divide(ops.sin(turned), ops.cos(sy)));
  const d = ops.subtract(ops.cos(rotation), ops.multiply(c, ops.tan(sx)));
  const row = (p: Value, q: Value, center: Value): ((x: Value, y: Value) => Value) => {
    const [first, second] = [ops.multiply(p, factor), ops.multiply(q, factor)];
    const shift = ops.subtract(center, ops.add(ops.multiply(first, fromX), ops.multiply(second, fromY)));
    return (x, y) => ops.add(ops.add(ops.multiply(first, x), ops.multiply(second, y)), shift);
  };
  const [toX, toY] = [row(d, ops.negative(b), cx), row(ops.negative(c), a, cy)];
  return moveCorners(value, (x, y) => [toX(x, y), toY(x, y)]);
}

const fits = (count: number | null | undefined, batch: number | null | undefined): boolean =>
  count === batch || count === 1 || batch === 1 || count === null || batch === null;
