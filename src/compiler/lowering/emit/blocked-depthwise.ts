import type { ConvolutionAttributes } from '../../ir/primitives.ts';
import { emitEpilogueInputs, fromBlocks, toBlocks } from './blocked-values.ts';
import { BLOCKED } from './builder.ts';
import type { ConvShapes } from './conv-shapes.ts';
import type { EmitContext, EmittedEpilogue } from './context.ts';
import type { Target } from './target.ts';
import { emitTranspose } from './transposition.ts';
import { windowAttributes } from './window-attributes.ts';

/** Whether a convolution has one filter for each channel, and the engine computes it in the blocked layout. */
export function isBlockedDepthwise(
  { blockedChannels: block, hasConstantWeights }: Target,
  kernel: readonly number[],
  { groups }: ConvolutionAttributes,
): boolean {
  if (block === 0 || hasConstantWeights || kernel.length !== 4) return false;
  return kernel[0] === groups && kernel[1] === 1 && groups % block === 0;
}

/**
 * A depthwise convolution in the engine's blocked layout, or null where that does not apply. x is read once and y is
 * written once; the kernel is rearranged as [channels / b, h, w, b].
 */
export function blockedDepthwiseConv(
  context: EmitContext,
  [x, kernel]: readonly [x: string, kernel: string],
  { kernel: kernelShape, attributes }: ConvShapes,
  epilogue: EmittedEpilogue | null,
): string | null {
  const { builder, target } = context;
  if (!isBlockedDepthwise(target, kernelShape, attributes)) return null;
  const block = target.blockedChannels;
  const [channels = 0, , height = 0, width = 0] = kernelShape;
  const splitShape = [channels / block, block, height, width];
  const ordered = emitTranspose(context, builder.reshape(kernel, splitShape), splitShape, [0, 2, 3, 1]);
  const weights = builder.reshape(ordered, kernelShape);
  const added = emitEpilogueInputs(builder, epilogue, channels);
  const product = builder.emit('Conv', [toBlocks(builder, x), weights, ...added], {
    attributes: {
      ...windowAttributes(attributes),
      group: channels,
      kernel_shape: [height, width],
      ...(epilogue?.relu === true ? { activation: 'Relu' } : {}),
    },
    domain: BLOCKED,
  });
  return fromBlocks(builder, product, { channels });
}
