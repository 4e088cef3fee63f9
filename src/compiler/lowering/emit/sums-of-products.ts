import { sizeOf } from '../../../core/shape.ts';
import { BLOCKED } from './builder.ts';
import type { EmitContext } from './context.ts';
import { largestDivisor } from './largest-divisor.ts';
import type { Sum } from './reduce.ts';
import { emitTotal } from './sums.ts';

/** The number of products that are added in float32 in each lane of a vector. */
const MAX_RUN = 64;
const MIN_RUN = 16;
/** Below this size the reshapes take longer than a pass over memory. */
const MANY_ELEMENTS = 32_768;

/**
 * Σ a·b over axes of which the last ones are contiguous, in one read of a and b and without a write of their size; null
 * where there is no such form.
 *
 * A depthwise convolution of the engine's blocked layout, of which the kernel is as large as the image, is a product of
 * two vectors for each channel. Any run of block · n elements is a block of such channels with an image of n pixels. The
 * sums of the lanes are added in float64. Each result depends on its own elements only.
 */
export function emitSumOfProducts(
  context: EmitContext,
  opType: Sum,
  [a, b]: readonly [string, string],
  shape: readonly number[],
  axes: readonly number[],
  output: readonly number[],
): string | null {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const elements = sizeOf(shape);
  if (block === 0 || (target.freeSizes ?? 'none') !== 'none' || elements < MANY_ELEMENTS) return null;
  let start = shape.length;
  while (axes.includes(start - 1)) start--;
  const length = sizeOf(shape.slice(start));
  if (length % block !== 0) return null;
  const run = largestDivisor(length / block, MAX_RUN);
  if (run < MIN_RUN) return null;
  const channels = elements / run;
  const operands = [builder.reshape(a, [1, channels, run, 1]), builder.reshape(b, [channels, 1, run, 1])];
  const attributes = { group: channels, kernel_shape: [run, 1] };
  const lanes = builder.emit('Conv', operands, { domain: BLOCKED, attributes });
  const parts = [...shape.slice(0, start), length / run];
  const count = sizeOf(axes.map((axis) => shape[axis] ?? 1));
  const rest = [...axes.filter((axis) => axis < start), start];
  const factor = opType === 'ReduceMean' ? 1 / count : 1;
  return emitTotal(context, builder.reshape(lanes, parts), { parts, rest }, factor, output);
}
