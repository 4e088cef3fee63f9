import { ValueError } from '../../core/errors.ts';
import { warn } from '../../core/print.ts';
import { type Shape, showShape } from '../../core/shape.ts';

/** The size of square images for which there are weights; 224 for all others. */
export function publishedSize(shape: Shape | null, sizes: readonly number[]): number {
  const [height, width] = shape ?? [];
  return typeof height === 'number' && height === width && sizes.includes(height) ? height : 224;
}

/** Warns if the published weights are those for images of another size than the one that is known. */
export function warnOfSize(who: string, shape: Shape, sizes: readonly number[]): void {
  const [height = null, width = null] = shape;
  if (height === null || width === null || (height === width && sizes.includes(height))) return;
  warn(
    `[${who}] there are weights for square images of ${sizes.join(', ')}; those of 224 are loaded. Received: inputShape=${showShape(shape)}.`,
  );
}

/** @throws ValueError if there are no published weights for a factor of the filters. */
export function checkAlpha(who: string, alpha: number, published: readonly number[]): void {
  if (published.includes(alpha)) return;
  throw new ValueError(
    `[${who}] with weights="imagenet", alpha must be ${published.length === 1 ? '' : 'one of '}${published.join(', ')}. Received: alpha=${alpha}.`,
  );
}

/**
 * The default name of a model of a factor and an image size, with two decimals as Python writes them: halves, which are
 * exact only in eighths, are rounded to even.
 */
export function nameOf(prefix: string, alpha: number, size: number | null | undefined): string {
  const isHalf = Math.abs(alpha * 8) % 2 === 1;
  const hundredths = isHalf ? 2 * Math.round(alpha * 50) : alpha * 100;
  return `${prefix}_${(isHalf ? hundredths / 100 : alpha).toFixed(2)}_${size ?? 'None'}`;
}
