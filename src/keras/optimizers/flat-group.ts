import type { DType } from '../../core/dtype.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { Variable } from '../../compiler/graph/variable.ts';
import { concatenate, reshape, slice } from '../ops/movement.ts';

/** A larger variable costs more to lay beside others than the operators that this saves. */
const SMALL = 65536;

/** Fewer variables are as quick one by one. */
const ENOUGH = 4;

/**
 * Small variables that move together, laid side by side: a step of all of them is a few operators on one long row, where
 * each by itself would take as many. Their slots lie side by side in memory for good, so that nothing is copied there.
 */
export interface FlatGroup {
  readonly members: readonly Variable[];
  /** What the slots of the group are found by. */
  readonly key: Variable;
}

/** Which variables are moved together: those of one type and kind, if there are enough small ones. */
export function groupVariables(
  variables: readonly Variable[],
  kindOf: (variable: Variable) => string,
): readonly FlatGroup[] {
  const byKind = new Map<string, Variable[]>();
  for (const variable of variables) {
    if (variable.size > SMALL) continue;
    const kind = `${variable.dtype} ${kindOf(variable)}`;
    byKind.set(kind, [...(byKind.get(kind) ?? []), variable]);
  }
  return [...byKind.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined || members.length < ENOUGH) return [];
    const empty = new Tensor(new Float32Array(0), [0]);
    return [{ members, key: new Variable(empty, { name: 'flat', dtype: first.dtype }) }];
  });
}

/** Lays the slots of a group's members side by side. */
export function joinSlots(group: FlatGroup, slots: ReadonlyMap<Variable, Variable>, path: string): Variable {
  const members = group.members.flatMap((variable) => slots.get(variable) ?? []);
  const { dtype }: { readonly dtype: DType } = group.key;
  return Variable.join(members, { name: 'flat', path, dtype, trainable: false });
}

/** The values of the members in one row. */
export function flattened(values: readonly Value[]): Value {
  return concatenate(
    values.map((value) => reshape(value, [-1])),
    0,
  );
}

/** The members' values as they are now, in one row. */
export function readFlat({ members }: FlatGroup, trace: Trace): Value {
  return flattened(members.map((variable) => trace.read(variable)));
}

/** Each member's value out of a row. */
export function unflattened({ members }: FlatGroup, row: Value): readonly (readonly [Variable, Value])[] {
  let start = 0;
  return members.map((variable) => {
    const end = start + variable.size;
    const own = slice(row, [start], [end]);
    start = end;
    return [variable, reshape(own, variable.shape)];
  });
}
