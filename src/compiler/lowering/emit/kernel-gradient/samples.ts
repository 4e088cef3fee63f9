import { toBlocks } from '../blocked.ts';
import { BLOCKED, type Builder } from '../builder.ts';
import type { EmitContext } from '../context.ts';
import { emitPad, emitSlice } from '../slices.ts';
import { windowAttributes } from '../window-attributes.ts';
import type { KernelGradientProblem } from './problem.ts';

/** The most elements by which padding to whole blocks may multiply the work. */
const MAX_PADDING = 2;

/** The images of a problem as this form sees them. */
interface Images {
  readonly batch: number;
  /** The batch, filled up to whole blocks. */
  readonly samples: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The gradient of a kernel as one convolution in the blocked layout, or null where that does not apply: the samples take
 * the role of the channels, and dy that of the kernel. Each block of samples is a group, and the groups are added up:
 *
 *     x   [n, c / b, h, w, b of c] → [c / b, n / b, h, w · b of c, b of n]
 *     dy  [n, o / b, h, w, b of o] → [n / b, o / b, h, w, b of n, b of o]
 *
 * A group reads its part of dy, which fits the second-level cache, once for each block of channels. The engine computes
 * six neighbors along the width at a time, for up to four blocks of filters, as long as there is no padding; so the
 * channels of a block are neighbors along the width, and the width is padded beforehand.
 *
 * x is read and written once, once more to bring the blocks of channels outside, if there are several, and once more if
 * its width is padded; dy is read and written once. Values that are not in blocks already cost another pass. For a kernel
 * of one row, the blocks of channels stay where they are, one below the other in one tall image, of which the strides of
 * the convolution visit the first row of each.
 */
export function gradientBySamples(context: EmitContext, problem: KernelGradientProblem): string | null {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const { shape, dyShape, kernelShape, attributes } = problem;
  // The samples are the channels of this convolution, so their number must be known.
  if (block === 0 || (target.freeSizes ?? 'none') !== 'none') return null;
  if (shape.length !== 4 || attributes.groups !== 1) return null;
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  const [, filters = 0, dyHeight = 0, dyWidth = 0] = dyShape;
  if ([batch, channels, filters].includes(0)) return null;
  const samples = roundUp(batch, block);
  const paddedFilters = roundUp(filters, block);
  if ((samples * paddedFilters) / (batch * filters) > MAX_PADDING) return null;

  const groups = samples / block;
  const images: Images = { batch, samples, channels, height, width };
  const [rowPadding = [0, 0], columnPadding = [0, 0]] = attributes.padding;
  const [kernelRows = 1, kernelColumns = 1] = kernelShape;
  const isTall = kernelRows === 1 && rowPadding.every((padding) => padding === 0);
  const input = samplesInBlocks(context, problem.x, images, columnPadding, isTall);
  const kernel = kernelOfSamples(context, problem.dy, [batch, filters, dyHeight, dyWidth], samples);

  // The strides of the forward convolution dilate dy; its dilations are the strides of this one.
  const [stride = 1, columnStride = 1] = attributes.strides;
  const [dilation = 1, columnDilation = 1] = attributes.dilations;
  const product = builder.emit('Conv', [input.name, kernel], {
    attributes: {
      ...windowAttributes({
        strides: [isTall ? height : dilation, 1],
        dilations: [stride, columnStride * input.share],
        padding: [rowPadding, [0, 0]],
      }),
      group: groups,
      kernel_shape: [dyHeight, dyWidth],
    },
    domain: BLOCKED,
  });
  const reach = height + rowPadding[0] + rowPadding[1] - (dyHeight - 1) * stride - 1;
  const rows = isTall ? 1 : Math.floor(reach / dilation) + 1;
  const columns = input.width - (dyWidth - 1) * columnStride;
  // [parts, n / b, o / b, h, w, c, b of o], or the parts in place of the rows
  const [outside, inside] = isTall ? [1, input.parts] : [input.parts, rows];
  const separate = [outside, groups, paddedFilters / block, inside, columns, input.share, block];
  const sum = builder.emit('ReduceSum', [builder.reshape(product, separate), builder.integers([1])], {
    attributes: { keepdims: 0 },
  });
  // Strides may leave elements at the end that no kernel position was multiplied with; a dilated kernel skips elements.
  const ends = [isTall ? input.parts : kernelRows, (kernelColumns - 1) * columnDilation + 1];
  const isWhole = rows === kernelRows && columns === kernelColumns;
  const kept = isWhole ? sum : emitSlice(context, sum, [0, 0], ends, [1, columnDilation], [2, 3]);
  // → [o, c, h, w]
  const perm = isTall ? [1, 5, 2, 4, 0, 3] : [1, 5, 0, 4, 2, 3];
  const ordered = builder.emit('Transpose', [kept], { attributes: { perm } });
  const all = builder.reshape(ordered, [paddedFilters, channels, kernelRows, kernelColumns]);
  return paddedFilters === filters ? all : emitSlice(context, all, [0], [filters], [1], [0]);
}

/** The samples of x in blocks, with `share` channels side by side along the width, and the others in `parts` images. */
function samplesInBlocks(
  context: EmitContext,
  x: string,
  { batch, samples, channels, height, width }: Images,
  [before, after]: readonly [number, number],
  isTall: boolean,
): { name: string; parts: number; share: number; width: number } {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const paddedWidth = before + width + after;
  if (channels % block === 0) {
    const parts = channels / block;
    const rows = builder.reshape(toBlocks(builder, x), [batch, parts * height, width, block]);
    const padded = emitPad(context, rows, [0, 0, before, 0], [samples - batch, 0, after, 0]);
    const images = builder.reshape(padded, [samples, parts, height * paddedWidth * block]);
    const ordered =
      parts === 1 || isTall ? images : builder.emit('Transpose', [images], { attributes: { perm: [1, 0, 2] } });
    const shape = [isTall ? 1 : parts, samples, isTall ? parts * height : height, paddedWidth * block];
    return { name: reorder(builder, ordered, shape, false), parts, share: block, width: paddedWidth };
  }
  // All channels side by side: [n, c, h, w] → [n / b, c, h · w, b of n] → [n / b, h · w, c, b of n]
  const padded = emitPad(context, x, [0, 0, 0, before], [samples - batch, 0, 0, after]);
  const separate = reorder(builder, padded, [1, samples, channels * height, paddedWidth], false);
  const together =
    channels === 1
      ? separate
      : reorder(builder, separate, [samples / block, channels, 1, height * paddedWidth * block], true);
  const name = builder.reshape(together, [1, samples, height, paddedWidth * channels]);
  return { name, parts: 1, share: channels, width: paddedWidth };
}

/** dy as the kernel of a convolution over samples: [n / b · o, b of n, h, w], in blocks of filters. */
function kernelOfSamples(
  context: EmitContext,
  dy: string,
  [batch = 1, filters = 1, height = 1, width = 1]: readonly number[],
  samples: number,
): string {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const paddedFilters = roundUp(filters, block);
  const extra = paddedFilters - filters;
  const whole = emitPad(context, dy, [0, 0, 0, 0], [0, extra, 0, 0]);
  const blocks = builder.reshape(toBlocks(builder, whole), [batch, paddedFilters * height * width]);
  const padded = emitPad(context, blocks, [0, 0], [samples - batch, 0]);
  const shape = [samples / block, block, 1, paddedFilters * height * width];
  return builder.reshape(reorder(builder, padded, shape, true), [
    (samples / block) * paddedFilters,
    block,
    height,
    width,
  ]);
}

/** [n, c, h, w] or, with the channels last, [n, h, w, c] → [n, c / b, h, w, b of c] */
function reorder(builder: Builder, name: string, shape: readonly number[], channelsLast: boolean): string {
  return builder.emit('ReorderInput', [builder.reshape(name, shape)], {
    attributes: { channels_last: channelsLast ? 1 : 0 },
    domain: BLOCKED,
  });
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
