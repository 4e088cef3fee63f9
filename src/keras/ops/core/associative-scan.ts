import { canonicalAxis } from '../../../core/axes.ts';
import { checkBoolean, checkInteger, checkOptions } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { callWithFunctions } from '../base/function-operation.ts';
import { type ComputedFrom, Flat, type Structure, type SymbolicStructure, type ValuesOf } from '../base/structure.ts';
import { checkFunction } from '../base/check-function.ts';
import { readStates } from './states.ts';

/** Options of {@link associativeScan}. */
export interface AssociativeScanOptions {
  /** Whether the last element comes first. @default false */
  reverse?: boolean;
  /** The axis along which elements are combined. @default 0 */
  axis?: number;
}

const WHO = 'ops.associativeScan';

type Combine = (a: readonly Value[], b: readonly Value[]) => readonly Value[];

/**
 * The results of combining all elements up to each one along an axis, by an associative function:
 *
 *     y = [e₀, f(e₀, e₁), f(f(e₀, e₁), e₂), …],   where f(a, f(b, c)) = f(f(a, b), c)
 *
 * Pairs are combined first, then pairs of pairs: about 2 log₂(n) calls of f on many elements at once, instead of n on one.
 *
 * Shapes: elems are operands in any arrays and records; f receives parts of them along the axis, of any size, and returns their
 * combination in the same structure and shapes. The axis must have a known size, or else elements are combined one by one.
 *
 * @throws ValueError if the sizes of the axis differ, or f returns another structure or shape.
 * @example
 * await jit((xs) => ops.associativeScan(ops.add, xs))([1, 2, 3, 4]);        // [1, 3, 6, 10]
 * await jit((xs) => ops.associativeScan(ops.maximum, xs))([3, 1, 4, 2]);    // [3, 3, 4, 4]
 * @see https://keras.io/api/ops/core/#associative_scan-function
 */
export function associativeScan<const Elements>(
  f: (a: ValuesOf<Elements>, b: ValuesOf<Elements>) => Structure,
  elems: Elements,
  options?: AssociativeScanOptions,
): ComputedFrom<NoInfer<Elements>, NoInfer<Elements>>;
export function associativeScan(
  f: (a: never, b: never) => Structure,
  elems: SymbolicStructure,
  options: AssociativeScanOptions = {},
): unknown {
  checkFunction(WHO, 'f', f);
  checkOptions(WHO, options, ['reverse', 'axis']);
  const { reverse = false, axis = 0 } = options;
  checkBoolean(WHO, 'reverse', reverse);
  checkInteger(WHO, 'axis', axis, -Infinity);
  return callWithFunctions({
    className: 'AssociativeScan',
    who: WHO,
    operands: { elems: Flat.of(WHO, 'elems', elems) },
    run: (given) => {
      const flat = Flat.of(WHO, 'elems', given);
      const values = flat.values(WHO);
      const axes = values.map((value) => canonicalAxis(axis, value.rank, WHO));
      const size = sizeAlong(values, axes);
      const combine: Combine = (a, b) => {
        const made = f(flat.restore(a) as never, flat.restore(b) as never);
        return readStates(WHO, Flat.of(WHO, 'the result of f', made), flat, a, 'combination');
      };
      const ordered = reverse ? reversed(values, axes) : values;
      const made = size === null ? oneByOne(combine, ordered, axes) : byPairs(combine, ordered, axes, size);
      return { values: reverse ? reversed(made, axes) : made, restore: (leaves) => flat.restore(leaves) };
    },
  });
}

function sizeAlong(values: readonly Value[], axes: readonly number[]): number | null {
  const sizes = values.map(({ shape }, i) => shape[axes[i] ?? 0] ?? null);
  const [size = null, ...others] = new Set(sizes.filter((each) => each !== null));
  if (others.length === 0 && values.length > 0) return sizes.includes(null) ? null : size;
  const shapes = values.map(({ shape }) => showShape(shape)).join(', ');
  throw new ValueError(
    `[${WHO}] all operands in elems must have the same size of the axis. Received: ${shapes === '' ? 'none' : `shapes ${shapes}`}.`,
  );
}

/**
 * Combines neighbors, scans the combinations, which are the results at odd places, and combines those with the elements at even
 * places.
 */
