import type { ConvolutionAttributes, PrimitiveName } from '../../graph/primitives.ts';
import { BLOCKED, type Builder } from '../builder.ts';
import { type LowerContext, operand, operandType } from '../rule.ts';
import { emitSlice } from './movement.ts';
import { windowAttributes } from './window-attributes.ts';

interface BlockedShapes {
  readonly shape: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
  readonly attributes: ConvolutionAttributes;
}

/** The blocked form of what came out of blocks, as it was there; anything else is put into them, once. */
function toBlocks(builder: Builder, name: string): string {
  return builder.blocked.get(name) ?? builder.emitOnce('ReorderInput', [name], { domain: BLOCKED });
}

function fromBlocks(builder: Builder, name: string, channels: number): string {
  const plain = builder.emit('ReorderOutput', [name], { attributes: { channels }, domain: BLOCKED });
  builder.blocked.set(plain, name);
  return plain;
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
  bias: readonly string[],
  { shape, kernel: kernelShape, output, attributes }: BlockedShapes,
): string | null {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const [filters, channels] = [kernelShape[0] ?? 0, kernelShape[1] ?? 0];
  const [height, width] = [kernelShape[2] ?? 0, kernelShape[3] ?? 0];
  if (block === 0 || target.isBaked || shape.length !== 4 || attributes.groups !== 1) return null;
  if (filters % block !== 0 || (channels >= block && channels % block !== 0)) return null;
  const conv = {
    attributes: {
      ...windowAttributes(attributes),
      group: 1,
      kernel_shape: [height, width],
      ...(context.epilogue?.relu === true ? { activation: 'Relu' } : {}),
    },
    domain: BLOCKED,
  };
  if (channels < block) {
    const split = builder.reshape(kernel, [filters / block, block, channels, height, width]);
    const ordered = builder.emit('Transpose', [split], { attributes: { perm: [0, 2, 3, 4, 1] } });
    const weights = builder.reshape(ordered, [filters, channels, height, width]);
    return restore(builder.emit('Conv', [x, weights, ...bias], conv));
  }
  const split = builder.reshape(kernel, [filters / block, block, channels / block, block, height, width]);
  const ordered = builder.emit('Transpose', [split], { attributes: { perm: [0, 2, 4, 5, 3, 1] } });
  const weights = builder.reshape(ordered, [filters, channels, height, width]);
  const input = toBlocks(builder, x);
  return restore(builder.emit('Conv', [input, weights, ...bias], conv));

  function restore(name: string): string {
    return fromBlocks(builder, name, output[1] ?? filters);
  }
}

/**
 * A kernel's gradient as one convolution in the blocked layout, or null where that does not apply: the batch plays the
 * channels, the input's channels the batch, and dy the kernel.
 *
 *     dkernel[o, c] = Σₙ x[n, c] ⋆ dy[n, o]
 *
 * Beside a product for each position of the kernel it copies nothing but dy, put in blocks of samples and channels.
 */
export function blockedKernelGradient(context: LowerContext<'convKernelGradient'>): string | null {
  const { builder, target, attributes } = context;
  const [x, dy] = [operandType(context, 0).knownShape, operandType(context, 1).knownShape];
  const block = target.blockedChannels;
  const [batch = 1, channels = 1] = x;
  const [, filters = 1, height = 1, width = 1] = dy;
  const fits = x.length === 4 && attributes.groups === 1 && operandType(context, 0).dtype === 'float32';
  if (block === 0 || !fits || batch % block !== 0 || filters % block !== 0 || channels < block) return null;
  const turned = builder.emit('Transpose', [operand(context, 0)], { attributes: { perm: [1, 0, 2, 3] } });
  const input = toBlocks(builder, turned);
  // [n, o / b, h · w, b of o] → [o / b, n / b, h · w, b of n, b of o]
  const rows = [batch / block, block, filters / block, height * width, block];
  const blocks = builder.reshape(toBlocks(builder, operand(context, 1)), rows);
  const ordered = builder.emit('Transpose', [blocks], { attributes: { perm: [2, 0, 3, 1, 4] } });
  const kernel = builder.reshape(ordered, [filters, batch, height, width]);
  // Where the forward kernel stepped, dy is spread; where it was spread, the window steps.
  const swapped = { ...attributes, strides: attributes.dilations, dilations: attributes.strides };
  const product = builder.emit('Conv', [input, kernel], {
    attributes: { ...windowAttributes(swapped), group: 1, kernel_shape: [height, width] },
    domain: BLOCKED,
  });
  const plain = fromBlocks(builder, product, filters);
  // Strides may leave elements at the end that no kernel position met.
  const kept = emitSlice(context, plain, [0, 0], attributes.kernelShape, [1, 1], [2, 3]);
  return builder.emit('Transpose', [kept], { attributes: { perm: [1, 0, 2, 3] } });
}
