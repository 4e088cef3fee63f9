import type { DType } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { DataType } from '../../onnx/index.ts';
import type { EmitContext } from './context.ts';
import { largestDivisor } from './largest-divisor.ts';
import { emitPairwiseSum } from './pairwise-sums.ts';
import { type Sum, emitReduce } from './reduce.ts';

/** Sums of at most this many elements use one operator. */
const UNSPLIT = 128;
/** The same where rows are added and there are many elements, so that the cost of additional nodes is negligible. */
const UNSPLIT_ROWS = 8;
const MANY_ELEMENTS = 8192;
/** The minimum and maximum number of rows in a run, which are added one by one in float32. */
const MIN_RUN = 4;
const MAX_RUN = 16;
/** Runs with fewer elements take longer as matrix products than as a reduction. */
const MIN_PRODUCT = 256;
/** Rows are merged up to about this length, over which the engine adds fastest. */
const ROW_ELEMENTS = 512;
/** The length of runs along rows: a vector holds several partial sums, each of which is as short. */
const MAX_VECTOR_RUN = 64;
const MIN_VECTOR_RUN = 16;

/** Whether sums are split, so that the model depends on the sizes of the operand. */
export function isSplit({ target }: EmitContext, dtype: DType): boolean {
  return dtype === 'float32' && target.engine !== 'any';
}

/**
 * A sum over axes in float32 with a small rounding error: short runs are added in float32, and their sums in float64.
 *
 * x is read once and nothing of its size is written. Rows are added as a product with a row of ones for each run, which
 * takes a quarter of the time of the engine's reduction; a product of a batch keeps samples apart, and each column is a
 * sum of its own, so that an infinity stays in its channel. Along the last axes the reduction is as fast as reading.
 */
export function emitSum(
  context: EmitContext,
  opType: Sum,
  x: string,
  shape: readonly number[],
  axes: readonly number[],
  output: readonly number[],
): string {
  if (context.target.engine === 'webgpu') return emitPairwiseSum(context, opType, x, shape, axes, output);
  const { builder } = context;
  const { freeSizes = 'none' } = context.target;
  if (freeSizes === 'all' || (freeSizes === 'rows' && axes.includes(0))) {
    return emitWideSum(context, opType, x, axes, output.length === shape.length);
  }
  const count = sizeOf(axes.map((axis) => shape[axis] ?? 1));
  const addsRows = (axes.at(-1) ?? 0) < shape.length - 1;
  const elements = sizeOf(freeSizes === 'rows' ? shape.slice(1) : shape);
  const unsplit = addsRows && elements >= MANY_ELEMENTS ? UNSPLIT_ROWS : UNSPLIT;
  const plan = count > unsplit ? planRuns(shape, axes) : null;
  if (plan === null && shape.length === 2 && axes.length === 1 && axes[0] === 0 && isWorthProduct(count, elements)) {
    const product = builder.emit('MatMul', [
      builder.filled(opType === 'ReduceMean' ? 1 / count : 1, [1, count], 'float32'),
      x,
    ]);
    return output.length === 2 ? product : builder.reshape(product, output);
  }
  if (plan === null) {
    const parts = addsRows && elements >= MANY_ELEMENTS ? emitOuterGroups(context, opType, x, axes) : x;
    return emitReduce(context, opType, parts, axes, output.length === shape.length);
  }
  return emitTotal(context, emitRuns(context, x, plan), plan, opType === 'ReduceMean' ? 1 / count : 1, output);
}

/** Whether a product with ones takes less time than the engine's reduction, of which half is overhead for a small matrix. */
const isWorthProduct = (count: number, elements: number): boolean => count >= MIN_RUN && elements >= MIN_PRODUCT;

/** A sum over axes of which the size is free, so that it cannot be divided into runs: all of it in float64. */
function emitWideSum(context: EmitContext, opType: Sum, x: string, axes: readonly number[], keepDims: boolean): string {
  const wide = context.builder.emitOnce('Cast', [x], { attributes: { to: DataType.DOUBLE } });
  const total = emitReduce(context, opType, wide, axes, keepDims);
  return context.builder.emit('Cast', [total], { attributes: { to: DataType.FLOAT } });
}

/**
 * Reduces all groups of consecutive axes but the last one to sizes of 1, the outer ones first: the engine takes two thirds of the
 * time or less for long rows of one group that it takes for short ones of several.
 */
function emitOuterGroups(context: EmitContext, opType: Sum, x: string, axes: readonly number[]): string {
  const outer = consecutive(axes).slice(0, -1);
  return outer.reduce((sums, [first, last]) => {
    const group = axes.filter((axis) => axis >= first && axis <= last);
    return emitReduce(context, opType, sums, group, true);
  }, x);
}

