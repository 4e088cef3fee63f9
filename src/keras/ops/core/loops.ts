import { checkInteger, checkOptions } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import { constant, constantOf } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { KerasTensor } from '../base/keras-tensor.ts';
import { type Computed, callWithFunctions } from '../base/function-operation.ts';
import { type ComputedFrom, Flat, type Structure, type SymbolicStructure, type ValuesOf } from '../base/structure.ts';
import { readPredicate } from './predicate.ts';
import { checkFunction } from '../base/check-function.ts';
import { scanned } from './scanned.ts';
import { checkDTypes, initialStates, readStates } from './states.ts';

/** Options of {@link whileLoop}. */
export interface WhileLoopOptions {
  /** The maximum number of rounds, with which the loop has a gradient. @default null, no limit */
  maximumIterations?: number | null;
}

/** The arguments of the functions of a loop: the entries of a list, or one structure. */
type LoopArguments<T> = T extends readonly unknown[] ? { [I in keyof T]: ValuesOf<T[I]> } : readonly [ValuesOf<T>];

/**
 * Applies a body to loop variables as long as a condition is true:
 *
 *     while (cond(...loopVars)) loopVars = body(...loopVars)
 *
 * Each function is traced, not run: `cond` returns a boolean value, `body` the new loop variables. With `maximumIterations` the
 * loop has a gradient, which keeps the values of so many rounds; without it, it has none.
 *
 * Shapes: an array of loop variables is passed entry by entry; anything else is one argument. Each keeps its shape and dtype.
 *
 * @throws ValueError if the condition is not a boolean scalar, or a loop variable changes its structure, shape or dtype.
 * @example
 * const halve = jit((x) => ops.whileLoop((a) => ops.greater(a, 1), (a) => ops.divide(a, 2), x));
 * await halve(20);   // 0.625
 * const [steps] = ops.whileLoop((i, a) => ops.less(a, 100), (i, a) => [ops.add(i, 1), ops.multiply(a, 3)], [0, 1]);
 * await evaluate(steps);   // 5
 * @see https://keras.io/api/ops/core/#while_loop-function
 */
export function whileLoop<const Vars>(
  cond: (...vars: LoopArguments<Vars>) => Operand,
  body: (...vars: LoopArguments<Vars>) => Structure,
  loopVars: Vars,
  options?: WhileLoopOptions,
): ComputedFrom<NoInfer<Vars>, NoInfer<Vars>>;
export function whileLoop(
  cond: (...vars: never) => Operand,
  body: (...vars: never) => Structure,
  loopVars: SymbolicStructure,
  options: WhileLoopOptions = {},
): unknown {
  const who = 'ops.whileLoop';
  checkFunction(who, 'cond', cond);
  checkFunction(who, 'body', body);
  checkOptions(who, options, ['maximumIterations']);
  const { maximumIterations: limit = null } = options;
  if (limit !== null) checkInteger(who, 'maximumIterations', limit, 0);
  const isList = Array.isArray(loopVars);
  const flat = (given: unknown): Flat =>
    isList ? Flat.entries(who, 'loopVars', given as readonly unknown[]) : Flat.of(who, 'loopVars', given);
  return callWithFunctions({
    className: 'WhileLoop',
    who,
    operands: { loopVars: flat(loopVars) },
    run: (vars) => {
      const init = flat(vars);
      const argumentsOf = (states: readonly Value[]): never => {
        const restored = init.restore(states);
        return (isList ? restored : [restored]) as never;
      };
      const step = (states: readonly Value[]): readonly Value[] =>
        readStates(who, flatResult(body(...argumentsOf(states))), init, states);
      return loop(who, init, (states) => cond(...argumentsOf(states)), step, limit);
    },
  });

  /** A list of one variable may be returned without the list. */
  function flatResult(given: unknown): Flat {
    return flat(isList && !Array.isArray(given) ? [given] : given);
  }
}

