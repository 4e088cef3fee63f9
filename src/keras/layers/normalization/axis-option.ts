import { show } from '../../../core/errors.ts';

/** What is taken for the axes to normalize over: one, or several. */
export type AxisOption = number | readonly number[];

/** The axes as they were given, copied. @throws TypeError if they are no integer and no list of integers. */
export function checkAxis(who: string, axis: unknown): AxisOption {
  const list: readonly unknown[] = Array.isArray(axis) ? axis : [axis];
  if (list.length === 0 || !list.every((entry) => typeof entry === 'number' && Number.isInteger(entry))) {
    throw new TypeError(`[${who}] axis must be an integer or a list of integers. Received: axis=${show(axis)}.`);
  }
  return Array.isArray(axis) ? ([...list] as number[]) : (axis as number);
}

/** The axes as a list. */
export const axesOf = (axis: AxisOption): readonly number[] => (typeof axis === 'number' ? [axis] : axis);
