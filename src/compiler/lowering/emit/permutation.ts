import { sizeOf } from '../../../core/shape.ts';

/** An exchange of axes: axis i of the result is axis `perm[i]` of an operand of this shape. */
export interface Permutation {
  readonly shape: readonly number[];
  readonly perm: readonly number[];
}

/** The shape of the result. */
export function permutedShape({ shape, perm }: Permutation): readonly number[] {
  return perm.map((axis) => shape[axis] ?? 1);
}

/** The same move of elements with the fewest axes: without those of one element, and with axes that stay neighbors merged. */
export function mergeAxes({ shape, perm }: Permutation): Permutation {
  const kept = perm.filter((axis) => shape[axis] !== 1);
  /** Runs of axes that are neighbors in the operand and in the result. */
  const runs: number[][] = [];
  for (const axis of kept) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const isNext = last !== undefined && shape.slice(last + 1, axis).every((size) => size === 1) && last < axis;
    if (isNext) run?.push(axis);
    else runs.push([axis]);
  }
  const ordered = runs.toSorted(([a = 0], [b = 0]) => a - b);
  return {
    shape: ordered.map((run) => sizeOf(run.map((axis) => shape[axis] ?? 1))),
    perm: runs.map((run) => ordered.indexOf(run)),
  };
}

/**
 * Two exchanges of axes, the result of the first seen in the shape of the second in between, as one; null where the shapes have no
 * common division into factors.
 */
export function compose(first: Permutation, second: Permutation): Permutation | null {
  const between = permutedShape(first);
  const factors = commonFactors(between, second.shape);
  if (factors === null) return null;
  const [outputs, inputs] = [splitAxes(between, factors), splitAxes(second.shape, factors)];
  // The factors in the order of the first operand's axes.
  const ordered = first.shape.flatMap((_, axis) => outputs[first.perm.indexOf(axis)] ?? []);
  return {
    shape: ordered.map((factor) => factors[factor] ?? 1),
    perm: second.perm.flatMap((axis) => (inputs[axis] ?? []).map((factor) => ordered.indexOf(factor))),
  };
}

/** The longest list of sizes of which both shapes are products of neighbors; null if there is none. */
function commonFactors(a: readonly number[], b: readonly number[]): readonly number[] | null {
  if (a.includes(0) || sizeOf(a) !== sizeOf(b)) return null;
  const ends = [...new Set([a, b].flatMap((shape) => shape.map((_, i) => sizeOf(shape.slice(0, i + 1)))))];
  const sorted = ends.filter((end) => end > 1).toSorted((x, y) => x - y);
  const factors = sorted.map((end, i) => end / (sorted[i - 1] ?? 1));
  return factors.every(Number.isInteger) ? factors : null;
}

/** The indices of the factors that each axis is the product of. */
function splitAxes(shape: readonly number[], factors: readonly number[]): readonly (readonly number[])[] {
  let next = 0;
  return shape.map((size) => {
    const found: number[] = [];
    for (let rest = size; rest > 1; next++) {
      found.push(next);
      rest /= factors[next] ?? rest;
    }
    return found;
  });
}

/**
 * Nanoseconds of the engine's transposition, measured on an AMD EPYC with AVX-512 on arrays of 400,000 numbers that are not in a cache.
 * It moves blocks where the last axis stays, has fast forms for a matrix and for a list of matrices, which are slower for few rows, and
 * else moves elements one by one. The reordering of the blocked layout is the transposition of a list of matrices of one block.
 */
const COST = {
  node: 5000,
  block: 8,
  blockElement: 0.1,
  reordered: 0.15,
  matrix: 0.25,
  matrices: 0.6,
  fewRows: 1.3,
  element: 3.5,
} as const;
const FEW_ROWS = 16;

/** How a transposition is made: by the engine's operator of this name, or by one that reorders for its blocked layout. */
export type Form = 'Transpose' | 'ReorderInput' | 'ReorderOutput';

/**
 * The operator that makes a transposition with merged axes.
 *
 * @param block the block size of the blocked layout; 0 if its operators cannot be used
 */
export function formOf({ shape, perm }: Permutation, block: number): Form {
  const matrices = matricesIn({ shape, perm });
  if (matrices === null || block === 0) return 'Transpose';
  if (matrices.rows === block) return 'ReorderInput';
  return matrices.columns === block ? 'ReorderOutput' : 'Transpose';
}

/** The matrices that a transposition with merged axes transposes; null if it moves other axes. */
export function matricesIn({ shape, perm }: Permutation): { count: number; rows: number; columns: number } | null {
  const [rows = 1, columns = 1] = shape.slice(-2);
  if (perm.join() === '1,0') return { count: 1, rows, columns };
  return perm.join() === '0,2,1' ? { count: shape[0] ?? 1, rows, columns } : null;
}

/** The time of a transposition with merged axes, in nanoseconds. */
function costOf({ shape, perm }: Permutation, block: number): number {
  const size = sizeOf(shape);
  const last = shape.length - 1;
  if (perm[last] === last) return COST.node + (COST.block * size) / (shape[last] ?? 1) + COST.blockElement * size;
  const matrices = matricesIn({ shape, perm });
  if (matrices === null) return COST.node + COST.element * size;
  if (formOf({ shape, perm }, block) !== 'Transpose') return COST.node + COST.reordered * size;
  if (matrices.rows <= FEW_ROWS) return COST.node + COST.fewRows * size;
  return COST.node + (matrices.count === 1 ? COST.matrix : COST.matrices) * size;
}

/**
 * The transpositions, one after the other, that take the least time for one: itself, or two, of which one is that of a matrix or of a
 * list of matrices, and the other one moves blocks of the last axis; none, if it moves nothing. The result of each is seen in the shape
 * of the next.
 */
export function planTranspositions(whole: Permutation, block: number): readonly Permutation[] {
  const { shape, perm } = whole;
  const last = shape.length - 1;
  const [taken = 0] = perm.slice(-1);
  if (shape.length < 2) return [];
  if (shape.length < 3 || taken === last) return [whole];
  const axes = [...shape.keys()];
  const isOther = (axis: number): boolean => axis !== taken;
  const end = perm.indexOf(last) + 1;
  const orders = [
    // The axis that becomes the last one goes to the end, alone or with those before it.
    [...axes.filter(isOther), taken],
    [...axes.slice(taken + 1), ...axes.slice(0, taken + 1)],
    // The axis that was the last one goes to its place, alone or with those before it.
    [...perm.filter((axis) => axis !== last), last],
    [...perm.slice(end), ...perm.slice(0, end)],
  ];
  const plans = [[whole], ...orders.map((order) => byWayOf(whole, order))];
  const costs = plans.map((plan) => plan.reduce((sum, step) => sum + costOf(step, block), 0));
  return plans[costs.indexOf(Math.min(...costs))] ?? [whole];
}

/** A transposition in two steps, the first of which brings the axes into this order; in one if the other one moves nothing. */
function byWayOf({ shape, perm }: Permutation, order: readonly number[]): readonly Permutation[] {
  const second = { shape: order.map((axis) => shape[axis] ?? 1), perm: perm.map((axis) => order.indexOf(axis)) };
  return [mergeAxes({ shape, perm: order }), mergeAxes(second)].filter((step) => step.perm.length > 1);
}
