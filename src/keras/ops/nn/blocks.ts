import { checkInteger } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toValue } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { cut, knownSizeOf } from '../numpy/axes.ts';
import { type DataFormat, checkLayout } from './window-layout.ts';

/** Options of {@link depthToSpace} and {@link spaceToDepth}. */
export interface BlockOptions {
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null;
}

type BlockOp = Symbolic<(x: Operand, blockSize: number, options?: BlockOptions) => Value>;

interface Images {
  readonly value: Value;
  readonly size: number;
  readonly isLast: boolean;
  readonly batch: number | null;
  readonly channels: number;
  readonly height: number | null;
  readonly width: number | null;
}

function imagesOf(who: string, x: Operand, blockSize: number, { dataFormat }: BlockOptions): Images {
  const value = toValue(x);
  if (value.rank !== 4) {
    throw new ValueError(`[${who}] x must be images, of rank 4. Received: shape ${showShape(value.shape)}.`);
  }
  const isLast = checkLayout(who, { dataFormat }).dataFormat === 'channels_last';
  const [batch = null, ...rest] = value.shape;
  const [height = null, width = null] = isLast ? rest : rest.slice(1);
  const channels = knownSizeOf(who, value, isLast ? 3 : 1);
  return { value, size: checkInteger(who, 'blockSize', blockSize, 2), isLast, batch, channels, height, width };
}

const times = (size: number | null, factor: number): number | null => (size === null ? null : size * factor);

/** x in another shape, with the axes permuted, in a third shape. */
function rearranged(x: Value, split: Shape, permutation: readonly number[], shape: Shape): Value {
  return build.reshape(build.transpose(build.reshape(x, split), permutation), shape);
}

/**
 * Channels moved into blocks of pixels (pixel shuffle): the groups of channels become the pixels of a block, row by row.
 *
 * Shapes: `[batch, h, w, c · b²]` → `[batch, h · b, w · b, c]`, or channels first.
 *
 * @throws ValueError if x has not rank 4, or the channels cannot be divided by b²; TypeError if b is not an integer ≥ 2.
 * @example
 * await jit((x) => ops.depthToSpace(x, 2))([[[[1, 2, 3, 4]]]]);   // [[[[1], [2]], [[3], [4]]]]
 * @see https://keras.io/api/ops/nn/
 */
export const depthToSpace: BlockOp = op(
  'nn.DepthToSpace',
  ['x'],
  { blockSize: REQUIRED, dataFormat: 'channels_last' },
  (x: Operand, blockSize: number, options: BlockOptions = {}): Value => {
    const who = 'ops.depthToSpace';
    const { value, size: b, isLast, batch, channels, height, width } = imagesOf(who, x, blockSize, options);
    const left = channels / b ** 2;
    if (!Number.isInteger(left)) {
      throw new ValueError(
        `[${who}] the channels must be a multiple of the square of blockSize. Received: ${channels} channels, blockSize=${b}.`,
      );
    }
    const [tall, wide] = [times(height, b), times(width, b)];
    return isLast
      ? rearranged(value, [batch, height, width, b, b, left], [0, 1, 3, 2, 4, 5], [batch, tall, wide, left])
      : rearranged(value, [batch, left, b, b, height, width], [0, 1, 4, 2, 5, 3], [batch, left, tall, wide]);
  },
);

/**
 * Blocks of pixels moved into channels, the inverse of {@link depthToSpace}.
 *
 * Shapes: `[batch, h · b, w · b, c]` → `[batch, h, w, c · b²]`, or channels first.
 *
 * @throws ValueError if x has not rank 4, or its height or width cannot be divided by b; TypeError if b is not an integer ≥ 2.
 * @example
 * await jit((x) => ops.spaceToDepth(x, 2))([[[[1], [2]], [[3], [4]]]]);   // [[[[1, 2, 3, 4]]]]
 * @see https://keras.io/api/ops/nn/
 */
export const spaceToDepth: BlockOp = op(
  'nn.SpaceToDepth',
  ['x'],
  { blockSize: REQUIRED, dataFormat: 'channels_last' },
  (x: Operand, blockSize: number, options: BlockOptions = {}): Value => {
    const who = 'ops.spaceToDepth';
    const { value, size: b, isLast, batch, channels: c, height, width } = imagesOf(who, x, blockSize, options);
    if ([height, width].some((size) => size !== null && size % b !== 0)) {
      throw new ValueError(
        `[${who}] the height and the width must be multiples of blockSize. Received: shape ${showShape(value.shape)}, blockSize=${b}.`,
      );
    }
    const [rows, columns] = [times(height, 1 / b), times(width, 1 / b)];
    const deep = c * b ** 2;
    return isLast
      ? rearranged(value, [batch, rows, b, columns, b, c], [0, 1, 3, 2, 4, 5], [batch, rows, columns, deep])
      : rearranged(value, [batch, c, rows, b, columns, b], [0, 1, 3, 5, 2, 4], [batch, deep, rows, columns]);
  },
);

/** One number, or one for the height and one for the width. */
type Two = number | readonly [number, number];

/** Options of {@link unfold} and {@link fold}. */
export interface FoldOptions {
  /** The distance between neighboring elements of a block. @default 1 */
  dilation?: Two;
  /** The zeros around the image. @default 0 */
  padding?: Two;
  /** The distance between neighboring blocks. @default 1 */
  stride?: Two;
}