interface Plan extends Parts {
  /** The shape in which the runs are a separate axis. */
  readonly view: readonly number[];
  /** The axis of the runs, summed first, in float32. */
  readonly run: number;
}

/** The sums of runs. */
export interface Parts {
  /** The shape of the sums of the runs. */
  readonly parts: readonly number[];
  /** The axes of `parts` summed second, in float64. */
  readonly rest: readonly number[];
}

/** The sums of the runs, in float32. */
function emitRuns(context: EmitContext, x: string, { view, run, parts }: Plan): string {
  const { builder } = context;
  const viewed = builder.reshape(x, view);
  const [length = 1, width = 1] = view.slice(run);
  if (run === view.length - 1) return emitReduce(context, 'ReduceSum', viewed, [run], false);
  const sums =
    length * width < MIN_PRODUCT
      ? emitReduce(context, 'ReduceSum', viewed, [run], false)
      : builder.emit('MatMul', [builder.filled(1, [1, length], 'float32'), viewed]);
  return builder.reshape(sums, parts);
}

/** The total of the sums of the runs, added in float64, times a factor. */
export function emitTotal(
  { builder }: EmitContext,
  sums: string,
  { parts, rest }: Parts,
  factor: number,
  output: readonly number[],
): string {
  const wide = builder.emit('Cast', [sums], { attributes: { to: DataType.DOUBLE } });
  const narrow = (total: string): string =>
    builder.reshape(builder.emit('Cast', [total], { attributes: { to: DataType.FLOAT } }), output);
  const [axis = 0, ...others] = rest;
  if (others.length === 0 && axis === parts.length - 2) {
    return narrow(builder.emit('MatMul', [builder.filled(factor, [1, parts[axis] ?? 1], 'float64'), wide]));
  }
  const total = builder.emit('ReduceSum', [wide, builder.integers(rest)], { attributes: { keepdims: 0 } });
  return narrow(factor === 1 ? total : builder.emit('Mul', [total, builder.scalar(factor, 'float64')]));
}

function planRuns(shape: readonly number[], axes: readonly number[]): Plan | null {
  const groups = consecutive(axes);
  const [start, last] = runGroup(groups, shape);
  const [before, after] = [shape.slice(0, start), shape.slice(last + 1)];
  const group = sizeOf(shape.slice(start, last + 1));
  const others = axes.filter((axis) => axis < start || axis > last);
  if (after.length === 0 && others.length > 0) {
    return { view: [...before, group], run: start, parts: before, rest: others };
  }
  const inner = sizeOf(after);
  if (inner === 1 && others.every((axis) => axis < start)) {
    const along = largestDivisor(group, MAX_VECTOR_RUN);
    if (along < MIN_VECTOR_RUN) return null;
    const parts = [...before, group / along];
    return { view: [...parts, along], run: start + 1, parts, rest: [...others, start] };
  }
  // The errors of runs are independent and average out, so that many runs may be longer.
  const run = largestDivisor(group, Math.min(MAX_RUN, Math.max(MIN_RUN, Math.floor(Math.sqrt(group) / 8))));
  if (run === 1) return null;
  const merged = largestDivisor(group / run, Math.max(1, Math.floor(ROW_ELEMENTS / inner)));
  const view = [...before, group / run / merged, run, merged * inner];
  const count = group / run;
  if (others.length === 0) return { view, run: start + 1, parts: [...before, count, inner], rest: [start] };
  const rest = [
    ...others.filter((axis) => axis < start),
    start,
    ...others.flatMap((axis) => (axis > last ? [axis - last + start] : [])),
  ];
  return { view, run: start + 1, parts: [...before, count, ...after], rest };
}

/** The axes of runs: the last consecutive ones, or those before if the last ones are too short for runs along rows. */
function runGroup(groups: readonly (readonly [number, number])[], shape: readonly number[]): readonly [number, number] {
  const [only = [0, 0], before] = groups.toReversed();
  const isShort = only[1] === shape.length - 1 && sizeOf(shape.slice(only[0])) < MIN_VECTOR_RUN;
  return isShort && before !== undefined ? before : only;
}

/** The first and the last axis of each group of consecutive axes. */
function consecutive(axes: readonly number[]): readonly (readonly [number, number])[] {
  const groups: [number, number][] = [];
  for (const axis of axes) {
    const group = groups.at(-1);
    if (group !== undefined && group[1] === axis - 1) group[1] = axis;
    else groups.push([axis, axis]);
  }
  return groups;
}
