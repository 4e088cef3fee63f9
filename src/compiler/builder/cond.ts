import { InternalError, ValueError } from '../../core/errors.ts';
import { compatible, showShape } from '../../core/shape.ts';
import { constant, constantOf } from '../graph/leaves.ts';
import { countNodes, createNode } from '../graph/node.ts';
import { type Changes, Trace } from '../graph/trace.ts';
import type { Value } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import { bodyOf, capturesOf, madeSince } from './captures.ts';
import { add } from './elementwise.ts';

/** One of two computations; it reads the values around it. */
export type Branch = () => readonly Value[];

/** A branch that has been traced. */
interface Traced {
  readonly results: readonly Value[];
  readonly changes: readonly Changes[];
}

/**
 * The results of one of two branches, of which only that one runs. Layers that a branch calls may update their state, which
 * changes if the branch runs, and add losses, which count then.
 *
 * @throws ValueError if the predicate is not a bool scalar, or the branches return values of other types.
 */
export function cond(predicate: Value, whenTrue: Branch, whenFalse: Branch): readonly Value[] {
  if (predicate.dtype !== 'bool' || predicate.rank !== 0) {
    throw new ValueError(`[cond] the predicate must be a bool scalar. Received: ${typeOf(predicate)}.`);
  }
  const known = constantOf(predicate);
  if (known !== null) return known.data[0] === 0 ? whenFalse() : whenTrue();
  const begin = countNodes();
  const [first, second] = [traceBranch(whenTrue), traceBranch(whenFalse)];
  const traced = [first, second];
  checkTypes(first.results, second.results);
  const variables = updatedVariables(traced);
  const losses = lossTypes(traced);
  const resultsOf = ({ results, changes }: Traced): readonly Value[] => [
    ...results,
    ...variables.map(({ trace, variable }) => updateOf(changes, trace, variable) ?? trace.read(variable)),
    ...losses.map(({ trace, dtype }) => lossOf(changes, trace) ?? constant(0, dtype)),
  ];
  const [a, b] = [resultsOf(first), resultsOf(second)];
  const results = a.length === 0 ? [] : select(predicate, a, b, begin);
  const resultAt = (i: number): Value => {
    const found = results[i];
    if (found === undefined) throw new InternalError('a cond without one of its results.');
    return found;
  };
  const count = first.results.length;
  for (const [i, { trace, variable }] of variables.entries()) trace.update(variable, resultAt(count + i));
  for (const [i, { trace }] of losses.entries()) trace.addLoss(resultAt(count + variables.length + i));
  return results.slice(0, count);
}

function traceBranch(branch: Branch): Traced {
  const { result, changes } = Trace.branch(branch);
  return { results: result, changes };
}

function select(predicate: Value, a: readonly Value[], b: readonly Value[], begin: number): readonly Value[] {
  const captures = capturesOf([...a, ...b], madeSince(begin));
  return createNode('cond', [predicate, ...captures], {
    whenTrue: bodyOf(a, [], captures),
    whenFalse: bodyOf(b, [], captures),
  });
}

const typeOf = ({ dtype, shape }: Value): string => `${dtype}${showShape(shape)}`;

function checkTypes(a: readonly Value[], b: readonly Value[]): void {
  const fits = a.every((value, i) => b[i]?.dtype === value.dtype && compatible(b[i].shape, value.shape));
  if (fits && a.length === b.length) return;
  const show = (values: readonly Value[]): string => values.map(typeOf).join(', ');
  throw new ValueError(
    `[cond] both branches must return values of the same shapes and dtypes. Received: ${show(a)}, and ${show(b)}.`,
  );
}

function updatedVariables(traced: readonly Traced[]): readonly { trace: Trace; variable: Variable }[] {
  const found = new Map<Trace, Set<Variable>>();
  for (const { trace, updates } of traced.flatMap(({ changes }) => changes)) {
    const variables = found.get(trace) ?? new Set();
    for (const { variable } of updates) variables.add(variable);
    found.set(trace, variables);
  }
  return [...found].flatMap(([trace, variables]) => [...variables].map((variable) => ({ trace, variable })));
}

/** The traces to which a branch adds losses, with the dtype of each. */
function lossTypes(traced: readonly Traced[]): readonly { trace: Trace; dtype: Value['dtype'] }[] {
  const found = new Map<Trace, Value['dtype']>();
  for (const { trace, losses } of traced.flatMap(({ changes }) => changes)) {
    const [first] = losses;
    if (first !== undefined) found.set(trace, first.dtype);
  }
  return [...found].map(([trace, dtype]) => ({ trace, dtype }));
}

function updateOf(changes: readonly Changes[], trace: Trace, variable: Variable): Value | undefined {
  const updates = changes.find((each) => each.trace === trace)?.updates ?? [];
  return updates.find((each) => each.variable === variable)?.value;
}

function lossOf(changes: readonly Changes[], trace: Trace): Value | undefined {
  const [first, ...rest] = changes.find((each) => each.trace === trace)?.losses ?? [];
  return first === undefined ? undefined : rest.reduce<Value>((total, value) => add(total, value), first);
}
