import { ValueError } from '../../core/errors.ts';
import { type KnownShape, showShape, sizeOf } from '../../core/shape.ts';

/** How many elements may still be made; null where nobody counts. Configs are read synchronously, one model at a time. */
let left: number | null = null;

/**
 * Runs a step in which at most so many elements of weights and metrics are made, as much as a file can fill: what a file
 * declares is not believed.
 */
export function withinBudget<T>(elements: number, step: () => T): T {
  const outer = left;
  left = elements;
  try {
    return step();
  } finally {
    left = outer;
  }
}

/**
 * Counts elements that are about to be made.
 * @throws ValueError if they are more than are left.
 */
export function spend(who: string, what: string, shape: KnownShape): void {
  if (left === null) return;
  const count = sizeOf(shape);
  if (count <= left) {
    left -= count;
    return;
  }
  throw new ValueError(
    `[${who}] what a file declares must fit what it holds. Received: ${what} of shape ${showShape(shape)}, for which the file has no values.`,
  );
}