function byPairs(combine: Combine, elems: readonly Value[], axes: readonly number[], size: number): readonly Value[] {
  if (size < 2) return elems;
  const half = Math.floor(size / 2);
  const evens = part(elems, axes, 0, 2 * half, 2);
  const odd = byPairs(combine, combine(evens, part(elems, axes, 1, 2 * half, 2)), axes, half);
  const count = Math.ceil(size / 2) - 1;
  const first = part(elems, axes, 0, 1);
  const rest = count === 0 ? null : combine(part(odd, axes, 0, count), part(elems, axes, 2, size, 2));
  return odd.map((value, i) => {
    const axis = axes[i] ?? 0;
    const start = first[i] ?? value;
    const other = rest?.[i];
    const even = other === undefined ? start : build.concatenate([start, other], axis);
    return interleaved(even, value, axis, size);
  });
}

/** a₀, b₀, a₁, b₁, … along an axis. */
function interleaved(a: Value, b: Value, axis: number, size: number): Value {
  const half = Math.ceil(size / 2);
  const before = a.shape.slice(0, axis);
  const after = a.shape.slice(axis + 1);
  const spread = (x: Value, count: number): Value => build.reshape(x, [...before, count, 1, ...after]);
  const last = before.length;
  const whole = Math.floor(size / 2);
  const sliced = whole === half ? a : sliceAlong(a, axis, 0, whole);
  const pairs = build.concatenate([spread(sliced, whole), spread(b, whole)], last + 1);
  const joined = build.reshape(pairs, [...before, 2 * whole, ...after]);
  return whole === half ? joined : build.concatenate([joined, sliceAlong(a, axis, whole, half)], axis);
}

/** Combines elements from first to last, for a size that is not known. */
function oneByOne(combine: Combine, elems: readonly Value[], axes: readonly number[]): readonly Value[] {
  const toFront = (x: Value, axis: number): Value => build.transpose(x, permutationTo(axis, x.rank));
  const [head, ...others] = elems.map((x, i) => toFront(x, axes[i] ?? 0));
  if (head === undefined) return [];
  const withAxis = (x: Value, i: number): Value => build.reshape(x, x.shape.toSpliced(axes[i] ?? 0, 0, 1));
  const withoutAxis = (x: Value, i: number): Value => build.reshape(x, x.shape.toSpliced(axes[i] ?? 0, 1));
  const firsts = [head, ...others].map((x) => build.reshape(sliceAlong(x, 0, 0, 1), x.shape.slice(1)));
  const remaining = (x: Value): Value => sliceAlong(x, 0, 1, Infinity);
  const { outputs } = build.scan(
    (before, slices) => {
      const next = combine(before.map(withAxis), slices.map(withAxis)).map(withoutAxis);
      return { states: next, outputs: next };
    },
    firsts,
    [remaining(head), ...others.map(remaining)],
  );
  return outputs.map((y, i) => {
    const first = firsts[i] ?? y;
    const all = build.concatenate([build.reshape(first, [1, ...first.shape]), y], 0);
    const axis = axes[i] ?? 0;
    const back = [...Array.from({ length: axis }, (_, j) => j + 1), 0];
    return build.transpose(all, [...back, ...Array.from({ length: all.rank - axis - 1 }, (_, j) => axis + 1 + j)]);
  });
}

/** The permutation that makes an axis the first one. */
const permutationTo = (axis: number, rank: number): readonly number[] => [
  axis,
  ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis),
];

function part(
  values: readonly Value[],
  axes: readonly number[],
  start: number,
  end: number,
  stride = 1,
): readonly Value[] {
  return values.map((value, i) => sliceAlong(value, axes[i] ?? 0, start, end, stride));
}

function sliceAlong(x: Value, axis: number, start: number, end: number, stride = 1): Value {
  const at = <T>(inside: T, outside: T): readonly T[] => x.shape.map((_, i) => (i === axis ? inside : outside));
  return build.slice(x, at(start, 0), at(end, Infinity), at(stride, 1));
}

/** The elements from last to first along the axes. */
const reversed = (values: readonly Value[], axes: readonly number[]): readonly Value[] =>
  values.map((value, i) => {
    const axis = axes[i] ?? 0;
    const size = value.shape[axis] ?? null;
    // While a model is described, sizes may be unknown, and only the shape of the result matters.
    if (size === null) return value;
    return build.gather(
      value,
      Int32Array.from({ length: size }, (_, place) => size - 1 - place),
      axis,
    );
  });
