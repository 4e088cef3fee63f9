import type { ConvolutionAttributes } from '../../ir/primitives.ts';
import { emitEpilogueInputs, fromBlocks, toBlocks } from './blocked-values.ts';
import { BLOCKED } from './builder.ts';
import type { ConvShapes } from './conv-shapes.ts';
import type { EmitContext, EmittedEpilogue } from './context.ts';
import type { Target } from './target.ts';
import { emitTranspose } from './transposition.ts';
import { windowAttributes } from './window-attributes.ts';

/** Whether the engine computes a convolution of one group in the blocked layout. */
export function isBlockedDense(
  { blockedChannels: block, hasConstantWeights }: Target,
  [filters = 0, channels = 0]: readonly number[],
  { groups }: ConvolutionAttributes,
): boolean {
  if (block === 0 || hasConstantWeights || groups !== 1) return false;
  return filters % block === 0 && (channels < block || channels % block === 0);
}

/**
 * A convolution in the engine's blocked layout, or null where that does not apply. The engine chooses this form itself
 * if the kernel is constant; a kernel under training must be rearranged in the graph:
 *
 *     [out, in, h, w] → [out / b, in / b, h, w, b of in, b of out]
 *
 * With fewer input channels than a block, x stays as it is and the kernel becomes [out / b, in, h, w, b of out].
 */
export function blockedConv(
  context: EmitContext,
  [x, kernel]: readonly [x: string, kernel: string],
  { shape, kernel: kernelShape, output, attributes }: ConvShapes,
  epilogue: EmittedEpilogue | null,
): string | null {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const [filters, channels] = [kernelShape[0] ?? 0, kernelShape[1] ?? 0];
  const [height, width] = [kernelShape[2] ?? 0, kernelShape[3] ?? 0];
  if (shape.length !== 4 || !isBlockedDense(target, kernelShape, attributes)) return null;
  const conv = {
    attributes: {
      ...windowAttributes(attributes),
      group: 1,
      kernel_shape: [height, width],
      ...(epilogue?.relu === true ? { activation: 'Relu' } : {}),
    },
    domain: BLOCKED,
  };
  const added = emitEpilogueInputs(builder, epilogue, filters);
  if (channels < block) {
    const splitShape = [filters / block, block, channels, height, width];
    const ordered = emitTranspose(context, builder.reshape(kernel, splitShape), splitShape, [0, 2, 3, 4, 1]);
    const weights = builder.reshape(ordered, [filters, channels, height, width]);
    return restore(builder.emit('Conv', [x, weights, ...added], conv));
  }
  const splitShape = [filters / block, block, channels / block, block, height, width];
  const ordered = emitTranspose(context, builder.reshape(kernel, splitShape), splitShape, [0, 2, 4, 5, 3, 1]);
  const weights = builder.reshape(ordered, [filters, channels, height, width]);
  const input = toBlocks(builder, x);
  return restore(builder.emit('Conv', [input, weights, ...added], conv));

  function restore(name: string): string {
    return fromBlocks(builder, name, { channels: output[1] ?? filters });
  }
}
