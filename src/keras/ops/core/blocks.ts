import * as build from '../../../compiler/builder/index.ts';
import type { Value } from '../../../compiler/ir/value.ts';

type Sequences = readonly [Value, ...Value[]];

/** The arrangement of steps: `unroll` is the number of steps in one round of the loop, or whether there is no loop. */
export interface BlockOptions {
  readonly reverse: boolean;
  readonly unroll: number | boolean;
}

/** A scan with several steps in each round, where the length is known. What remains after the last full round has no loop. */
export function scanInBlocks(
  step: build.Step,
  initial: readonly Value[],
  sequences: Sequences,
  { reverse, unroll }: BlockOptions,
): build.Scanned {
  const length = sequences[0].shape[0] ?? null;
  const size = Number(unroll === true ? length : unroll);
  if (length === null || length === 0 || size <= 1) return build.scan(step, initial, sequences, { reverse });
  if (size >= length) return build.scan(step, initial, sequences, { reverse, unroll: true });
  const whole = length - (length % size);
  const inBlocks = (states: readonly Value[]): build.Scanned => {
    const blocks = map(part(sequences, 0, whole), (x) => build.reshape(x, [whole / size, size, ...x.shape.slice(1)]));
    const made = build.scan(
      (before, [first, ...rest]) =>
        first === undefined
          ? { states: before, outputs: [] }
          : build.scan(step, before, [first, ...rest], { reverse, unroll: true }),
      states,
      blocks,
      { reverse },
    );
    return { ...made, outputs: made.outputs.map((y) => build.reshape(y, [whole, ...y.shape.slice(2)])) };
  };
  if (whole === length) return inBlocks(initial);
  const remainder = (states: readonly Value[]): build.Scanned =>
    build.scan(step, states, part(sequences, whole, length), { reverse, unroll: true });
  const [first, second] = reverse ? [remainder, inBlocks] : [inBlocks, remainder];
  const before = first(initial);
  const after = second(before.states);
  const [head, tail] = reverse ? [after, before] : [before, after];
  return {
    states: after.states,
    outputs: head.outputs.map((y, i) => build.concatenate([y, tail.outputs[i] ?? y], 0)),
  };
}

/** The slices of each sequence from a step to another. */
const part = (sequences: Sequences, start: number, end: number): Sequences =>
  map(sequences, (x) => {
    const rest = x.shape.slice(1);
    return build.slice(x, [start, ...rest.map(() => 0)], [end, ...rest.map(() => Infinity)]);
  });

const map = ([first, ...rest]: Sequences, apply: (x: Value) => Value): Sequences => [apply(first), ...rest.map(apply)];
