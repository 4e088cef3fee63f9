import type { ConvolutionAttributes, PrimitiveName } from '../../graph/primitives.ts';
import { BLOCKED } from '../builder.ts';
import { type LowerContext } from '../rule.ts';
import { windowAttributes } from './window-attributes.ts';

interface BlockedShapes {
  readonly shape: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
  readonly attributes: ConvolutionAttributes;
}

/**
 * A convolution in the engine's blocked layout, or null where it does not apply. The engine chooses this form itself
 * for kernels that are constants; kernels that are trained must be put into blocks in the graph:
 *
 *     [out, in, h, w] → [out / b, in / b, h, w, b of in, b of out]
 *
 * With fewer input channels than a block, x stays as it is and the kernel becomes [out / b, in, h, w, b of out].
 */
export function blockedConv(
  context: LowerContext<PrimitiveName>,
  x: string,
  kernel: string,
  { shape, kernel: kernelShape, output, attributes }: BlockedShapes,
): string | null {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const [filters, channels] = [kernelShape[0] ?? 0, kernelShape[1] ?? 0];
  const [height, width] = [kernelShape[2] ?? 0, kernelShape[3] ?? 0];
  if (block === 0 || target.bakeVariables || shape.length !== 4 || attributes.groups !== 1) return null;
  if (filters % block !== 0 || (channels >= block && channels % block !== 0)) return null;
  const conv = {
    attributes: { ...windowAttributes(attributes), group: 1, kernel_shape: [height, width] },
    domain: BLOCKED,
  };
  if (channels < block) {
    const split = builder.reshape(kernel, [filters / block, block, channels, height, width]);
    const ordered = builder.emit('Transpose', [split], { attributes: { perm: [0, 2, 3, 4, 1] } });
    const weights = builder.reshape(ordered, [filters, channels, height, width]);
    return restore(builder.emit('Conv', [x, weights], conv));
  }
  const split = builder.reshape(kernel, [filters / block, block, channels / block, block, height, width]);
  const ordered = builder.emit('Transpose', [split], { attributes: { perm: [0, 2, 4, 5, 3, 1] } });
  const weights = builder.reshape(ordered, [filters, channels, height, width]);
  const input = builder.emit('ReorderInput', [x], { domain: BLOCKED });
  return restore(builder.emit('Conv', [input, weights], conv));

  function restore(name: string): string {
    return builder.emit('ReorderOutput', [name], { attributes: { channels: output[1] ?? filters }, domain: BLOCKED });
  }
}