function loop(
  who: string,
  init: Flat,
  cond: (states: readonly Value[]) => Operand,
  body: (states: readonly Value[]) => readonly Value[],
  limit: number | null,
): Computed {
  if (init.leaves.length === 0) {
    throw new ValueError(`[${who}] there must be at least one loop variable. Received: ${init.key}.`);
  }
  const states = initialStates(who, init, [], body);
  const checked = (before: readonly Value[]): readonly Value[] => {
    const after = body(before);
    checkDTypes(who, before, after);
    return after;
  };
  const condition = (before: readonly Value[]): Value => readPredicate(who, 'the condition', cond(before));
  const values = build.whileLoop(condition, checked, states, { limit });
  return { values, restore: (leaves) => init.restore(leaves) };
}

/**
 * Applies a function to a state for each integer i from `lower` to `upper`, without `upper`:
 *
 *     for (i = lower; i < upper; i++) state = bodyFun(i, state)
 *
 * With constant bounds the loop has a gradient. The function is traced once; i is an int32 scalar.
 *
 * Shapes: the state is operands in any arrays and records; it keeps its structure, shapes and dtypes.
 *
 * @throws ValueError if a bound is not an integer scalar, or the state changes its structure, shape or dtype.
 * @example
 * await jit((x) => ops.foriLoop(0, 10, (i, sum) => ops.add(sum, ops.multiply(i, x)), 0))(2);   // 90
 * @see https://keras.io/api/ops/core/#fori_loop-function
 */
export function foriLoop<Lower extends Operand | KerasTensor, Upper extends Operand | KerasTensor, const Init>(
  lower: Lower,
  upper: Upper,
  bodyFun: (i: Value, state: ValuesOf<Init>) => Structure,
  initVal: Init,
): ComputedFrom<NoInfer<Lower | Upper | Init>, NoInfer<Init>>;
export function foriLoop(
  lower: Operand | KerasTensor,
  upper: Operand | KerasTensor,
  bodyFun: (i: Value, state: never) => Structure,
  initVal: SymbolicStructure,
): unknown {
  const who = 'ops.foriLoop';
  checkFunction(who, 'bodyFun', bodyFun);
  return callWithFunctions({
    className: 'ForiLoop',
    who,
    operands: {
      lower: Flat.of(who, 'lower', lower),
      upper: Flat.of(who, 'upper', upper),
      initVal: Flat.of(who, 'initVal', initVal),
    },
    run: (from, to, given) => {
      const init = Flat.of(who, 'initVal', given);
      const bounds = [readBound(who, 'lower', from), readBound(who, 'upper', to)] as const;
      const [first, last] = bounds.map((bound) => constantOf(bound)?.data[0] ?? null);
      if (first === null || first === undefined || last === null || last === undefined) {
        return computedRounds(who, bounds, bodyFun, init);
      }
      const indices = constant(Int32Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i));
      const made = scanned(
        (state, i) => [bodyFun(i, state), null],
        init,
        Flat.of(who, 'i', indices),
        { length: null, reverse: false, unroll: 1 },
        who,
      );
      return { ...made, restore: (leaves) => (made.restore(leaves) as readonly unknown[])[0] };
    },
  });
}

function readBound(who: string, name: string, given: unknown): Value {
  if (typeof given === 'number') return constant(checkInteger(who, name, given, -(2 ** 31)), 'int32');
  const bound = toValue(given as Operand);
  if (bound.rank === 0 && (bound.dtype === 'int32' || bound.dtype === 'uint8')) return castTo(bound, 'int32');
  throw new ValueError(
    `[${who}] ${name} must be an integer scalar. Received: ${name}=${show(given)}, ${bound.dtype}${showShape(bound.shape)}.`,
  );
}

/** A loop whose bounds are computed. */
function computedRounds(
  who: string,
  [lower, upper]: readonly [Value, Value],
  bodyFun: (i: Value, state: never) => Structure,
  init: Flat,
): Computed {
  const all = Flat.entries(who, 'the state', [lower, ...init.leaves]);
  const body = ([i = lower, ...state]: readonly Value[]): readonly Value[] => [
    build.add(i, 1),
    ...readStates(
      who,
      Flat.of(who, 'the state that the function returns', bodyFun(i, init.restore(state) as never)),
      init,
      state,
    ),
  ];
  const { values } = loop(who, all, ([i = lower]) => build.less(i, upper), body, null);
  return { values: values.slice(1), restore: (leaves) => init.restore(leaves) };
}
