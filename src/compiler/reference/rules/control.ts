import { InternalError } from '../../../core/errors.ts';
import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { Value } from '../../ir/value.ts';
import { zeros } from '../arrays/array.ts';
import type { EvaluateRules } from './rule.ts';

/** Slice i of a tensor along its first axis; the elements are shared. */
function sliceAt(x: Tensor, i: number): Tensor {
  const shape = x.shape.slice(1);
  const size = sizeOf(shape);
  return new Tensor(x.data.subarray(i * size, (i + 1) * size), shape, x.dtype);
}

const isTrue = ({ data }: Tensor): boolean => data[0] !== 0;

/** Slices along a new first axis. Without any, unknown sizes of the value that they would have been are 0. */
function stack(slices: readonly Tensor[], { dtype, shape }: Value): Tensor {
  const each: KnownShape = slices[0]?.shape ?? shape.map((size) => size ?? 0);
  const whole = zeros(dtype, [slices.length, ...each]);
  for (const [i, { data }] of slices.entries()) whole.data.set(data, i * data.length);
  return whole;
}

export const controlRules: EvaluateRules<'control'> = {
  scan: (operands, { body, states, sequences, reverse }, { run }) => {
    const scanned = operands.slice(states, states + sequences);
    const captures = operands.slice(states + sequences);
    const order = Array.from({ length: scanned[0]?.shape[0] ?? 0 }, (_, i) => i);
    if (reverse) order.reverse();
    let state: readonly Tensor[] = operands.slice(0, states);
    const steps = order.map((i) => {
      const results = run(body, [...state, ...scanned.map((x) => sliceAt(x, i)), ...captures]);
      state = results.slice(0, states);
      return results.slice(states);
    });
    if (reverse) steps.reverse();
    const stacked = body.outputs.slice(states).map((value, i) =>
      stack(
        steps.flatMap((step) => step[i] ?? []),
        value,
      ),
    );
    const [first, ...rest] = [...state, ...stacked];
    if (first === undefined) throw new InternalError('a scan without results.');
    return [first, ...rest];
  },

  cond: ([predicate, ...captures], { whenTrue, whenFalse }, { run }) => {
    const [first, ...rest] = run(isTrue(predicate) ? whenTrue : whenFalse, captures);
    if (first === undefined) throw new InternalError('a cond without results.');
    return [first, ...rest];
  },

  whileLoop: ([predicate, ...operands], { body, states, limit }, { run }) => {
    const captures = operands.slice(states);
    let state: readonly Tensor[] = operands.slice(0, states);
    let goesOn = isTrue(predicate);
    for (let round = 0; goesOn && round < (limit ?? Infinity); round++) {
      const [next, ...results] = run(body, [...state, ...captures]);
      state = results;
      goesOn = next !== undefined && isTrue(next);
    }
    const [first, ...rest] = state;
    if (first === undefined) throw new InternalError('a loop without states.');
    return [first, ...rest];
  },
};
