import { toBlocks } from '../blocked-values.ts';
import { BLOCKED, type Builder } from '../builder.ts';
import type { EmitContext } from '../context.ts';
import { emitReduce } from '../reduce.ts';
import { emitPad, emitSlice } from '../slices.ts';
import { emitTranspose } from '../transposition.ts';
import { windowAttributes } from '../window-attributes.ts';
import { choosePieces } from './pieces.ts';
import type { KernelGradientProblem } from './problem.ts';

/** The most elements by which padding to whole blocks may multiply the work. */
const MAX_PADDING = 2;

/** The arrangement of the operands. */
interface Plan {
  readonly batch: number;
  /** The batch, filled up so that its pieces are whole blocks. */
  readonly paddedBatch: number;
  /** The bands of rows of dy into which each sample is divided; each is a sample of this convolution. */
  readonly pieces: number;
  /** The rows of x, with padding, that belong to a piece. */
  readonly pieceRows: number;
  /** The rows between the first rows of two pieces. */
  readonly pieceStep: number;
  /** Whether the blocks of channels are one below the other in one tall image, instead of one image each. */
  readonly isTall: boolean;
}

/**
 * The gradient of a kernel as one convolution in the blocked layout, or null where that does not apply: the samples take
 * the role of the channels, and dy that of the kernel. Each block of samples is a group, and the groups are added up:
 *
 *     x   [n, c / b, h, w, b of c] → [c / b, n / b, h, w · b of c, b of n]
 *     dy  [n, o / b, h, w, b of o] → [n / b, o / b, h, w, b of n, b of o]
 *
 * A group reads its part of dy, which fits the second-level cache, once for each block of channels; large images, and
 * those of small batches, are divided into bands of rows. The engine computes six neighbors along the width at a time,
 * for up to four blocks of filters, as long as there is no padding; so the channels of a block are neighbors along the
 * width, and the width is padded beforehand.
 *
 * x is read and written once, once more to bring the blocks of channels outside, if there are several, once more if it is
 * padded, and once more if it is divided; dy is read and written once, and once more to be divided. Values that are not in
 * blocks already cost another pass. For a kernel of one row, the blocks of channels stay where they are, one below the
 * other in one tall image, of which the strides of the convolution visit the first row of each.
 */
export function gradientBySamples(context: EmitContext, problem: KernelGradientProblem): string | null {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const { shape, dyShape, kernelShape, attributes } = problem;
  // The samples are the channels of this convolution, so their number must be known.
  if (block === 0 || (target.freeSizes ?? 'none') !== 'none') return null;
  if (shape.length !== 4 || attributes.groups !== 1) return null;
  const [batch = 0, channels = 0, height = 0] = shape;
  const [, filters = 0, dyHeight = 0, dyWidth = 0] = dyShape;
  if ([batch, channels, filters].includes(0)) return null;
  const paddedFilters = roundUp(filters, block);
  const { pieces, paddedBatch } = choosePieces(block, [batch, filters, dyHeight, dyWidth]);
  if ((paddedBatch * paddedFilters) / (batch * filters) > MAX_PADDING) return null;

  const [kernelRows = 1, kernelColumns = 1] = kernelShape;
  const [stride = 1, columnStride = 1] = attributes.strides;
  const [dilation = 1, columnDilation = 1] = attributes.dilations;
  const [outerRowPadding = [0, 0], columnPadding = [0, 0]] = attributes.padding;
  const dyRows = dyHeight / pieces;
  const pieceRows = pieces === 1 ? height : (dyRows - 1) * stride + (kernelRows - 1) * dilation + 1;
  const rowPadding = pieces === 1 ? outerRowPadding : ([0, 0] as const);
  const isTall = kernelRows === 1 && rowPadding.every((padding) => padding === 0);
  const plan: Plan = { batch, paddedBatch, pieces, pieceRows, pieceStep: dyRows * stride, isTall };
  const padding = [pieces === 1 ? ([0, 0] as const) : outerRowPadding, columnPadding] as const;
  const input = samplesInBlocks(context, problem.x, shape, padding, plan);
  const kernel = kernelOfSamples(context, problem.dy, dyShape, plan);

  // The strides of the forward convolution dilate dy; its dilations are the strides of this one.
  const groups = (paddedBatch * pieces) / block;
  const product = builder.emit('Conv', [input.name, kernel], {
    attributes: {
      ...windowAttributes({
        strides: [isTall ? pieceRows : dilation, 1],
        dilations: [stride, columnStride * input.share],
        padding: [rowPadding, [0, 0]],
      }),
      group: groups,
      kernel_shape: [dyRows, dyWidth],
    },
    domain: BLOCKED,
  });
  const reach = pieceRows + rowPadding[0] + rowPadding[1] - (dyRows - 1) * stride - 1;
  const rows = isTall ? 1 : Math.floor(reach / dilation) + 1;
  const columns = input.width - (dyWidth - 1) * columnStride;
  // [parts, n / b, o / b, h, w, c, b of o], or the parts in place of the rows
  const [outside, inside] = isTall ? [1, input.parts] : [input.parts, rows];
  const separate = [outside, groups, paddedFilters / block, inside, columns, input.share, block];
  const sum =
    groups === 1
      ? builder.reshape(product, separate.toSpliced(1, 1))
      : emitReduce(context, 'ReduceSum', builder.reshape(product, separate), [1], false);
  // Strides may leave elements at the end that no kernel position was multiplied with; a dilated kernel skips elements.
  const ends = [isTall ? input.parts : kernelRows, (kernelColumns - 1) * columnDilation + 1];
  const isWhole = rows === kernelRows && columns === kernelColumns;
  const kept = isWhole ? sum : emitSlice(context, sum, [0, 0], ends, [1, columnDilation], [2, 3]);
  // → [o, c, h, w]
  const perm = isTall ? [1, 5, 2, 4, 0, 3] : [1, 5, 0, 4, 2, 3];
  const [keptRows, keptColumns] = isTall ? [input.parts, kernelColumns] : [kernelRows, kernelColumns];
  const keptShape = [outside, paddedFilters / block, keptRows, keptColumns, input.share, block];
  const ordered = emitTranspose(context, kept, keptShape, perm);
  const all = builder.reshape(ordered, [paddedFilters, channels, kernelRows, kernelColumns]);
  return paddedFilters === filters ? all : emitSlice(context, all, [0], [filters], [1], [0]);
}

