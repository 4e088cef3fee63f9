import type { Shape } from '../../core/shape.ts';
import type { WindowAttributes } from './primitives.ts';

/** The number of elements that a window of `size` elements spans along an axis. */
export function windowReach(size: number, dilation = 1): number {
  return (size - 1) * dilation + 1;
}

/** The number of positions of a window along each spatial axis; null where a size is unknown. */
export function windowPositions(
  spatial: Shape,
  window: Shape,
  { strides, padding }: WindowAttributes,
  dilations: readonly number[] = [],
): Shape {
  return spatial.map((length, i) => {
    const size = window[i] ?? null;
    if (length === null || size === null) return null;
    const [before, after] = padding[i] ?? [0, 0];
    return Math.floor((length + before + after - windowReach(size, dilations[i])) / (strides[i] ?? 1)) + 1;
  });
}
