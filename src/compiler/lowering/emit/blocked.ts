import type { ConvolutionAttributes } from '../../ir/primitives.ts';
import { BLOCKED, type Builder } from './builder.ts';
import type { EmitContext, EmittedEpilogue, LowerContext } from './context.ts';
import { emitSlice } from './slices.ts';
import { windowAttributes } from './window-attributes.ts';

/** The number of concurrent sums that saturates the arithmetic units. */
const SATURATING_SUMS = 6;

interface BlockedShapes {
  readonly shape: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
  readonly attributes: ConvolutionAttributes;
}

/** The blocked form of a value: the original one if the value was converted from it, else converted, once. */
function toBlocks(builder: Builder, name: string): string {
  return builder.blocked.get(name) ?? builder.emitOnce('ReorderInput', [name], { domain: BLOCKED });
}

function fromBlocks(builder: Builder, name: string, channels: number): string {
  const plain = builder.emit('ReorderOutput', [name], { attributes: { channels }, domain: BLOCKED });
  builder.blocked.set(plain, name);
  return plain;
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
  { builder, target }: EmitContext,
  [x, kernel, ...bias]: readonly [x: string, kernel: string, ...bias: string[]],
  { shape, kernel: kernelShape, output, attributes }: BlockedShapes,
  epilogue: EmittedEpilogue | null,
): string | null {
  const block = target.blockedChannels;
  const [filters, channels] = [kernelShape[0] ?? 0, kernelShape[1] ?? 0];
  const [height, width] = [kernelShape[2] ?? 0, kernelShape[3] ?? 0];
  if (block === 0 || target.hasConstantWeights || shape.length !== 4 || attributes.groups !== 1) return null;
  if (filters % block !== 0 || (channels >= block && channels % block !== 0)) return null;
  const conv = {
    attributes: {
      ...windowAttributes(attributes),
      group: 1,
      kernel_shape: [height, width],
      ...(epilogue?.relu === true ? { activation: 'Relu' } : {}),
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
 * The gradient of a kernel as one convolution in the blocked layout, or null where that does not apply: the samples take
 * the role of the channels, and dy that of the kernel.
 *
 *     dkernel[o, c] = Σₙ x[n, c] ⋆ dy[n, o]
 *
 * The engine computes several neighbors along the width at a time, for up to four blocks of filters, as long as there is
 * no padding; so x is padded beforehand. A kernel is only a few elements wide: where the filters are too few to
 * compensate, the channels of x are interleaved along the width, w₀c₀ w₀c₁ … w₁c₀ …, and dy is dilated by the number of
 * channels. The channels are divided into parts, which threads share; otherwise each channel is one part.
 */
export function blockedKernelGradient(context: LowerContext<'convKernelGradient'>): string | null {
  const { builder, target, attributes } = context;
  const [{ knownShape: x, dtype }, { knownShape: dy }] = context.operands;
  const block = target.blockedChannels;
  const [batch = 1, channels = 1, rows = 1] = x;
  const [, filters = 1, height = 1, width = 1] = dy;
  const fits = x.length === 4 && attributes.groups === 1 && dtype === 'float32';
  // The samples are the channels of this convolution, so their number must be known.
  if ((target.freeSizes ?? 'none') !== 'none') return null;
  if (block === 0 || !fits || batch % block !== 0 || filters % block !== 0) return null;
  const [dilation = 1, columnDilation = 1] = attributes.dilations;

  const [kernelRows = 1, kernelColumns = 1] = attributes.kernelShape;
  const isSaturated = channels >= block && (filters / block) * kernelColumns >= SATURATING_SUMS;
  const parts = isSaturated ? channels : ([4, 2].find((count) => channels % count === 0) ?? 1);
  const share = channels / parts;
  const transposed = builder.emit('Transpose', [context.inputs[0]], { attributes: { perm: [1, 0, 2, 3] } });
  const { name: padded, columns } = padWidth(builder, transposed, x[3] ?? 1, attributes.padding[1] ?? [0, 0]);
  const separate = toBlocks(builder, padded);
  const input =
    share === 1 ? separate : interleaveChannels(builder, separate, [parts, share, batch, rows, columns], block);

  // [n, o / b, h · w, b of o] → [o / b, n / b, h · w, b of n, b of o]
  const inBlocks = [batch / block, block, filters / block, height * width, block];
  const blocks = builder.reshape(toBlocks(builder, context.inputs[1]), inBlocks);
  const ordered = builder.emit('Transpose', [blocks], { attributes: { perm: [2, 0, 3, 1, 4] } });
  const kernel = builder.reshape(ordered, [filters, batch, height, width]);

  // The strides of the forward convolution dilate dy; its dilations are the strides of this one.
  const [stride = 1, columnStride = 1] = attributes.strides;
  const window: ConvolutionAttributes = {
    strides: [dilation, 1],
    dilations: [stride, columnStride * share],
    padding: [attributes.padding[0] ?? [0, 0], [0, 0]],
    groups: 1,
  };
  const product = builder.emit('Conv', [input, kernel], {
    attributes: { ...windowAttributes(window), group: 1, kernel_shape: [height, width] },
    domain: BLOCKED,
  });
  const [before, after] = window.padding[0] ?? [0, 0];
  const found = [
    Math.floor((rows + before + after - (height - 1) * stride - 1) / dilation) + 1,
    columns - (width - 1) * columnStride,
  ];
  const plain = builder.emit('ReorderOutput', [product], { attributes: { channels: filters }, domain: BLOCKED });
  const split = builder.reshape(plain, [parts, filters, ...found, share]);
  // Strides may leave elements at the end that no kernel position was multiplied with; a dilated kernel skips elements.
  const ends = [kernelRows, (kernelColumns - 1) * columnDilation + 1];
  const kept = emitSlice(context, split, [0, 0], ends, [1, columnDilation], [2, 3]);
  const joined = builder.emit('Transpose', [kept], { attributes: { perm: [1, 0, 4, 2, 3] } });
  return builder.reshape(joined, [filters, channels, ...attributes.kernelShape]);
}

/** Interleaves the channels of each part along the width. */
function interleaveChannels(
  builder: Builder,
  name: string,
  [parts = 1, share = 1, batch = 1, rows = 1, columns = 1]: readonly number[],
  block: number,
): string {
  const split = builder.reshape(name, [parts, share, batch / block, rows * columns, block]);
  const ordered = builder.emit('Transpose', [split], { attributes: { perm: [0, 2, 3, 1, 4] } });
  return builder.reshape(ordered, [parts, batch, rows, columns * share]);
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
