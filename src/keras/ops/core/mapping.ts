import { ValueError } from '../../../core/errors.ts';
import { callWithFunctions } from '../base/function-operation.ts';
import { type ComputedFrom, Flat, type Structure, type SymbolicStructure, type ValuesOf } from '../base/structure.ts';
import { checkFunction } from '../base/check-function.ts';
import { scanned } from './scanned.ts';

/** Calls a function for each slice, without a carry. */
function mapped(
  className: string,
  who: string,
  name: string,
  f: (x: never) => Structure,
  xs: SymbolicStructure,
): unknown {
  const operands = Flat.of(who, name, xs);
  if (operands.leaves.length === 0) {
    throw new ValueError(`[${who}] ${name} must contain at least one operand. Received: ${operands.key}.`);
  }
  return callWithFunctions({
    className,
    who,
    operands: { [name]: operands },
    run: (slices) => {
      const options = { length: null, reverse: false, unroll: 1 };
      const none = Flat.of(who, 'the carry', null);
      const made = scanned((_, x) => [null, f(x)], none, Flat.of(who, name, slices), options, who);
      return { ...made, restore: (leaves) => (made.restore(leaves) as readonly unknown[])[1] };
    },
  });
}

/**
 * The results of a function for the slices of xs along the first axis, along a new first axis.
 *
 * Shapes: xs and the result of f are operands in any arrays and records.
 *
 * @throws ValueError if the sizes of the first axes differ; TypeError if f is not a function.
 * @example
 * await jit((xs) => ops.map((x) => ops.sum(ops.square(x)), xs))([[1, 2], [3, 4]]);   // [5, 25]
 * @see https://keras.io/api/ops/core/#map-function
 */
export function map<const Xs, const Y>(f: (x: ValuesOf<Xs>) => Y, xs: Xs): ComputedFrom<NoInfer<Xs>, NoInfer<Y>>;
export function map(f: (x: never) => Structure, xs: SymbolicStructure): unknown {
  checkFunction('ops.map', 'f', f);
  return mapped('Map', 'ops.map', 'xs', f, xs);
}

/**
 * The results of a function for the slices of elements along the first axis, for all slices at once as far as possible: what is
 * elementwise, a product or a reduction is computed once for all, the rest slice by slice.
 *
 * Shapes: elements and the result of the function are operands in any arrays and records.
 *
 * @throws ValueError if the sizes of the first axes differ; TypeError if the argument is not a function.
 * @example
 * const dots = jit((a, b) => ops.vectorizedMap(([x, y]) => ops.dot(x, y), [a, b]));
 * await dots([[1, 2], [3, 4]], [[1, 1], [2, 2]]);   // [3, 14]
 * @see https://keras.io/api/ops/core/#vectorized_map-function
 */
export function vectorizedMap<const Xs, const Y>(
  fn: (x: ValuesOf<Xs>) => Y,
  elements: Xs,
): ComputedFrom<NoInfer<Xs>, NoInfer<Y>>;
export function vectorizedMap(fn: (x: never) => Structure, elements: SymbolicStructure): unknown {
  checkFunction('ops.vectorizedMap', 'function', fn);
  return mapped('VectorizedMap', 'ops.vectorizedMap', 'elements', fn, elements);
}
