import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import type { DType } from '../../../core/dtype.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as formats from '../../layers/preprocessing/image-preprocessing/bounding-boxes/formats.ts';
import * as ops from '../../ops/index.ts';

/** A size of images: height, width and channels, as `imageShape` has it. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Returns a format, whose name may be in capitals. @throws ValueError */
export function checkFormat(who: string, argument: string, format: string): formats.BoundingBoxFormat {
  const given: unknown = format;
  const found = formats.BOUNDING_BOX_FORMATS.find((name) => typeof given === 'string' && name === given.toLowerCase());
  if (found !== undefined) return found;
  throw new ValueError(
    `[${who}] ${argument} must be one of ${formats.BOUNDING_BOX_FORMATS.join(', ')}. Received: ${argument}=${show(given)}.`,
  );
}

/** Refuses formats other than corners. @throws ValueError */
export function checkCorners(who: string, format: string | undefined): void {
  if (format === undefined || format === 'xyxy') return;
  throw new ValueError(
    `[${who}] boundingBoxFormat must be "xyxy". Received: boundingBoxFormat=${show(format)}. Convert the boxes: utils.boundingBoxes.convertFormat.`,
  );
}

/** Returns boxes as a value, of a type if one is given. @throws ValueError if the last axis has not four entries */
export function readBoxes(who: string, argument: string, boxes: Operand, dtype?: DType): Value {
  const value = dtype === undefined ? ops.convertToTensor(boxes) : ops.cast(boxes, dtype);
  if (value.shape.at(-1) === 4) return value;
  throw new ValueError(
    `[${who}] the last axis of ${argument} must have 4 entries. Received: shape=${showShape(value.shape)}.`,
  );
}

/** The boxes in another format. @throws ValueError if the size of the image is needed and not known */
export function convertBoxes(
  who: string,
  boxes: Value,
  [source, target]: readonly [formats.BoundingBoxFormat, formats.BoundingBoxFormat],
  { height, width }: { readonly height?: Operand | null | undefined; readonly width?: Operand | null | undefined },
): Value {
  const isRelative = source.startsWith('rel_') || target.startsWith('rel_');
  if (isRelative && ((height ?? null) === null || (width ?? null) === null)) {
    throw new ValueError(
      `[${who}] relative formats need the height and the width of the images. Received: source=${show(source)}, target=${show(target)}, height=${show(height ?? null)}, width=${show(width ?? null)}.`,
    );
  }
  const sized = (size: Operand | null | undefined): number | Value =>
    typeof size === 'number' ? size : ops.cast(size ?? 1, boxes.dtype);
  return formats.convertFormat(boxes, source, target, { height: sized(height), width: sized(width) });
}

/** Height and width of an `imageShape`. @throws ValueError if it has other entries than three sizes */
export function readImageShape(
  who: string,
  imageShape: ImageShape | null | undefined,
): { readonly height?: number; readonly width?: number } {
  const given: unknown = imageShape ?? null;
  if (given === null) return {};
  if (Array.isArray(given) && given.length === 3) {
    const [height, width] = given as readonly unknown[];
    if (typeof height === 'number' && typeof width === 'number' && height > 0 && width > 0) return { height, width };
  }
  throw new ValueError(
    `[${who}] imageShape must be [height, width, channels], sizes > 0. Received: imageShape=${show(given)}.`,
  );
}
