import { ValueError, show } from './errors.ts';
import { type Shape, showShape } from './shape.ts';

/**
 * Returns an axis counted from the front; `axis` may be negative, counted from the back.
 * @throws ValueError if it is not an integer in [-rank, rank - 1].
 */
export function canonicalAxis(axis: number, rank: number, who: string, argument = 'axis'): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ValueError(
      `[${who}] ${argument} must be in [${-rank}, ${rank - 1}] for an input of rank ${rank}. Received: ${argument}=${show(axis)}.`,
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/**
 * Returns axes counted from the front, in the given order.
 * @throws ValueError if one is out of range or repeated; TypeError for other values.
 */
export function canonicalAxes(
  axes: number | readonly number[],
  rank: number,
  who: string,
  argument = 'axis',
): readonly number[] {
  const list: unknown = typeof axes === 'number' ? [axes] : axes;
  if (!Array.isArray(list)) {
    throw new TypeError(
      `[${who}] ${argument} must be an integer, or a list of them. Received: ${argument}=${show(axes)}.`,
    );
  }
  const result: number[] = [];
  for (const axis of list as readonly number[]) {
    const canonical = canonicalAxis(axis, rank, who, argument);
    if (result.includes(canonical)) {
      throw new ValueError(`[${who}] ${argument} must not repeat an axis. Received: ${argument}=${show(axes)}.`);
    }
    result.push(canonical);
  }
  return result;
}

/** The axes of a tensor of the given rank that are not in `axes`. */
export function otherAxes(axes: readonly number[], rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
}

/**
 * The size of an axis on which the shapes of weights depend.
 * @throws ValueError if it is not known.
 */
export function knownSize(shape: Shape, axis: number, who: string): number {
  const size = shape[axis];
  if (size === null || size === undefined) {
    throw new ValueError(
      `[${who}] the size of axis ${axis} must be known to create the weights. Received: inputShape=${showShape(shape)}.`,
    );
  }
  return size;
}
