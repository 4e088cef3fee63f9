import { fromBlocks, toBlocks } from '../blocked-values.ts';
import type { EmitContext } from '../context.ts';
import { emitPad, emitSlice } from '../slices.ts';

/**
 * Zeros after each element of both spatial axes, up to a multiple of the strides, in the blocked layout: one pass, and
 * another if the result is cut. Returns a name in the plain layout; the channels must be a multiple of the block.
 */
export function spreadInBlocks(
  context: EmitContext,
  x: string,
  [batch = 1, channels = 1, height = 1, width = 1]: readonly number[],
  [rowStride = 1, columnStride = 1]: readonly number[],
  size: readonly [height: number, width: number],
): string {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const images = (batch * channels) / block;
  const open = builder.reshape(toBlocks(builder, x), [images, height, 1, width, 1, block]);
  const padded = emitPad(context, open, [0, 0, 0, 0, 0, 0], [0, 0, rowStride - 1, 0, columnStride - 1, 0]);
  const whole = builder.reshape(padded, [images, height * rowStride, width * columnStride, block]);
  const isCut = size[0] !== height * rowStride || size[1] !== width * columnStride;
  const cut = isCut ? emitSlice(context, whole, [0, 0], size, [1, 1], [1, 2]) : whole;
  return fromBlocks(builder, builder.reshape(cut, [batch, channels, ...size]), { channels });
}
