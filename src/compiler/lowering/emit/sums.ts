import type { DType } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { DataType } from '../../onnx/index.ts';
import type { EmitContext } from './context.ts';
import { emitReduce } from './reduce.ts';

export type Sum = 'ReduceSum' | 'ReduceMean';

/** Sums of at most this many elements use one operator. */
const UNSPLIT = 128;
/** The same where rows are added and there are many elements, so that the cost of additional nodes is negligible. */
const UNSPLIT_ROWS = 8;
const MANY_ELEMENTS = 8192;
/** The maximum number of consecutive additions in float32 where the engine adds row to row. */
const MAX_RUN = 4;
/** The same where it adds along rows: a vector holds several partial sums, each of which is as short. */
const MAX_VECTOR_RUN = 64;
const MIN_VECTOR_RUN = 16;
/** Rows of about this many elements are added fastest; there should be a few of them per thread. */
const ROW_ELEMENTS = 16_384;
const MIN_ROWS = 8;

/** Whether sums are split, so that the model depends on the sizes of the operand. */
export function isSplit({ target }: EmitContext, dtype: DType): boolean {
  return dtype === 'float32' && target.engine !== 'any';
}

/**
 * A sum over axes in float32 with a small rounding error: short runs are added in float32, and their sums in float64.
 *
 * The engine adds row to row, so that a sum of n elements loses about √n units in the last place. Where the reduced axes
 * are the last ones, it adds along vectors and then across them, which shortens each run by the length of a vector.
 * Either way x is read once; the part added in float64 is small. Runs go over distant elements where rows are added,
 * which makes the rows long, and over neighbors where the reduced axes are the last ones.
 */
export function emitSum(
  context: EmitContext,
  opType: Sum,
  x: string,
  shape: readonly number[],
  axes: readonly number[],
  output: readonly number[],
): string {
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
  if (plan === null) return emitReduce(context, opType, x, axes, output.length === shape.length);
  const first = emitReduce(context, 'ReduceSum', builder.reshape(x, plan.view), [plan.run], false);
  const wide = builder.emit('Cast', [first], { attributes: { to: DataType.DOUBLE } });
  const total = emitReduce(context, 'ReduceSum', wide, plan.rest, false);
  const scaled = opType === 'ReduceMean' ? builder.emit('Mul', [total, builder.scalar(1 / count, 'float64')]) : total;
  return builder.reshape(builder.emit('Cast', [scaled], { attributes: { to: DataType.FLOAT } }), output);
}

/** A sum over axes of which the size is free, so that it cannot be divided into runs: all of it in float64. */
function emitWideSum(context: EmitContext, opType: Sum, x: string, axes: readonly number[], keepDims: boolean): string {
  const wide = context.builder.emitOnce('Cast', [x], { attributes: { to: DataType.DOUBLE } });
  const total = emitReduce(context, opType, wide, axes, keepDims);
  return context.builder.emit('Cast', [total], { attributes: { to: DataType.FLOAT } });
}

interface Plan {
  /** The shape in which the runs are a separate axis. */
  readonly view: readonly number[];
  /** The axis of the runs, summed first, in float32. */
  readonly run: number;
  /** The axes summed second, in float64: axes of the view without that of the runs. */
  readonly rest: readonly number[];
}

function planRuns(shape: readonly number[], axes: readonly number[]): Plan | null {
  const last = axes.at(-1) ?? 0;
  let start = last;
  while (axes.includes(start - 1)) start--;
  const group = sizeOf(shape.slice(start, last + 1));
  const inner = sizeOf(shape.slice(last + 1));
  const outer = axes.filter((axis) => axis < start);
  if (inner === 1 && outer.length > 0) {
    return { view: [...shape.slice(0, start), group, ...shape.slice(last + 1)], run: start, rest: outer };
  }
  if (inner === 1) {
    const along = largestDivisor(group, MAX_VECTOR_RUN);
    if (along < MIN_VECTOR_RUN) return null;
    return { view: [...shape.slice(0, start), group / along, along], run: start + 1, rest: [start] };
  }
  const run = largestDivisor(group, MAX_RUN);
  if (run === 1) return null;
  const rows = group / run;
  const long = largestDivisor(
    rows,
    Math.max(1, Math.min(Math.floor(ROW_ELEMENTS / inner), Math.floor(rows / MIN_ROWS))),
  );
  const view = [...shape.slice(0, start), rows / long, run, long, ...shape.slice(last + 1)];
  return { view, run: start + 1, rest: [...outer, start, start + 1] };
}

function largestDivisor(value: number, limit: number): number {
  for (let divisor = Math.min(value, limit); divisor > 1; divisor--) if (value % divisor === 0) return divisor;
  return 1;
}
