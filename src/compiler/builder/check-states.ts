import { ValueError } from '../../core/errors.ts';
import { compatible, showShape } from '../../core/shape.ts';
import type { Value } from '../ir/value.ts';

/** @throws ValueError if the states after a step of a loop are not of the types of those before it. */
export function checkStates(who: string, before: readonly Value[], after: readonly Value[]): void {
  const show = (values: readonly Value[]): string =>
    values.map(({ dtype, shape }) => `${dtype}${showShape(shape)}`).join(', ');
  const fits =
    before.length === after.length &&
    before.every((value, i) => {
      const next = after[i];
      return next?.dtype === value.dtype && compatible(next.shape, value.shape);
    });
  if (fits) return;
  throw new ValueError(
    `[${who}] a step must return states of the types that it receives, ${show(before)}. Received: ${show(after)}.`,
  );
}
