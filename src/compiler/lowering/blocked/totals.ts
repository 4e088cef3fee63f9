import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import { DataType } from '../../onnx/index.ts';
import { BLOCKED } from '../emit/builder.ts';
import { type Images, toBlocks } from '../emit/blocked-values.ts';
import type { EmitContext } from '../emit/context.ts';
import { emitReduce } from '../emit/reduce.ts';

/** Sums over the positions of images, and over the batch or not. */
export interface TotalOptions {
  readonly images: Images;
  readonly block: number;
  /** Whether the batch is summed too. */
  readonly overBatch: boolean;
  /** Whether the sum is divided by the number of its elements. */
  readonly mean: boolean;
  /** The shape of the result. */
  readonly shape: KnownShape;
}

/** The numbers of elements that a pooling averages in float32: few, so that the rounding error is small. */
const RUNS = [8, 7, 6, 5, 4, 3, 2, 13, 11];
/** A sum over fewer elements than this, for each channel of a sample, is completed in float64. */
const FEW = 16;
/** The number of products that a convolution adds in float32. */
const PRODUCTS = [16, 12, 9, 14, 13, 11, 10, 8, 15, 7, 6, 5, 4, 3, 2];

const divisorOf = (count: number, among: readonly number[]): number | null =>
  among.find((divisor) => count % divisor === 0) ?? null;

/**
 * Σ x for each channel, in one pass that reads x, and smaller ones.
 *
 * Poolings average up to eight elements at a time, as long as there are many; the rest, some sixtieth, is added in
 * float64. A longer run of additions in float32 would have a larger rounding error, and float64 more to read and write.
 */
export function emitTotal(context: EmitContext, x: string, options: TotalOptions): string {
  const { height, width } = options.images;
  return addParts(context, toBlocks(context.builder, x, options.images), height * width, 1, options);
}

/**
 * Σ x·z for each channel, in one pass that reads x and z, as a depthwise convolution: each run of positions of x is
 * convolved with the same run of z. Where the batch is free, the product is computed first, in a pass of its own.
 */
export function emitDot(context: EmitContext, x: string, z: string, options: TotalOptions): string {
  const { builder, target } = context;
  const { images } = options;
  const [a, b] = [toBlocks(builder, x, images), toBlocks(builder, z, images)];
  const positions = images.height * images.width;
  if ((target.freeSizes ?? 'none') !== 'none') {
    return addParts(context, builder.emit('Mul', [a, b]), positions, 1, options);
  }
  const run = divisorOf(positions, PRODUCTS) ?? positions;
  const group = images.batch * images.channels * (positions / run);
  const inputs = [builder.reshape(a, [1, group, 1, run]), builder.reshape(b, [group, 1, 1, run])];
  const attributes = { group, kernel_shape: [1, run], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
  const sums = builder.emit('Conv', inputs, { attributes, domain: BLOCKED });
  return addParts(context, sums, positions / run, run, options);
}

/**
 * Adds the parts of each channel.
 *
 * @param count the number of parts of a sample
 * @param size the number of elements of which a part is the sum
 */
function addParts(context: EmitContext, given: string, count: number, size: number, options: TotalOptions): string {
  const { builder } = context;
  const { images, block, overBatch, mean, shape } = options;
  let [name, parts] = [given, count];
  for (let run = divisorOf(parts, RUNS); run !== null && parts > FEW; run = divisorOf(parts, RUNS)) {
    const rows = builder.reshape(name, [images.batch, images.channels, run, parts / run]);
    const window = { kernel_shape: [run, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
    name = builder.emit('AveragePool', [rows], { attributes: { ...window, count_include_pad: 0 }, domain: BLOCKED });
    parts /= run;
  }
  const inMemory = builder.reshape(name, [images.batch, images.channels / block, parts, block]);
  const wide = builder.emit('Cast', [inMemory], { attributes: { to: DataType.DOUBLE } });
  const average = emitReduce(context, 'ReduceMean', wide, overBatch ? [0, 2] : [2], false);
  // An average of the parts, each of which stands for the sum of `size` elements.
  const factor = mean ? 1 / size : count * (overBatch ? images.batch : 1);
  const scaled = factor === 1 ? average : builder.emit('Mul', [average, builder.scalar(factor, 'float64')]);
  const narrow = builder.emit('Cast', [scaled], { attributes: { to: DataType.FLOAT } });
  return sizeOf(shape) === 1 && shape.length === 1 ? narrow : builder.reshape(narrow, shape);
}
