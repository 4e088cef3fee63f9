import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import type * as build from '../../../compiler/builder/index.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Computed } from '../base/function-operation.ts';
import { Flat, type Structure } from '../base/structure.ts';
import { type BlockOptions, scanInBlocks } from './blocks.ts';
import { checkDTypes, initialStates, readStates } from './states.ts';

/** Options of a scan, all given. */
export interface ScannedOptions extends BlockOptions {
  readonly length: number | null;
}

/** A scan whose arguments have been checked. */
export function scanned(
  f: (carry: never, x: never) => readonly [Structure, Structure],
  init: Flat,
  xs: Flat,
  { length, reverse, unroll }: ScannedOptions,
  who: string,
): Computed {
  const given = xs.values(who);
  const [first, ...rest] = checkLengths(who, given, length);
  let outputs: Flat | null = null;
  const step = (before: readonly Value[], slices: readonly Value[]): build.Scanned => {
    const made: unknown = f(init.restore(before) as never, xs.restore(given.length === 0 ? [] : slices) as never);
    if (!Array.isArray(made) || made.length !== 2) {
      throw new TypeError(
        `[${who}] the function must return the new carry and an output, [carry, y]. Received: ${show(made)}.`,
      );
    }
    const [carry, y] = made as readonly unknown[];
    outputs = Flat.of(who, 'the output of the function', y);
    return {
      states: readStates(who, Flat.of(who, 'the carry that the function returns', carry), init, before),
      outputs: outputs.values(who),
    };
  };
  const slices = [first, ...rest].map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }));
  const states = initialStates(who, init, slices, (before, each) => step(before, each).states);
  const checked: build.Step = (before, each) => {
    const after = step(before, each);
    checkDTypes(who, before, after.states);
    return after;
  };
  const made = scanInBlocks(checked, states, [first, ...rest], { reverse, unroll });
  const ys: Flat | null = outputs;
  return {
    values: [...made.states, ...made.outputs],
    restore: (leaves) => [
      init.restore(leaves.slice(0, states.length)),
      (ys as Flat | null)?.restore(leaves.slice(states.length)),
    ],
  };
}

/** The sequences of a scan, of which there is at least one: that of the numbers of the steps where there are none. */
function checkLengths(who: string, xs: readonly Value[], length: number | null): readonly [Value, ...Value[]] {
  const [first, ...rest] = xs;
  if (first === undefined) {
    if (length !== null) return [constant(Int32Array.from({ length }, (_, i) => i))];
    throw new ValueError(`[${who}] length must be given where xs is null. Received: length=null.`);
  }
  const lengths = new Set([length, ...xs.map(({ shape }) => shape[0])].filter((size) => size !== null));
  if (lengths.size <= 1 && !lengths.has(undefined)) return [first, ...rest];
  const shapes = xs.map(({ shape }) => showShape(shape)).join(', ');
  throw new ValueError(
    `[${who}] all operands in xs must have the same size of the first axis, which is length if that is given. Received: shapes ${shapes}, length=${show(length)}.`,
  );
}