const FOLD = { dilation: 1, padding: 0, stride: 1 };

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function pairOf(who: string, name: string, given: Two, minimum: number): readonly [number, number] {
  const pair: unknown = typeof given === 'number' ? [given, given] : given;
  if (!isList(pair) || pair.length !== 2) {
    throw new TypeError(`[${who}] ${name} must be one or two integers. Received: ${name}=${show(given)}.`);
  }
  const [height, width] = pair;
  return [checkInteger(who, name, height, minimum), checkInteger(who, name, width, minimum)];
}

interface Blocks {
  readonly kernel: readonly [number, number];
  readonly padding: readonly [number, number];
  /** For each element of a block and each block, row by row, its place in the padded image. */
  readonly places: Int32Array;
  readonly count: number;
}

/** The blocks of an image of a size. */
function blocksOf(who: string, size: readonly [number, number], kernelSize: Two, options: FoldOptions): Blocks {
  const kernel = pairOf(who, 'kernelSize', kernelSize, 1);
  const dilation = pairOf(who, 'dilation', options.dilation ?? 1, 1);
  const padding = pairOf(who, 'padding', options.padding ?? 0, 0);
  const stride = pairOf(who, 'stride', options.stride ?? 1, 1);
  const along = (i: 0 | 1): number =>
    Math.floor((size[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) / stride[i]) + 1;
  const [rows, columns] = [along(0), along(1)];
  if (rows < 1 || columns < 1) {
    throw new ValueError(
      `[${who}] a block must fit into the image. Received: size ${show(size)}, kernelSize=${show(kernel)}.`,
    );
  }
  const count = rows * columns;
  const wide = size[1] + 2 * padding[1];
  const places = Int32Array.from({ length: kernel[0] * kernel[1] * count }, (_, i) => {
    const [element, block] = [Math.floor(i / count), i % count];
    const row = Math.floor(element / kernel[1]) * dilation[0] + Math.floor(block / columns) * stride[0];
    return row * wide + (element % kernel[1]) * dilation[1] + (block % columns) * stride[1];
  });
  return { kernel, padding, places, count };
}

/**
 * The blocks of images as columns (im2col): all elements of a block, channel by channel.
 *
 * Shapes: `[batch, channels, h, w]` → `[batch, channels · kernel elements, blocks]`.
 *
 * @throws ValueError if x has not rank 4, or a block does not fit; TypeError if a size is not an integer.
 * @example
 * await jit((x) => ops.unfold(x, [1, 2]))([[[[1, 2, 3]]]]);   // [[[1, 2], [2, 3]]]
 * @see https://keras.io/api/ops/nn/
 */
export const unfold: Symbolic<(x: Operand, kernelSize: Two, options?: FoldOptions) => Value> = op(
  'nn.Unfold',
  ['x'],
  { kernelSize: REQUIRED, ...FOLD },
  (x: Operand, kernelSize: Two, options: FoldOptions = {}): Value => {
    const who = 'ops.unfold';
    const value = toValue(x);
    if (value.rank !== 4) {
      throw new ValueError(`[${who}] x must be images, channels first. Received: shape ${showShape(value.shape)}.`);
    }
    const [channels, height, width] = [1, 2, 3].map((axis) => knownSizeOf(who, value, axis)) as [
      number,
      number,
      number,
    ];
    const { kernel, padding, places, count } = blocksOf(who, [height, width], kernelSize, options);
    const around = [0, 0, ...padding];
    const [padded] = createNode('pad', [value], { before: around, after: around, between: [0, 0, 0, 0] });
    const flat = build.reshape(padded, [
      ...value.shape.slice(0, 2),
      (height + 2 * padding[0]) * (width + 2 * padding[1]),
    ]);
    const gathered = build.gather(flat, constant(places), 2);
    return build.reshape(gathered, [value.shape[0] ?? null, channels * kernel[0] * kernel[1], count]);
  },
);

/**
 * The images of which {@link unfold} has taken blocks; where blocks overlap, their elements are added (col2im).
 *
 * Shapes: `[batch, channels · kernel elements, blocks]` → `[batch, channels, …outputSize]`.
 *
 * @throws ValueError if the shapes do not fit; TypeError if a size is not an integer.
 * @example
 * await jit((x) => ops.fold(x, [1, 3], [1, 2]))([[[1, 2], [2, 3]]]);   // [[[[1, 4, 3]]]]
 * @see https://keras.io/api/ops/nn/
 */
export const fold: Symbolic<(x: Operand, outputSize: Two, kernelSize: Two, options?: FoldOptions) => Value> = op(
  'nn.Fold',
  ['x'],
  { outputSize: REQUIRED, kernelSize: REQUIRED, ...FOLD },
  (x: Operand, outputSize: Two, kernelSize: Two, options: FoldOptions = {}): Value => {
    const who = 'ops.fold';
    const value = toValue(x);
    const size = pairOf(who, 'outputSize', outputSize, 1);
    const { kernel, padding, places, count } = blocksOf(who, size, kernelSize, options);
    const elements = kernel[0] * kernel[1];
    const channels = (value.shape[1] ?? NaN) / elements;
    if (value.rank !== 3 || !Number.isInteger(channels) || value.shape[2] !== count) {
      throw new ValueError(
        `[${who}] x must have the shape [batch, channels · ${elements}, ${count}]. Received: ${showShape(value.shape)}.`,
      );
    }
    const batch = value.shape[0] ?? null;
    const [tall, wide] = [size[0] + 2 * padding[0], size[1] + 2 * padding[1]];
    const flat = build.reshape(value, [batch, channels, elements * count]);
    const [summed] = createNode('scatterAdd', [flat, constant(places)], { axis: 2, size: tall * wide });
    const image = build.reshape(summed, [batch, channels, tall, wide]);
    return cut(cut(image, 2, padding[0], padding[0] + size[0]), 3, padding[1], padding[1] + size[1]);
  },
);
