import { ValueError } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import { castTo, toValue } from '../../../compiler/builder/operand.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import { Trace, traceOf } from '../../../compiler/graph/trace.ts';
import type { Value, ValueType } from '../../../compiler/ir/value.ts';
import type { Flat } from '../base/structure.ts';

/**
 * The initial states of a loop. A plain number has no type of its own: it adopts the type that a step returns for it, which a
 * first trace of the step finds.
 *
 * @param slices the types of what a step receives in addition
 */
export function initialStates(
  who: string,
  init: Flat,
  slices: readonly ValueType[],
  step: (states: readonly Value[], slices: readonly Value[]) => readonly Value[],
): readonly Value[] {
  const values = init.values(who);
  if (!init.leaves.some((leaf) => typeof leaf === 'number')) return values;
  const trace = (traceOf(values) ?? new Trace()).nested();
  const placeholder = ({ shape, dtype }: ValueType): Value => {
    const made = input('placeholder', shape, dtype);
    trace.adopt(made);
    return made;
  };
  const { result } = Trace.branch(() => step(values.map(placeholder), slices.map(placeholder)));
  return values.map((value, i) => {
    const dtype = typeof init.leaves[i] === 'number' ? result[i]?.dtype : undefined;
    return castTo(value, dtype ?? value.dtype);
  });
}

/** The states that a step returns, of the structure and the shapes of those before. */
export function readStates(
  who: string,
  flat: Flat,
  init: Flat,
  before: readonly Value[],
  name = 'state',
): readonly Value[] {
  if (flat.key !== init.key) {
    throw new ValueError(
      `[${who}] the function must return ${name}s of the structure that it receives. Received: ${flat.key} instead of ${init.key}, where true stands for an operand.`,
    );
  }
  return flat.values(who).map((value, i) => {
    const expected = before[i];
    if (expected === undefined) return value;
    const leaf = flat.leaves[i];
    const next = typeof leaf === 'number' ? toValue(leaf, expected.dtype) : value;
    if (compatible(next.shape, expected.shape)) return next;
    throw new ValueError(
      `[${who}] a ${name} must keep its shape ${showShape(expected.shape)}. Received: a new ${name} of shape ${showShape(next.shape)}.`,
    );
  });
}

/** @throws ValueError if a state changes its dtype. */
export function checkDTypes(who: string, before: readonly Value[], after: readonly Value[]): void {
  for (const [i, { dtype }] of after.entries()) {
    const expected = before[i]?.dtype ?? dtype;
    if (expected === dtype) continue;
    throw new ValueError(
      `[${who}] a state must keep its dtype ${expected}. Received: a new state of dtype ${dtype}. Cast it.`,
    );
  }
}
