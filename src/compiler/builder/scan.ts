import { InternalError, ValueError } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import { RandomStream } from '../../core/random.ts';
import { createNode } from '../graph/node.ts';
import { substitute } from '../graph/rewrite.ts';
import { Trace, traceOf } from '../graph/trace.ts';
import { type Value, isNode } from '../ir/value.ts';
import { checkStates } from './check-states.ts';
import { closeScan } from './close-scan.ts';
import { concatenate, reshape, slice } from './movement.ts';
import { newDraws } from './new-draws.ts';
import { placeholderIn } from './placeholder.ts';
import { sum } from './reductions.ts';

/** The states after one step or after all, and the outputs of the step or those of all steps along a new first axis. */
export interface Scanned {
  readonly states: readonly Value[];
  readonly outputs: readonly Value[];
}

/** One step: maps the states and the slices of the sequences to the new states and the outputs. */
export type Step = (states: readonly Value[], slices: readonly Value[]) => Scanned;

export interface ScanOptions {
  /** Whether the last slice comes first; outputs stay at the places of their slices. @default false */
  readonly reverse?: boolean;
  /** Whether the steps are written one after another, without a loop; the length must be known. @default false */
  readonly unroll?: boolean;
}

/**
 * Applies a step to each slice of the sequences along their first axis, passing on the states:
 *
 *     s₀ = initial,   (sₜ, yₜ) = step(sₜ₋₁, xₜ)
 *
 * A step may read values around it. Layers that it calls may update their state, which then continues from step to step, and
 * add losses, which are summed.
 *
 * @throws ValueError if a new state does not have the shape and dtype of the state.
 */
export function scan(
  step: Step,
  initial: readonly Value[],
  sequences: readonly [Value, ...Value[]],
  { reverse = false, unroll = false }: ScanOptions = {},
): Scanned {
  const lengths = new Set(sequences.map(({ shape }) => shape[0]).filter((size) => size !== null));
  if (lengths.size > 1 || lengths.has(undefined)) {
    const received = sequences.map(({ shape }) => showShape(shape)).join(' and ');
    throw new ValueError(
      `[scan] the sequences must have the same length, the size of their first axis. Received: shapes ${received}.`,
    );
  }
  if (unroll) return unrolled(step, initial, sequences, reverse);
  const outer = traceOf([...initial, ...sequences]) ?? new Trace();
  const inner = outer.nested();
  const begin = RandomStream.count;
  const states = initial.map((value, i) => placeholderIn(inner, `state_${i}`, value));
  const slices = sequences.map(({ shape, dtype }, i) =>
    placeholderIn(inner, `slice_${i}`, { shape: shape.slice(1), dtype }),
  );
  const made = step(states, slices);
  checkStates('scan', initial, made.states);

  const { updates, losses } = inner;
  const kept = updates.map(
    ({ variable }) => inner.entry.get(variable) ?? placeholderIn(inner, variable.path, variable),
  );
  const results = [...made.states, ...updates.map(({ value }) => value), ...made.outputs, ...losses];
  const isKept = new Set(kept);
  const entries = [...inner.entry].filter(([, value]) => !isKept.has(value));
  const replaced = new Map(entries.map(([variable, value]) => [value, outer.read(variable)]));
  const draws = newDraws(results, begin);
  const [{ shape: [length = null] }] = sequences; // prettier-ignore
  const drawn = draws.map((value) => {
    if (!isNode(value.node, 'randomUniform')) throw new InternalError('a draw that is no leaf.');
    const { stream, shape, dtype } = value.node.attributes;
    const slice = placeholderIn(inner, 'random', value);
    replaced.set(value, slice);
    return { slice, whole: createNode('randomUniform', [], { stream, shape: [length, ...shape], dtype })[0] };
  });

  const all = closeScan({
    states: [...states, ...kept],
    slices: [...slices, ...drawn.map(({ slice }) => slice)],
    results: substitute(results, replaced),
    initial: [...initial, ...updates.map(({ variable }) => outer.read(variable))],
    sequences: [...sequences, ...drawn.map(({ whole }) => whole)],
    reverse,
  });
  const count = states.length + updates.length;
  for (const [i, { variable }] of updates.entries()) {
    const last = all[states.length + i];
    if (last !== undefined) outer.update(variable, last);
  }
  const outputs = all.slice(count, count + made.outputs.length);
  for (const each of all.slice(count + made.outputs.length)) outer.addLoss(sum(each, { axes: [0] }));
  return { states: all.slice(0, states.length), outputs };
}

/** The steps one after another. */
function unrolled(step: Step, initial: readonly Value[], sequences: readonly Value[], reverse: boolean): Scanned {
  const length = sequences[0]?.shape[0] ?? null;
  if (length === null || length === 0) {
    throw new ValueError(
      `[scan] unroll requires a known number of steps ≥ 1. Received: sequences of shape ${showShape(sequences[0]?.shape ?? [])}.`,
    );
  }
  const at = (value: Value, i: number): Value => {
    const rest = value.shape.slice(1);
    const whole = rest.map(() => 0);
    return reshape(slice(value, [i, ...whole], [i + 1, ...rest.map(() => Infinity)]), rest);
  };
  let states = initial;
  const steps: (readonly Value[])[] = [];
  for (let i = 0; i < length; i++) {
    const place = reverse ? length - 1 - i : i;
    const made = step(
      states,
      sequences.map((value) => at(value, place)),
    );
    checkStates('scan', states, made.states);
    states = made.states;
    steps.push(made.outputs);
  }
  if (reverse) steps.reverse();
  const outputs = (steps[0] ?? []).map((_, i) => {
    const [first, ...rest] = steps.flatMap((each) => each[i] ?? []).map((value) => reshape(value, [1, ...value.shape]));
    if (first === undefined) throw new InternalError('a scan without steps.');
    return concatenate([first, ...rest], 0);
  });
  return { states, outputs };
}
