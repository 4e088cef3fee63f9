import { InternalError, NotImplementedError, ValueError } from '../../core/errors.ts';
import { RandomStream } from '../../core/random.ts';
import { showShape } from '../../core/shape.ts';
import { constant } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import { substitute } from '../graph/rewrite.ts';
import { Trace, traceOf } from '../graph/trace.ts';
import { type Value, isNode } from '../ir/value.ts';
import { bodyOf, capturesOf, dependsOn } from './captures.ts';
import { checkStates } from './check-states.ts';
import { add } from './elementwise.ts';
import { gather } from './movement.ts';
import { newDraws } from './new-draws.ts';
import { placeholderIn } from './placeholder.ts';

export interface WhileLoopOptions {
  /** The maximum number of rounds; null for no limit. @default null */
  readonly limit?: number | null;
}

/**
 * Applies a body to the states as long as a condition on them is true, and at most `limit` times:
 *
 *     s₀ = initial,   sₜ₊₁ = body(sₜ) while condition(sₜ)
 *
 * Both may read values around them. Layers that the body calls may update their state, which then continues from round to round,
 * and add losses, which are summed. A loop has a gradient if it has a limit.
 *
 * @throws ValueError if the condition is not a bool scalar, or a new state does not have the shape and dtype of the state.
 * @throws NotImplementedError if the body draws random numbers without a limit, since they are drawn before the program runs.
 */
export function whileLoop(
  condition: (states: readonly Value[]) => Value,
  body: (states: readonly Value[]) => readonly Value[],
  initial: readonly Value[],
  { limit = null }: WhileLoopOptions = {},
): readonly Value[] {
  if (initial.length === 0) throw new ValueError('[whileLoop] there must be at least one state. Received: none.');
  const check = (states: readonly Value[]): Value => checkPredicate(condition(states));
  const start = check(initial);
  const outer = traceOf(initial) ?? new Trace();
  const inner = outer.nested();
  const begin = RandomStream.count;
  const states = initial.map((value, i) => placeholderIn(inner, `state_${i}`, value));
  const made = body(states);
  checkStates('whileLoop', initial, made);
  const next = check(made);

  const { updates, losses } = inner;
  const kept = updates.map(
    ({ variable }) => inner.entry.get(variable) ?? placeholderIn(inner, variable.path, variable),
  );
  const totals = losses.map((loss, i) => placeholderIn(inner, `loss_${i}`, loss));
  const results = [
    next,
    ...made,
    ...updates.map(({ value }) => value),
    ...totals.map((sum, i) => add(sum, losses[i] ?? sum)),
  ];
  const isKept = new Set(kept);
  const entries = [...inner.entry].filter(([, value]) => !isKept.has(value));
  const replaced = new Map(entries.map(([variable, value]) => [value, outer.read(variable)]));
  const draws = newDraws(results, begin);
  const counter = placeholderIn(inner, 'round', { shape: [], dtype: 'int32' });
  for (const value of draws) replaced.set(value, drawnIn(value, counter, limit));
  const counters = draws.length === 0 ? [] : [counter];

  const placeholders = [...states, ...kept, ...totals, ...counters];
  const first = [
    ...initial,
    ...updates.map(({ variable }) => outer.read(variable)),
    ...losses.map(({ dtype }) => constant(0, dtype)),
    ...counters.map(() => constant(0, 'int32')),
  ];
  const inside = [...substitute(results, replaced), ...counters.map((each) => add(each, 1))];
  const captures = capturesOf(inside, dependsOn(placeholders));
  const final = createNode('whileLoop', [start, ...first, ...captures], {
    body: bodyOf(inside, placeholders, captures),
    states: placeholders.length,
    limit,
  });
  const resultAt = (i: number): Value => {
    const found = final[i];
    if (found === undefined) throw new InternalError('a loop without one of its results.');
    return found;
  };
  for (const [i, { variable }] of updates.entries()) outer.update(variable, resultAt(states.length + i));
  for (const i of losses.keys()) outer.addLoss(resultAt(states.length + updates.length + i));
  return final.slice(0, states.length);
}

function checkPredicate(value: Value): Value {
  if (value.dtype === 'bool' && value.rank === 0) return value;
  throw new ValueError(
    `[whileLoop] the condition must return a bool scalar. Received: ${value.dtype}${showShape(value.shape)}.`,
  );
}

/** The random numbers of a round: those of all rounds are drawn before the program runs. */
function drawnIn({ node }: Value, round: Value, limit: number | null): Value {
  if (!isNode(node, 'randomUniform')) throw new InternalError('a draw that is no leaf.');
  if (limit === null) {
    throw new NotImplementedError(
      '[whileLoop] random numbers are drawn before a program runs, for a known number of rounds. Received: a body that draws some, without a limit. Set maximumIterations, or draw them outside of the loop.',
    );
  }
  const { stream, shape, dtype } = node.attributes;
  return gather(createNode('randomUniform', [], { stream, shape: [limit, ...shape], dtype })[0], round, 0);
}
