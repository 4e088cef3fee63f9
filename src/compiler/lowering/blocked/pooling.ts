import { allocate } from '../../../core/dtype.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { PoolingAttributes } from '../../ir/primitives.ts';
import { type Node, isNode } from '../../ir/value.ts';
import { BLOCKED, type Builder } from '../emit/builder.ts';
import { type Images, fromBlocks, toBlocks } from '../emit/blocked-values.ts';
import { emitPad } from '../emit/slices.ts';
import { isTiled } from '../rules/pooling.ts';
import type { BlockedContext, BlockedForm, BlockedRules, FormContext } from './rule.ts';

/** Window attributes on two spatial axes; sequences are images of one row. */
function windowOf({ window, strides, padding }: PoolingAttributes): {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
} {
  const missing = new Array<number>(2 - window.length);
  return {
    kernel: [...missing.fill(1), ...window],
    strides: [...missing.fill(1), ...strides],
    pads: [
      ...missing.fill(0),
      ...padding.map(([before]) => before),
      ...missing.fill(0),
      ...padding.map(([, after]) => after),
    ],
  };
}

function poolForm(node: Node<'maxPool' | 'averagePool'>, { imagesOf, usersOf }: FormContext): BlockedForm | null {
  const [x] = node.inputs;
  const images = imagesOf(x);
  const result = imagesOf(node.outputs[0]);
  if (x === undefined || images === null || result === null || images.channelAxis !== 1 || images.shape.length > 4)
    return null;
  // Other gradients need the positions of the maxima, which the blocked operator does not return.
  const needsIndices = usersOf(node).some((user) => isNode(user, 'maxPoolGradient')) && !isTiled(x, node.attributes);
  return needsIndices ? null : { images, reads: [true], writes: true, work: 'pool' };
}

function emitPool(
  context: BlockedContext<'maxPool' | 'averagePool'>,
  opType: string,
  extra: Record<string, number>,
): string {
  const { builder, inputs, images, attributes, results } = context;
  const { kernel, strides, pads } = windowOf(attributes);
  const x = toBlocks(builder, inputs[0], images);
  const pooled = builder.emit(opType, [x], {
    attributes: { kernel_shape: kernel, strides, pads, dilations: [1, 1], ...extra },
    domain: BLOCKED,
  });
  return fromBlocks(builder, pooled, context.imagesOf(results[0]) ?? images);
}

/** Whether windows are pairs along each axis, or single elements: then one comparison finds the position of the maximum. */
const isPaired = ({ window }: PoolingAttributes): boolean => window.every((extent) => extent <= 2);

export const poolingBlockedRules: BlockedRules = {
  maxPool: { form: poolForm, lower: (context) => [emitPool(context, 'MaxPool', {})] },
  averagePool: { form: poolForm, lower: (context) => [emitPool(context, 'AveragePool', { count_include_pad: 0 })] },
  maxPoolGradient: {
    form: (node, { imagesOf }) => {
      const [x] = node.inputs;
      const images = imagesOf(x);
      if (x === undefined || images === null || images.channelAxis !== 1 || !isPaired(node.attributes)) return null;
      const fits = isTiled(x, node.attributes) && node.inputs.every((value) => imagesOf(value) !== null);
      return fits ? { images, reads: [true, false, true], writes: true, work: 'maxPoolGradient' } : null;
    },
    lower: (context) => [maxPoolGradient(context)],
  },
  averagePoolGradient: {
    form: (node, { imagesOf }) => {
      const images = imagesOf(node.outputs[0]);
      const { window, strides, padding } = node.attributes;
      const isTiling =
        window.every((extent, i) => extent === strides[i]) && padding.flat().every((count) => count === 0);
      if (images === null || imagesOf(node.inputs[0]) === null || !isTiling) return null;
      return images.channelAxis === 1 && images.shape.length <= 4
        ? { images, reads: [true], writes: true, work: 'averagePoolGradient' }
        : null;
    },
    lower: (context) => {
      const { builder, images, inputs, attributes, operands } = context;
      const { kernel } = windowOf(attributes);
      const [rows = 1, columns = 1] = kernel;
      const dy = toBlocks(builder, inputs[0], context.imagesOf(operands[0]));
      const share = builder.emit('Mul', [dy, builder.scalar(1 / (rows * columns), 'float32')]);
      const scales = [1, 1, rows, columns];
      const spread = builder.emit('Upsample', [share], { attributes: { scales, mode: 'nearest' }, domain: BLOCKED });
      const covered = windowsOf(images, kernel);
      return [fromBlocks(builder, padTo(context, spread, covered, images), images)];
    },
  },
};

