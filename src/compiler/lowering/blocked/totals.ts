import type { KnownShape } from '../../../core/shape.ts';
import { DataType } from '../../onnx/index.ts';
import { BLOCKED } from '../emit/builder.ts';
import { type Images, toBlocks } from '../emit/blocked-values.ts';
import type { EmitContext } from '../emit/context.ts';
import { emitReduce } from '../emit/reduce.ts';
import { largestDivisor } from '../emit/largest-divisor.ts';

/** Sums over the positions of images, and over the batch or not. */
export interface TotalOptions {
  readonly images: Images;
  /** Whether the batch is summed too. */
  readonly overBatch: boolean;
  /** Whether the sum is divided by the number of its elements. */
  readonly mean: boolean;
  /** The shape of the result. */
  readonly shape: KnownShape;
}

/** The number of elements that a pooling averages in float32: few, so that the rounding error is small. */
const MAX_RUN = 4;
/** A sum over fewer elements than this, for each channel of a sample, is completed in float64. */
const FEW = 16;
/** The number of products that a convolution adds in float32. */
const PRODUCTS = [16, 12, 9, 14, 13, 11, 10, 8, 15, 7, 6, 5, 4, 3, 2];
/** Windows for positions in one row whose number has no divisor up to the maximum. */
const LONGER_RUNS = [5, 7, 11, 13];

/**
 * Σ x for each channel, in one pass that reads x, and smaller ones.
 *
 * Poolings average up to four elements at a time, as long as there are many; the rest, some sixtieth, is added in float64. Runs
 * of eight save a fifth of the time, but their rounding error in a sum near zero is eight times as large.
 */
export function emitTotal(context: EmitContext, x: string, options: TotalOptions): string {
  const { images } = options;
  return addParts(context, toBlocks(context.builder, x, images), images, 1, options);
}

/**
 * Σ x·z for each channel, in one pass that reads x and z, as a depthwise convolution: each run of positions of x is
 * convolved with the same run of z. Where the batch is free, the product is computed first, in a pass of its own.
 */
export function emitDot(context: EmitContext, x: string, z: string, options: TotalOptions): string {
  const { builder, target } = context;
  const { images } = options;
  const [a, b] = [toBlocks(builder, x, images), toBlocks(builder, z, images)];
  if ((target.freeSizes ?? 'none') !== 'none') {
    return addParts(context, builder.emit('Mul', [a, b]), images, 1, options);
  }
  const positions = images.height * images.width;
  const run = PRODUCTS.find((divisor) => positions % divisor === 0) ?? positions;
  const parts = positions / run;
  const group = images.batch * images.channels * parts;
  const inputs = [builder.reshape(a, [1, group, 1, run]), builder.reshape(b, [group, 1, 1, run])];
  const attributes = { group, kernel_shape: [1, run], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
  const sums = builder.emit('Conv', inputs, { attributes, domain: BLOCKED });
  const [rows, columns] = nearSquare(parts);
  const inRows = builder.reshape(sums, [images.batch, images.channels, rows, columns]);
  return addParts(context, inRows, { height: rows, width: columns }, run, options);
}

/**
 * Adds the parts of each channel, which are in the shape of images.
 *
 * @param size the number of elements of which a part is the sum
 */
function addParts(
  context: EmitContext,
  given: string,
  extent: Pick<Images, 'height' | 'width'>,
  size: number,
  { images, overBatch, mean, shape }: TotalOptions,
): string {
  const { builder } = context;
  let name = given;
  let { height, width } = extent;
  while (height * width > FEW) {
    const [rows, columns] = windowOf(height, width);
    if (rows * columns === 1) break;
    const window = [rows, columns];
    const attributes = { kernel_shape: window, strides: window, dilations: [1, 1], pads: [0, 0, 0, 0] };
    name = builder.emit('AveragePool', [name], {
      attributes: { ...attributes, count_include_pad: 0 },
      domain: BLOCKED,
    });
    [height, width] = [height / rows, width / columns];
  }
  // An average of the parts, each of which stands for the sum of `size` elements.
  const count = extent.height * extent.width * (overBatch ? images.batch : 1);
  const factor = mean ? 1 / size : count;
  const average = averageParts(context, name, { images, overBatch, positions: height * width, factor });
  const narrow = builder.emit('Cast', [average], { attributes: { to: DataType.FLOAT } });
  return builder.reshape(narrow, shape);
}

/** The average of the parts in float64, which are few, times a factor. */
function averageParts(
  context: EmitContext,
  name: string,
  {
    images,
    overBatch,
    positions,
    factor,
  }: Pick<TotalOptions, 'images' | 'overBatch'> & { positions: number; factor: number },
): string {
  const { builder, target } = context;
  const { batch, channels } = images;
  const block = target.blockedChannels;
  const widen = (x: string): string => builder.emit('Cast', [x], { attributes: { to: DataType.DOUBLE } });
  const scale = (x: string): string => (factor === 1 ? x : builder.emit('Mul', [x, builder.scalar(factor, 'float64')]));
  if ((target.freeSizes ?? 'none') !== 'none') {
    const plain = builder.emit('ReorderOutput', [name], { attributes: { channels }, domain: BLOCKED });
    return scale(emitReduce(context, 'ReduceMean', widen(plain), overBatch ? [0, 2, 3] : [2, 3], true));
  }
  // Sums over the batch and the positions have the channels in their order, also of blocks.
  const perBlock = (x: string, samples: number): string =>
    positions === 1
      ? x
      : emitReduce(
          context,
          'ReduceMean',
          builder.reshape(x, [(samples * channels) / block, positions, block]),
          [1],
          false,
        );
  if (!overBatch) return scale(perBlock(widen(name), batch));
  // The engine adds rows fastest as a product with a row.
  const rows = builder.reshape(widen(name), [batch, channels * positions]);
  const row = builder.filled(factor / batch, [1, batch], 'float64');
  return perBlock(batch === 1 ? scale(rows) : builder.emit('MatMul', [row, rows]), 1);
}

/** A window of at most four elements that divides the extents, of rows before columns, which is faster. */
function windowOf(height: number, width: number): readonly [rows: number, columns: number] {
  const rows = largestDivisor(height, MAX_RUN);
  const columns = largestDivisor(width, Math.floor(MAX_RUN / rows));
  if (rows * columns > 1) return [rows, columns];
  const longer = (length: number): number => LONGER_RUNS.find((run) => length % run === 0) ?? 1;
  return longer(height) > 1 ? [longer(height), 1] : [1, longer(width)];
}

/** Two factors of a number, as nearly equal as possible. */
function nearSquare(count: number): readonly [rows: number, columns: number] {
  const rows = largestDivisor(count, Math.floor(Math.sqrt(count)));
  return [rows, count / rows];
}
