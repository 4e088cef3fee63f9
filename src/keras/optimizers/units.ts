import { InternalError } from '../../core/errors.ts';
import { Variable } from '../../compiler/ir/variable.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { slice } from '../../compiler/builder/index.ts';
import { concatenate, reshape } from '../ops/index.ts';

/** The slots of a variable, or of a group of variables, by name. */
export type Slots = ReadonlyMap<string, Variable>;

/** The variables that one step moves: a single one, or a group of small ones as one row of elements. */
export interface Unit {
  readonly members: readonly Variable[];
  /** The slots, each in the form of the joined values. */
  readonly slots: Slots;
  /** Makes one value of the members' values. */
  readonly join: (values: readonly Value[]) => Value;
  /** The members' values in a joined value; the inverse of `join`. */
  readonly split: (joined: Value) => readonly Value[];
}

/** A variable by itself. */
export function singleUnit(variable: Variable, slots: Slots): Unit {
  const join = ([only]: readonly Value[]): Value => {
    if (only === undefined) throw new InternalError('a variable has no value to move.');
    return only;
  };
  return { members: [variable], slots, join, split: (joined) => [joined] };
}

/** Concatenating a larger variable costs more than the operators that it saves. */
const MAX_ELEMENTS = 65536;

/** Fewer variables are as fast one by one. */
const MIN_MEMBERS = 4;

/**
 * The sets of small variables that one elementwise step can move together, because they have one type and one kind. Their
 * step is then a few operators on one long row, instead of a few operators for each of them.
 */
export function flatGroups(
  variables: readonly Variable[],
  kindOf: (variable: Variable) => string | null,
): readonly (readonly Variable[])[] {
  const byKind = new Map<string, Variable[]>();
  for (const variable of variables) {
    const own = kindOf(variable);
    if (own === null || variable.size > MAX_ELEMENTS) continue;
    const kind = `${variable.dtype} ${own}`;
    byKind.set(kind, [...(byKind.get(kind) ?? []), variable]);
  }
  return [...byKind.values()].filter((members) => members.length >= MIN_MEMBERS);
}

/**
 * A group of variables as one unit. Each slot of the members is moved into one buffer for good, so that a step
 * concatenates weights and gradients only.
 *
 * @param slots the slots of each member
 * @param pathOf returns the path of the joined variable of a slot
 */
export function flatUnit(
  members: readonly Variable[],
  slots: readonly Slots[],
  pathOf: (slot: string) => string,
): Unit {
  const dtype = members[0]?.dtype ?? 'float32';
  const joinSlot = (name: string): Variable => {
    const parts = slots.flatMap((own) => own.get(name) ?? []);
    return Variable.join(parts, { name: 'flat', path: pathOf(name), dtype, trainable: false });
  };
  return {
    members,
    slots: new Map([...(slots[0] ?? new Map<string, Variable>()).keys()].map((name) => [name, joinSlot(name)])),
    join: (values) =>
      concatenate(
        values.map((value) => reshape(value, [-1])),
        { axis: 0 },
      ),
    split: (joined) => {
      let end = 0;
      return members.map(({ size, shape }) => {
        const start = end;
        end += size;
        return reshape(slice(joined, [start], [end]), shape);
      });
    },
  };
}
