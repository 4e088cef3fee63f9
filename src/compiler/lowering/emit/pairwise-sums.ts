import { sizeOf } from '../../../core/shape.ts';
import type { EmitContext } from './context.ts';
import { largestDivisor } from './largest-divisor.ts';
import { type Sum, emitReduce } from './reduce.ts';
import { emitPad } from './slices.ts';

/** The most elements that are added one by one. */
const MAX_RUN = 32;
/** Runs shorter than this take more passes than zeros at the end cost. */
const MIN_RUN = 8;

/** A sum of some axes: neighboring axes that are all summed, or all kept, are one. */
interface View {
  readonly sizes: readonly number[];
  /** The positions of the summed axes, which alternate with kept ones. */
  readonly summed: readonly number[];
}

/**
 * A sum over axes in float32 alone, for engines without float64: runs are added, then runs of their sums, and so on, so that
 * each element takes part in few additions. The error grows with the number of levels, log₃₂ n, instead of n. On a GPU the
 * levels are also what keeps all of it busy: one thread adds one run.
 */
export function emitPairwiseSum(
  context: EmitContext,
  opType: Sum,
  x: string,
  shape: readonly number[],
  axes: readonly number[],
  output: readonly number[],
): string {
  const { builder } = context;
  const count = sizeOf(axes.map((axis) => shape[axis] ?? 1));
  if (count <= MAX_RUN) return emitReduce(context, opType, x, axes, output.length === shape.length);
  const view = viewOf(shape, axes);
  const levels = levelsOf(view);
  // Means of means need no division by the number of elements, and do not overflow where the sum does; but zeros at the end
  // would count.
  const reduction = levels.some(({ zeros }) => zeros > 0) ? 'ReduceSum' : opType;
  let name = builder.reshape(x, view.sizes);
  let { sizes } = view;
  for (const { axis, run, zeros } of levels) {
    const none = sizes.map(() => 0);
    const runs = ((sizes[axis] ?? 1) + zeros) / run;
    name = emitPad(context, name, none, none.with(axis, zeros));
    name = builder.reshape(name, sizes.toSpliced(axis, 1, runs, run));
    name = emitReduce(context, reduction, name, [axis + 1], false);
    sizes = sizes.with(axis, runs);
  }
  const total = builder.reshape(emitReduce(context, reduction, name, view.summed, false), output);
  return reduction === opType ? total : builder.emit('Mul', [total, builder.scalar(1 / count, 'float32')]);
}

/** One level of runs along an axis, which is filled up by zeros. */
interface Level {
  readonly axis: number;
  readonly run: number;
  readonly zeros: number;
}

/** The levels after which few enough sums are left to be added one by one. */
function levelsOf({ sizes: given, summed }: View): readonly Level[] {
  const sizes = [...given];
  const levels: Level[] = [];
  while (sizeOf(summed.map((axis) => sizes[axis] ?? 1)) > MAX_RUN) {
    const axis = summed.reduce((longest, each) => ((sizes[each] ?? 0) > (sizes[longest] ?? 0) ? each : longest));
    const length = sizes[axis] ?? 1;
    const divisor = largestDivisor(length, MAX_RUN);
    const run = divisor < Math.min(MIN_RUN, length) ? MAX_RUN : divisor;
    const runs = Math.ceil(length / run);
    levels.push({ axis, run, zeros: runs * run - length });
    sizes[axis] = runs;
  }
  return levels;
}

function viewOf(shape: readonly number[], axes: readonly number[]): View {
  const sizes: number[] = [];
  const summed: number[] = [];
  for (const [axis, size] of shape.entries()) {
    const isSummed = axes.includes(axis);
    const wasSummed = summed.at(-1) === sizes.length - 1;
    if (axis > 0 && isSummed === wasSummed) {
      sizes[sizes.length - 1] = (sizes.at(-1) ?? 1) * size;
      continue;
    }
    if (isSummed) summed.push(sizes.length);
    sizes.push(size);
  }
  return { sizes, summed };
}
