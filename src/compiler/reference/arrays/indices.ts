import { ValueError } from '../../../core/errors.ts';

/** An index that must be within an axis. */
export function checkIndex(index: number, size: number): number {
  if (index >= 0 && index < size) return index;
  throw new ValueError(`[reference] an index must be in [0, ${size - 1}]. Received: ${index}.`);
}