/** The rows and columns that whole windows cover. */
function windowsOf({ height, width }: Images, [rows = 1, columns = 1]: readonly number[]): readonly [number, number] {
  return [Math.floor(height / rows) * rows, Math.floor(width / columns) * columns];
}

/** Zeros in the rows and columns that no window covers. */
function padTo(
  context: Pick<BlockedContext<'averagePoolGradient'>, 'builder' | 'block' | 'target'>,
  name: string,
  [rows, columns]: readonly [number, number],
  { batch, channels, height, width }: Images,
): string {
  if (rows === height && columns === width) return name;
  const { builder, block } = context;
  const inMemory = builder.reshape(name, [batch, channels / block, rows, columns, block]);
  const padded = emitPad(context, inMemory, [0, 0, 0, 0, 0], [0, 0, height - rows, width - columns, 0]);
  return builder.reshape(padded, [batch, channels, height, width]);
}

/**
 * dy goes to the first maximum of each window of pairs. Along each axis the later element of a pair has the maximum if it is
 * greater: step(x₁ − x₀), computed by a convolution of stride 2. dy is split by rows, and the halves by columns:
 *
 *     dy₁ = dy · step(max x₁ − max x₀),  dy₀ = dy − dy₁
 *
 * Passes: x is read twice, and about three times its size is written in halves and quarters.
 */
function maxPoolGradient(context: BlockedContext<'maxPoolGradient'>): string {
  const { builder, images, inputs, operands, attributes, block } = context;
  const { batch, channels, height, width } = images;
  const { kernel } = windowOf(attributes);
  const [rows = 1, columns = 1] = kernel;
  const x = toBlocks(builder, inputs[0], images);
  const [coveredRows, coveredColumns] = windowsOf(images, kernel);
  const [pooledRows, pooledColumns] = [coveredRows / rows, coveredColumns / columns];
  const isLaterColumn = columns === 2 ? emitIsLater(builder, x, channels, [1, 2], block) : null;
  const rowMaxima = columns === 1 ? x : emitMaximum(builder, x, [1, 2]);
  const isLaterRow = rows === 2 ? emitIsLater(builder, rowMaxima, channels, [2, 1], block) : null;

  let dy = toBlocks(builder, inputs[2], context.imagesOf(operands[2]));
  if (isLaterRow !== null) {
    const joined = splitPairs(builder, dy, isLaterRow, [
      (batch * channels * pooledRows) / block,
      pooledColumns * block,
    ]);
    dy = builder.reshape(joined, [batch, channels, coveredRows, pooledColumns]);
  }
  dy = padTo(context, dy, [coveredRows, pooledColumns], { ...images, width: pooledColumns });
  if (isLaterColumn !== null) {
    const joined = splitPairs(builder, dy, isLaterColumn, [(batch * channels * height * pooledColumns) / block, block]);
    dy = builder.reshape(joined, [batch, channels, height, coveredColumns]);
  }
  return fromBlocks(builder, padTo(context, dy, [height, coveredColumns], { ...images, width }), images);
}

/** 1 where the second element of a pair is greater than the first, else 0. */
function emitIsLater(builder: Builder, x: string, channels: number, kernel: readonly number[], block: number): string {
  const difference = allocate('float32', channels * 2).map((_, i) => (Math.floor(i / block) % 2 === 0 ? -1 : 1));
  const weights = builder.constant(new Tensor(difference, [channels, 1, ...kernel]), 'difference');
  return builder.emit('Conv', [x, weights], {
    attributes: {
      group: channels,
      kernel_shape: kernel,
      strides: kernel,
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      activation: 'HardSigmoid',
      activation_params: { floats: [1e38, 0] },
    },
    domain: BLOCKED,
  });
}

function emitMaximum(builder: Builder, x: string, kernel: readonly number[]): string {
  const attributes = { kernel_shape: kernel, strides: kernel, dilations: [1, 1], pads: [0, 0, 0, 0] };
  return builder.emit('MaxPool', [x], { attributes, domain: BLOCKED });
}

/** Gives each element of dy to the first or to the second of a pair: [rows, 2, length]. */
function splitPairs(builder: Builder, dy: string, isLater: string, [rows, length]: readonly [number, number]): string {
  const later = builder.emit('Mul', [dy, isLater]);
  const earlier = builder.emit('Sub', [dy, later]);
  const halves = [earlier, later].map((name) => builder.reshape(name, [rows, 1, length]));
  return builder.emit('Concat', halves, { attributes: { axis: 1 } });
}