/** The samples of x in blocks, with `share` channels side by side along the width, and the others in `parts` images. */
function samplesInBlocks(
  context: EmitContext,
  x: string,
  [, channels = 1, height = 1, width = 1]: readonly number[],
  [[above, below], [before, after]]: readonly [readonly [number, number], readonly [number, number]],
  plan: Plan,
): { name: string; parts: number; share: number; width: number } {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const { batch, paddedBatch, pieces, pieceRows, isTall } = plan;
  const samples = paddedBatch * pieces;
  const paddedWidth = before + width + after;
  const inBlocks = channels % block === 0;
  const [parts, unit] = inBlocks ? [channels / block, block] : [channels, 1];
  const rows = builder.reshape(inBlocks ? toBlocks(builder, x) : x, [batch, parts, height, width * unit]);
  const padded = emitPad(context, rows, [0, 0, above, before * unit], [paddedBatch - batch, 0, below, after * unit]);
  const row = paddedWidth * unit;
  const shape = [paddedBatch, parts, above + height + below, row];
  if (inBlocks && !isTall) {
    const outside = divideRows(context, padded, shape, plan, true);
    const name = reorder(builder, outside, [parts, samples, pieceRows, row], false);
    return { name, parts, share: block, width: paddedWidth };
  }
  const separate = divideRows(context, padded, shape, plan, false);
  const bandSize = pieceRows * row;
  const reordered = reorder(builder, separate, [1, samples, parts * pieceRows, row], false);
  if (inBlocks) return { name: reordered, parts, share: block, width: paddedWidth };
  // All channels side by side: [n / b, c, h · w, b of n] → [n / b, h · w, c, b of n]
  const together =
    channels === 1 ? reordered : reorder(builder, reordered, [samples / block, channels, 1, bandSize * block], true);
  const name = builder.reshape(together, [1, samples, pieceRows, paddedWidth * channels]);
  return { name, parts: 1, share: channels, width: paddedWidth };
}

/** dy as the kernel of a convolution over samples: [n / b · o, b of n, h, w], in blocks of filters. */
function kernelOfSamples(
  context: EmitContext,
  dy: string,
  [batch = 1, filters = 1, height = 1, width = 1]: readonly number[],
  { paddedBatch, pieces }: Plan,
): string {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const paddedFilters = roundUp(filters, block);
  const samples = paddedBatch * pieces;
  const whole = emitPad(context, dy, [0, 0, 0, 0], [0, paddedFilters - filters, 0, 0]);
  const blocks = builder.reshape(toBlocks(builder, whole), [batch, paddedFilters * height * width]);
  const padded = emitPad(context, blocks, [0, 0], [paddedBatch - batch, 0]);
  const bandSize = (height / pieces) * width * block;
  const bands = bringPiecesOutside(builder, padded, [paddedBatch, paddedFilters / block, pieces, bandSize]);
  const shape = [samples / block, block, 1, (paddedFilters / block) * bandSize];
  const kernelShape = [(samples / block) * paddedFilters, block, height / pieces, width];
  return builder.reshape(reorder(builder, bands, shape, true), kernelShape);
}

/**
 * The rows of each piece, of which neighbors overlap: [n, parts, rows, row] → [n, pieces, parts, pieceRows, row], or with the parts
 * outside → [parts, n, pieces, pieceRows, row].
 */
function divideRows(
  context: EmitContext,
  name: string,
  shape: readonly number[],
  { pieces, pieceRows, pieceStep }: Plan,
  partsAreOutside: boolean,
): string {
  const { builder } = context;
  const [batch = 1, parts = 1, rows = 1, row = 1] = shape;
  if (pieces === 1) {
    if (!partsAreOutside || parts === 1) return name;
    return emitTranspose(
      context,
      builder.reshape(name, [batch, parts, rows * row]),
      [batch, parts, rows * row],
      [1, 0, 2],
    );
  }
  const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);
  const bandOf = (n: number, part: number, piece: number): readonly number[] =>
    range(pieceRows).map((i) => (n * parts + part) * rows + piece * pieceStep + i);
  const [samples, images, bands] = [range(batch), range(parts), range(pieces)];
  const indices = partsAreOutside
    ? images.flatMap((part) => samples.flatMap((n) => bands.flatMap((piece) => bandOf(n, part, piece))))
    : samples.flatMap((n) => bands.flatMap((piece) => images.flatMap((part) => bandOf(n, part, piece))));
  const all = builder.reshape(name, [batch * parts * rows, row]);
  return builder.emit('Gather', [all, builder.integers(indices)], { attributes: { axis: 0 } });
}

/** [n, parts, pieces, size] → [n, pieces, parts, size] */
function bringPiecesOutside(builder: Builder, name: string, shape: readonly number[]): string {
  if (shape[1] === 1 || shape[2] === 1) return name;
  return builder.emit('Transpose', [builder.reshape(name, shape)], { attributes: { perm: [0, 2, 1, 3] } });
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
