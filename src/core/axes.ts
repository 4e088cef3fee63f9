import { ValueError, show } from './errors.ts';
import { type Shape, showShape } from './shape.ts';

/**
 * The axis counted from the front. `axis` may be negative, counted from the back.
 * @throws ValueError if it is not an integer in [-rank, rank - 1].
 */
export function canonicalAxis(axis: number, rank: number, who: string, argument = 'axis'): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ValueError(
      `[${who}] ${argument} must lie in [${-rank}, ${rank - 1}] for an input of rank ${rank}. Received: ${argument}=${show(axis)}.`,
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/**
 * The axes counted from the front, in the order given.
 * @throws ValueError if one is out of range or named twice.
 */
export function canonicalAxes(
  axes: number | readonly number[],
  rank: number,
  who: string,
  argument = 'axis',
): readonly number[] {
  const list = typeof axes === 'number' ? [axes] : axes;
  const result: number[] = [];
  for (const axis of list) {
    const canonical = canonicalAxis(axis, rank, who, argument);
    if (result.includes(canonical)) {
      throw new ValueError(`[${who}] ${argument} must not name an axis twice. Received: ${argument}=${show(axes)}.`);
    }
    result.push(canonical);
  }
  return result;
}

/** All axes of a tensor of this rank that are not in `axes`. */
export function otherAxes(axes: readonly number[], rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
}

/** The size of an axis, which must be known to make weights of it. */
export function knownSize(shape: Shape, axis: number, who: string): number {
  const size = shape[axis];
  if (size === null || size === undefined) {
    throw new ValueError(
      `[${who}] the size of axis ${axis} must be known before the weights can be made. Received: inputShape=${showShape(shape)}.`,
    );
  }
  return size;
}
