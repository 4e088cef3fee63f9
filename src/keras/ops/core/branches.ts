import { ValueError, show } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import { constantOf } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { KerasTensor } from '../base/keras-tensor.ts';
import { callWithFunctions } from '../base/function-operation.ts';
import { type ComputedFrom, Flat, type Structure, type SymbolicStructure, type ValuesOf } from '../base/structure.ts';
import { readPredicate } from './predicate.ts';
import { checkFunction } from '../base/check-function.ts';

/** The results of branches: all must have one structure, and the shapes and dtypes of the first that was traced. */
class Results {
  readonly #who: string;
  #first: Flat | null = null;
  #types: readonly Value[] = [];

  constructor(who: string) {
    this.#who = who;
  }

  /** The leaves of what a branch returns. */
  read(given: Structure): readonly Value[] {
    const who = this.#who;
    const flat = Flat.of(who, 'the result of a branch', given);
    const first = this.#first;
    if (first === null) {
      this.#first = flat;
      this.#types = flat.values(who);
      return this.#types;
    }
    if (flat.key !== first.key) {
      throw new ValueError(
        `[${who}] all branches must return results of one structure. Received: ${first.key} and ${flat.key}, where true stands for an operand.`,
      );
    }
    const values = flat.values(who);
    return values.map((value, i) => {
      const expected = this.#types[i] ?? value;
      const next = typeof flat.leaves[i] === 'number' ? castTo(value, expected.dtype) : value;
      if (next.dtype === expected.dtype && compatible(next.shape, expected.shape)) return next;
      throw new ValueError(
        `[${who}] all branches must return results of the same shapes and dtypes. Received: ${typeOf(expected)} and ${typeOf(next)}.`,
      );
    });
  }

  restore(leaves: readonly unknown[]): unknown {
    return this.#first?.restore(leaves);
  }
}

const typeOf = ({ dtype, shape }: Value): string => `${dtype}${showShape(shape)}`;

/**
 * The result of one of two functions without arguments, of which only that one runs. They read the values around them.
 *
 * The gradient is that of the function that runs. A predicate that is known, such as `true`, chooses at once.
 *
 * Shapes: pred is a scalar; the functions return operands in any arrays and records, of the same structure, shapes and dtypes.
 *
 * @throws ValueError if pred is not a scalar, or the results differ in structure, shape or dtype.
 * @example
 * const f = jit((x) => ops.cond(ops.less(x, 0), () => ops.negative(x), () => ops.sqrt(x)));
 * await f(-4);   // 4
 * await f(9);    // 3
 * @see https://keras.io/api/ops/core/#cond-function
 */
export function cond<const Y, Predicate extends Operand | KerasTensor>(
  pred: Predicate,
  trueFn: () => Y,
  falseFn: () => Structure,
): ComputedFrom<NoInfer<Predicate>, NoInfer<Y>>;
export function cond(pred: Operand | KerasTensor, trueFn: () => Structure, falseFn: () => Structure): unknown {
  const who = 'ops.cond';
  checkFunction(who, 'trueFn', trueFn);
  checkFunction(who, 'falseFn', falseFn);
  return callWithFunctions({
    className: 'Cond',
    who,
    operands: { pred: Flat.of(who, 'pred', pred) },
    run: (given) => {
      const results = new Results(who);
      const values = build.cond(
        readPredicate(who, 'pred', given),
        () => results.read(trueFn()),
        () => results.read(falseFn()),
      );
      return { values, restore: (leaves) => results.restore(leaves) };
    },
  });
}

/**
 * The result of the branch at an index, of which only that one runs; an index that is out of range is restricted to it.
 *
 * Shapes: index is an integer scalar; the operands are passed to the branch, which returns operands in any arrays and records;
 * all branches return results of the same structure, shapes and dtypes.
 *
 * @throws ValueError if there is no branch, the index is not an integer scalar, or the results differ in structure, shape or
 * dtype.
 * @example
 * const f = jit((i, x, y) => ops.switch(ops.cast(i, 'int32'), [ops.add, ops.subtract, ops.multiply], x, y));
 * await f(0, 7, 3);   // 10
 * await f(1, 7, 3);   // 4
 * await f(9, 7, 3);   // 21
 * @see https://keras.io/api/ops/core/#switch-function
 */
function switchBranches<Index extends Operand | KerasTensor, const Inputs extends readonly unknown[], const Y>(
  index: Index,
  branches: readonly ((...operands: { [I in keyof Inputs]: ValuesOf<Inputs[I]> }) => Y)[],
  ...operands: Inputs
): ComputedFrom<NoInfer<Index | Inputs>, NoInfer<Y>>;
function switchBranches(
  index: Operand | KerasTensor,
  branches: readonly ((...operands: never) => Structure)[],
  ...operands: readonly SymbolicStructure[]
): unknown {
  const who = 'ops.switch';
  if (!Array.isArray(branches) || branches.length === 0) {
    throw new ValueError(`[${who}] branches must be a list of at least one function. Received: ${show(branches)}.`);
  }
  for (const [i, branch] of branches.entries()) checkFunction(who, `branches[${i}]`, branch);
  return callWithFunctions({
    className: 'Switch',
    who,
    operands: { index: Flat.of(who, 'index', index), operands: Flat.entries(who, 'operands', operands) },
    run: (given, values) => {
      const results = new Results(who);
      const flat = Flat.entries(who, 'operands', values as readonly unknown[]);
      const passed = flat.restore(flat.values(who)) as readonly never[];
      const run = branches.map(
        (branch) => () => results.read((branch as (...all: readonly never[]) => Structure)(...passed)),
      );
      return { values: choose(readIndex(who, given), run, 0), restore: (leaves) => results.restore(leaves) };
    },
  });
}
export { switchBranches as switch };

function readIndex(who: string, given: unknown): Value {
  const value =
    typeof given === 'number'
      ? toValue(given, Number.isInteger(given) ? 'int32' : 'float32')
      : toValue(given as Operand);
  if (value.rank === 0 && ['int32', 'uint8', 'bool'].includes(value.dtype)) return castTo(value, 'int32');
  throw new ValueError(`[${who}] index must be an integer scalar. Received: index=${show(given)}, ${typeOf(value)}.`);
}

/** The branch at index − first, found by halves. */
function choose(index: Value, branches: readonly build.Branch[], first: number): readonly Value[] {
  const [only] = branches;
  if (branches.length <= 1) return only === undefined ? [] : only();
  const half = Math.ceil(branches.length / 2);
  const known = constantOf(index)?.data[0];
  const isBefore = build.less(index, first + half);
  const predicate = known === undefined ? isBefore : toValue(Number(known < first + half), 'bool');
  return build.cond(
    predicate,
    () => choose(index, branches.slice(0, half), first),
    () => choose(index, branches.slice(half), first + half),
  );
}
