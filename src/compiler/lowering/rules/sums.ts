import { sizeOf } from '../../../core/shape.ts';
import { DataType } from '../../onnx/index.ts';
import type { PrimitiveName } from '../../graph/primitives.ts';
import type { LowerContext } from '../rule.ts';

type Context = LowerContext<PrimitiveName>;
export type Sum = 'ReduceSum' | 'ReduceMean';

/** Sums of so many elements or fewer are taken at once. */
const AT_ONCE = 128;
/** So few, where rows are added and there are many elements, beside which the additional nodes cost little. */
const FEW_ROWS = 8;
const MANY = 8192;
/** The longest run of additions in float32 where the engine adds one row to the next. */
const RUN = 4;
/** The same where it adds along rows: with several sums side by side in a vector, each of which is as short then. */
const VECTOR_RUN = 64;
const SHORTEST_VECTOR_RUN = 16;
/** Rows of about so many elements are added fastest; there should be a few of them for each thread. */
const ROW = 16_384;
const FEWEST_ROWS = 8;

/**
 * A sum over axes in float32 that loses little: short runs are added first, and their results in float64.
 *
 * The engine adds rows one to the next, so that a sum of n elements loses about √n units in the last place. Where the
 * reduced axes are the last, it adds along vectors and then across, which leaves each of a vector's sums as short as the
 * vector is long. Either way x is read once; what is added in float64 is small. Runs go over elements far apart where
 * rows are added, which makes the rows long, and over neighbours where the reduced axes are the last.
 */
export function emitSum(
  context: Context,
  opType: Sum,
  x: string,
  shape: readonly number[],
  axes: readonly number[],
  output: readonly number[],
): string {
  const { builder } = context;
  const count = sizeOf(axes.map((axis) => shape[axis] ?? 1));
  const addsRows = (axes.at(-1) ?? 0) < shape.length - 1;
  const least = addsRows && sizeOf(shape) >= MANY ? FEW_ROWS : AT_ONCE;
  const plan = count > least ? planRuns(shape, axes) : null;
  if (plan === null) return reduce(context, opType, x, axes, output.length === shape.length);
  const first = reduce(context, 'ReduceSum', builder.reshape(x, plan.view), [plan.run], false);
  const wide = builder.emit('Cast', [first], { attributes: { to: DataType.DOUBLE } });
  const total = reduce(context, 'ReduceSum', wide, plan.rest, false);
  const scaled = opType === 'ReduceMean' ? builder.emit('Mul', [total, builder.scalar(1 / count, 'float64')]) : total;
  return builder.reshape(builder.emit('Cast', [scaled], { attributes: { to: DataType.FLOAT } }), output);
}

function reduce(context: Context, opType: Sum, x: string, axes: readonly number[], keepDims: boolean): string {
  const attributes = { keepdims: keepDims ? 1 : 0 };
  return context.builder.emit(opType, [x, context.builder.integers(axes)], { attributes });
}

interface Plan {
  /** The shape in which runs are an axis of their own. */
  readonly view: readonly number[];
  /** That axis, summed first, in float32. */
  readonly run: number;
  /** Those that are summed then, in float64: axes of the view without that of the runs. */
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
    const along = largestDivisor(group, VECTOR_RUN);
    if (along < SHORTEST_VECTOR_RUN) return null;
    return { view: [...shape.slice(0, start), group / along, along], run: start + 1, rest: [start] };
  }
  const run = largestDivisor(group, RUN);
  if (run === 1) return null;
  const rows = group / run;
  const long = largestDivisor(rows, Math.max(1, Math.min(Math.floor(ROW / inner), Math.floor(rows / FEWEST_ROWS))));
  const view = [...shape.slice(0, start), rows / long, run, long, ...shape.slice(last + 1)];
  return { view, run: start + 1, rest: [...outer, start, start + 1] };
}

function largestDivisor(value: number, limit: number): number {
  for (let divisor = Math.min(value, limit); divisor > 1; divisor--) if (value % divisor === 0) return divisor;
  return 1;
}
