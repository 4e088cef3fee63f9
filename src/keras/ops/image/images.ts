import { checkChoice } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import { broadcastTo, mean, reshape, transpose } from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { DataFormat } from '../nn/window-layout.ts';

/** Options of a function whose only option is the position of the channels. */
export interface DataFormatOptions {
  /** The position of the channels. @default null, 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/** The axes of images. */
export interface ImageAxes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The position of the channels; null stands for the last axis. */
export function readDataFormat(who: string, dataFormat: unknown): DataFormat {
  return checkChoice(who, 'dataFormat', dataFormat ?? 'channels_last', ['channels_last', 'channels_first']);
}

/** An operand that must be an image, or a batch of images. @throws ValueError for another rank. */
export function readImages(who: string, images: Operand, argument = 'images'): Value {
  const value = toValue(images);
  if (value.rank === 3 || value.rank === 4) return value;
  throw new ValueError(
    `[${who}] ${argument} must be one image, of rank 3, or a batch, of rank 4. Received: shape ${showShape(value.shape)}.`,
  );
}

/** The axes of images of a rank, counted from the front. */
export function axesOf(rank: number, dataFormat: DataFormat): ImageAxes {
  return dataFormat === 'channels_last'
    ? { height: rank - 3, width: rank - 2, channels: rank - 1 }
    : { height: rank - 2, width: rank - 1, channels: rank - 3 };
}

/** Computes a function of a batch of images with the channels last for images of any layout. */
export function onBatch(images: Value, dataFormat: DataFormat, compute: (batch: Value) => Value): Value {
  const isLast = dataFormat === 'channels_last';
  const batch = images.rank === 4 ? images : reshape(images, [1, ...images.shape]);
  const result = compute(isLast ? batch : transpose(batch, [0, 2, 3, 1]));
  const back = isLast ? result : transpose(result, [0, 3, 1, 2]);
  return images.rank === 4 ? back : reshape(back, back.shape.slice(1));
}

/**
 * A value of another size on some axes. While a model is described, the sizes of x may be unknown, and only the shape of
 * the result matters.
 */
export function standIn(x: Value, sizes: ReadonlyMap<number, number | null>): Value {
  const averaged = mean(toFloat(x), { axes: [...sizes.keys()].sort((a, b) => a - b), keepDims: true });
  const shape: Shape = x.shape.map((size, axis) => (sizes.has(axis) ? (sizes.get(axis) ?? null) : size));
  return castTo(broadcastTo(averaged, shape), x.dtype);
}
