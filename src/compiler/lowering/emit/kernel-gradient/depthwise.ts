import { sizeOf } from '../../../../core/shape.ts';
import { isBlockedDepthwise } from '../blocked-depthwise.ts';
import { toBlocks } from '../blocked-values.ts';
import { BLOCKED } from '../builder.ts';
import type { EmitContext } from '../context.ts';
import { emitSlice } from '../slices.ts';
import { emitSum } from '../sums.ts';
import { emitTranspose } from '../transposition.ts';
import { windowAttributes } from '../window-attributes.ts';
import type { KernelGradientProblem } from './problem.ts';

/**
 * The gradient of a depthwise kernel as one depthwise convolution in the blocked layout, or null where that does not
 * apply: each channel of each sample of x is a channel, and dy is its kernel. Both are used as they are, in one read; the
 * results of the samples, which have the size of a kernel, are added.
 */
export function gradientOfDepthwise(context: EmitContext, problem: KernelGradientProblem): string | null {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const { shape, dyShape, kernelShape, attributes } = problem;
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  const [, filters = 0, dyHeight = 0, dyWidth = 0] = dyShape;
  if (!isBlockedDepthwise(target, [filters, channels / attributes.groups, ...kernelShape], attributes)) return null;
  // The samples are among the channels of this convolution, so their number must be known.
  if (batch === 0 || (target.freeSizes ?? 'none') !== 'none') return null;

  // The strides of the forward convolution dilate dy; its dilations are the strides of this one.
  const { strides, dilations, padding } = attributes;
  const input = builder.reshape(toBlocks(builder, problem.x), [1, batch * channels, height, width]);
  const kernel = builder.reshape(toBlocks(builder, problem.dy), [batch * channels, 1, dyHeight, dyWidth]);
  const product = builder.emit('Conv', [input, kernel], {
    attributes: {
      ...windowAttributes({ strides: dilations, dilations: strides, padding }),
      group: batch * channels,
      kernel_shape: [dyHeight, dyWidth],
    },
    domain: BLOCKED,
  });
  const found = [height, width].map((length, i) => {
    const [before, after] = padding[i] ?? [0, 0];
    const span = ([dyHeight, dyWidth][i] ?? 1) * (strides[i] ?? 1) - (strides[i] ?? 1) + 1;
    return Math.floor((length + before + after - span) / (dilations[i] ?? 1)) + 1;
  });
  const elements = channels * sizeOf(found);
  const sum = emitSum(
    context,
    'ReduceSum',
    builder.reshape(product, [batch, elements]),
    [batch, elements],
    [0],
    [elements],
  );
  const blocks = builder.reshape(sum, [channels / block, ...found, block]);
  // Strides may leave elements at the end that no kernel position was multiplied with.
  const isWhole = found.every((length, i) => length === kernelShape[i]);
  const kept = isWhole ? blocks : emitSlice(context, blocks, [0, 0], kernelShape, [1, 1], [1, 2]);
  const ordered = emitTranspose(context, kept, [channels / block, ...kernelShape, block], [0, 3, 1, 2]);
  return builder.reshape(ordered, [channels, 1, ...kernelShape]);
}
