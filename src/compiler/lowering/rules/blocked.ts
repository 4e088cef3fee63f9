import type { ConvolutionAttributes, PrimitiveName } from '../../graph/primitives.ts';
import { BLOCKED, type Builder } from '../builder.ts';
import { type LowerContext, operand, operandType } from '../rule.ts';
import { emitSlice } from './movement.ts';
import { windowAttributes } from './window-attributes.ts';

/** How many sums at a time keep the arithmetic units busy. */
const BUSY = 6;

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
 * A kernel's gradient as one convolution in the blocked layout, or null where that does not apply: the samples play the
 * channels, and dy the kernel.
 *
 *     dkernel[o, c] = Σₙ x[n, c] ⋆ dy[n, o]
 *
 * The engine computes several neighbours along the width at a time, for up to four blocks of filters, as long as no
 * padding is met; so x is padded beforehand. A kernel is a few elements wide: where the filters are too few to make up
 * for it, the channels of x are laid side by side, w₀c₀ w₀c₁ … w₁c₀ …, and dy is spread as wide as there are channels.
 * The channels come in parts, which threads share. Otherwise each channel is a part of its own.
 */
export function blockedKernelGradient(context: LowerContext<'convKernelGradient'>): string | null {
  const { builder, target, attributes } = context;
  const [x, dy] = [operandType(context, 0).knownShape, operandType(context, 1).knownShape];
  const block = target.blockedChannels;
  const [batch = 1, channels = 1, rows = 1] = x;
  const [, filters = 1, height = 1, width = 1] = dy;
  const fits = x.length === 4 && attributes.groups === 1 && operandType(context, 0).dtype === 'float32';
  if (block === 0 || !fits || batch % block !== 0 || filters % block !== 0) return null;
  const [dilation = 1, dilationBeside = 1] = attributes.dilations;

  const [kernelRows = 1, kernelColumns = 1] = attributes.kernelShape;
  const isBusy = channels >= block && (filters / block) * kernelColumns >= BUSY;
  const parts = isBusy ? channels : ([4, 2].find((count) => channels % count === 0) ?? 1);
  const share = channels / parts;
  const turned = builder.emit('Transpose', [operand(context, 0)], { attributes: { perm: [1, 0, 2, 3] } });
  const { name: padded, columns } = padWidth(builder, turned, x[3] ?? 1, attributes.padding[1] ?? [0, 0]);
  const apart = toBlocks(builder, padded);
  const input = share === 1 ? apart : sideBySide(builder, apart, [parts, share, batch, rows, columns], block);

  // [n, o / b, h · w, b of o] → [o / b, n / b, h · w, b of n, b of o]
  const inBlocks = [batch / block, block, filters / block, height * width, block];
  const blocks = builder.reshape(toBlocks(builder, operand(context, 1)), inBlocks);
  const ordered = builder.emit('Transpose', [blocks], { attributes: { perm: [2, 0, 3, 1, 4] } });
  const kernel = builder.reshape(ordered, [filters, batch, height, width]);

  // Where the forward kernel stepped, dy is spread; where it was spread, the window steps.
  const [step = 1, stepBeside = 1] = attributes.strides;
  const window: ConvolutionAttributes = {
    strides: [dilation, 1],
    dilations: [step, stepBeside * share],
    padding: [attributes.padding[0] ?? [0, 0], [0, 0]],
    groups: 1,
  };
  const product = builder.emit('Conv', [input, kernel], {
    attributes: { ...windowAttributes(window), group: 1, kernel_shape: [height, width] },
    domain: BLOCKED,
  });
  const [before, after] = window.padding[0] ?? [0, 0];
  const found = [
    Math.floor((rows + before + after - (height - 1) * step - 1) / dilation) + 1,
    columns - (width - 1) * stepBeside,
  ];
  const plain = builder.emit('ReorderOutput', [product], { attributes: { channels: filters }, domain: BLOCKED });
  const split = builder.reshape(plain, [parts, filters, ...found, share]);
  // Strides may leave elements at the end that no kernel position met; a spread kernel met some elements alone.
  const ends = [kernelRows, (kernelColumns - 1) * dilationBeside + 1];
  const kept = emitSlice(context, split, [0, 0], ends, [1, dilationBeside], [2, 3]);
  const together = builder.emit('Transpose', [kept], { attributes: { perm: [1, 0, 4, 2, 3] } });
  return builder.reshape(together, [filters, channels, ...attributes.kernelShape]);
}

/** Takes the channels of each part into the width. */
function sideBySide(
  builder: Builder,
  name: string,
  [parts = 1, share = 1, batch = 1, rows = 1, columns = 1]: readonly number[],
  block: number,
): string {
  const apart = builder.reshape(name, [parts, share, batch / block, rows * columns, block]);
  const turned = builder.emit('Transpose', [apart], { attributes: { perm: [0, 2, 3, 1, 4] } });
  return builder.reshape(turned, [parts, batch, rows, columns * share]);
}

function padWidth(
  builder: Builder,
  name: string,
  width: number,
  [before, after]: readonly [number, number],
): { name: string; columns: number } {
  if (before === 0 && after === 0) return { name, columns: width };
  const ends = builder.integers([0, 0, 0, before, 0, 0, 0, after]);
  return { name: builder.emit('Pad', [name, ends]), columns: width + before + after };
}
