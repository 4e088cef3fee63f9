import { ValueError } from '../../core/errors.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { castTo } from '../../compiler/builder/operand.ts';
import type { StepContext } from './step-context.ts';
import type { Step } from './step.ts';
import type { Slots, Unit } from './units.ts';

/** The arguments of {@link moveUnits}. */
export interface Moves {
  /** The name of the optimizer in errors. */
  readonly who: string;
  readonly units: readonly Unit[];
  readonly gradients: ReadonlyMap<Variable, Value>;
  /** Scalars that all units share; the step of each unit returns the same new values of them. */
  readonly shared: Slots;
  /** Returns the step of a variable. */
  readonly stepOf: (variable: Variable) => Step;
}

/** Applies an optimizer's step to each unit, and updates the slots. Returns the new values of the variables. */
export function moveUnits(
  context: StepContext,
  { who, units, gradients, shared, stepOf }: Moves,
): ReadonlyMap<Variable, Value> {
  const { trace } = context;
  const read = (slots: Slots): readonly (readonly [string, Value])[] =>
    [...slots].map(([slot, variable]) => [slot, trace.read(variable)] as const);
  // Every step reads the shared slots as they are before the first of them.
  const sharedValues = read(shared);
  const next = new Map<Variable, Value>();
  for (const [i, { members, slots, join, split }] of units.entries()) {
    const [first] = members;
    if (first === undefined) continue;
    const sharedSlots = sharedValues.map(([slot, value]) => [slot, castTo(value, first.dtype)] as const);
    const result = stepOf(first)({
      gradient: join(members.flatMap((variable) => gradients.get(variable) ?? [])),
      value: join(members.map((variable) => trace.read(variable))),
      slots: Object.fromEntries([...sharedSlots, ...read(slots)]),
      learningRate: context.learningRate(first.dtype),
      iterations: context.iterations,
    });
    for (const [slot, value] of Object.entries(result.slots ?? {})) {
      const variable = slots.get(slot) ?? shared.get(slot);
      if (variable === undefined) throw unknownSlot(who, slot, [...slots.keys(), ...shared.keys()]);
      if (value === undefined || (i > 0 && !slots.has(slot))) continue;
      context.update(variable, slots.has(slot) ? value : castTo(value, variable.dtype));
    }
    for (const [k, value] of split(result.value).entries()) {
      const variable = members[k];
      if (variable !== undefined) next.set(variable, context.ifDue(variable, value));
    }
  }
  return next;
}

function unknownSlot(who: string, slot: string, declared: readonly string[]): ValueError {
  const names = declared.length === 0 ? 'none' : declared.join(', ');
  return new ValueError(
    `[${who}] step must return slots that slots() declares: ${names}. Received: the slot ${slot}. Declare it in slots().`,
  );
}
