import { ValueError } from '../../core/errors.ts';
import { warn } from '../../core/print.ts';
import { type Shape, sameShape, showShape } from '../../core/shape.ts';

/** The arguments of a network that decide the shape of its images. */
export interface ShapeRequest {
  /** The shape that the caller gave; null for none. */
  readonly inputShape: Shape | null;
  /** The height and width that the network was trained with. */
  readonly size: number;
  /** The smallest height and width that the network supports. */
  readonly minSize: number;
  readonly includeTop: boolean;
  readonly isImagenet: boolean;
}

/**
 * The shape of the images of a network: the one given, if it fits.
 *
 * @throws ValueError if it does not.
 */
export function obtainInputShape(who: string, request: ShapeRequest): Shape {
  const { inputShape, size, includeTop, isImagenet } = request;
  if (inputShape === null) return includeTop ? [size, size, 3] : [null, null, 3];
  const received = `Received: inputShape=${showShape(inputShape)}`;
  if (inputShape.length !== 3) {
    throw new ValueError(`[${who}] inputShape must be [height, width, channels]. ${received}.`);
  }
  const [height, width, channels] = inputShape as readonly [number | null, number | null, number | null];
  if (isImagenet && includeTop && !sameShape(inputShape, [size, size, 3])) {
    throw new ValueError(
      `[${who}] with includeTop=true and weights="imagenet", inputShape must be [${size}, ${size}, 3]. ${received}. For images of other sizes, leave out the top: { includeTop: false }.`,
    );
  }
  if (isImagenet && channels !== 3) {
    throw new ValueError(`[${who}] with weights="imagenet", the images must have 3 channels. ${received}.`);
  }
  if (channels !== 1 && channels !== 3) {
    warn(`[${who}] images usually have 1 or 3 channels. ${received}.`);
  }
  checkMinimum(who, inputShape, request.minSize);
  if (includeTop && (height === null || width === null || channels === null)) {
    throw new ValueError(
      `[${who}] with includeTop=true, inputShape must be known. ${received}. Give its sizes, or leave out the top: { includeTop: false }.`,
    );
  }
  return inputShape;
}

/** @throws ValueError if the images are smaller than a network supports. */
export function checkMinimum(who: string, inputShape: Shape, minSize: number): void {
  if (inputShape.slice(0, 2).every((size) => size === null || size >= minSize)) return;
  throw new ValueError(
    `[${who}] the images must be at least ${minSize}×${minSize}. Received: inputShape=${showShape(inputShape)}.`,
  );
}
