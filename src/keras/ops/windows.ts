import { ValueError } from '../../core/errors.ts';
import { checkOptions } from '../../core/checks.ts';
import { showShape } from '../../core/shape.ts';
import { createNode } from '../../compiler/graph/node.ts';
import type { ConvolutionAttributes, PoolingAttributes } from '../../compiler/graph/primitives.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { transpose } from './movement.ts';
import { type Operand, toFloat, unifyTwo } from './operand.ts';
import {
  type DataFormat,
  type Padding,
  checkLayout,
  moveChannelsBack,
  moveChannelsFirst,
  paddingOf,
  perAxis,
} from './window-layout.ts';

export type { DataFormat, Padding } from './window-layout.ts';

/** Options of {@link conv}. A list has an entry for each spatial axis. */
export interface ConvOptions {
  /** How far the window moves. @default 1 */
  strides?: number | readonly number[];
  /** Whether zeros surround x. @default 'valid' */
  padding?: Padding;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat;
  /** The distance between the elements of x that neighbouring elements of the kernel meet. @default 1 */
  dilationRate?: number | readonly number[];
}

/** Options of {@link maxPool} and {@link averagePool}. A list has an entry for each spatial axis. */
export interface PoolOptions {
  /** How far the window moves. @default the size of the window */
  strides?: number | readonly number[] | null;
  /** Whether windows reach over the edges of x. @default 'valid' */
  padding?: Padding;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat;
}

/**
 * Convolution over 1, 2 or 3 spatial axes; as everywhere in deep learning, the kernel is not mirrored:
 *
 *     y[b, i, o] = Σₖ Σ꜀ x[b, i · stride + k · dilation, c] · kernel[k, c, o]
 *
 * Shapes: x `[batch, …spatial, in]` (or channels first), kernel `[…spatial, in / groups, out]`, y `[batch, …spatial, out]`
 * with ⌈(size − (kernel − 1) · dilation) / stride⌉ or, for `same`, ⌈size / stride⌉ on each spatial axis. The number of
 * groups is the number of x's channels divided by the kernel's.
 *
 * @throws ValueError if strides or dilations do not fit the axes, or the channels do not fit the kernel.
 * @example
 * await jit((x, kernel) => ops.conv(x, kernel))([[[1], [2], [4]]], [[[1]], [[10]]]);   // [[[21], [42]]]
 * @see https://keras.io/api/ops/nn/#conv-function
 */
export function conv(x: Operand, kernel: Operand, options: ConvOptions = {}): Value {
  const [value, weights] = unifyTwo(toFloat(x), kernel);
  const axes = value.rank - 2;
  checkOptions('ops.conv', options, ['strides', 'padding', 'dataFormat', 'dilationRate']);
  if (weights.rank !== value.rank) {
    throw new ValueError(
      `[ops.conv] the kernel must have the rank of x, ${value.rank}: […spatial, in / groups, out]. Received: kernel of shape ${showShape(weights.shape)}.`,
    );
  }
  const { padding, dataFormat } = checkLayout('ops.conv', options);
  const strides = perAxis(options.strides ?? 1, axes, 'ops.conv', 'strides');
  const dilations = perAxis(options.dilationRate ?? 1, axes, 'ops.conv', 'dilationRate');
  const first = moveChannelsFirst(value, dataFormat);
  const window = weights.knownShape.slice(0, axes);
  const channels = first.shape[1] ?? null;
  const perGroup = weights.knownShape[axes] ?? 1;
  const groups = channels === null ? 1 : Math.max(1, Math.floor(channels / perGroup));
  const attributes: ConvolutionAttributes = {
    strides,
    padding: paddingOf(padding, first.shape.slice(2), window, strides, dilations),
    dilations,
    groups,
  };
  const kernelFirst = transpose(weights, [axes + 1, axes, ...window.map((_, i) => i)]);
  return moveChannelsBack(createNode('conv', [first, kernelFirst], attributes)[0], dataFormat);
}

function pool(
  primitive: 'maxPool' | 'averagePool',
  who: string,
  x: Operand,
  poolSize: number | readonly number[],
  options: PoolOptions,
): Value {
  const value = toFloat(x);
  const axes = value.rank - 2;
  checkOptions(who, options, ['strides', 'padding', 'dataFormat']);
  const layout = checkLayout(who, options);
  const { dataFormat } = layout;
  const window = perAxis(poolSize, axes, who, 'poolSize');
  const strides = perAxis(options.strides ?? window, axes, who, 'strides');
  const first = moveChannelsFirst(value, dataFormat);
  const ones = window.map(() => 1);
  const padding = paddingOf(layout.padding, first.shape.slice(2), window, strides, ones);
  const attributes: PoolingAttributes = { window, strides, padding };
  return moveChannelsBack(createNode(primitive, [first], attributes)[0], dataFormat);
}

/**
 * The greatest element of each window, over 1, 2 or 3 spatial axes.
 *
 * Shapes: x `[batch, …spatial, channels]` (or channels first); each spatial axis becomes ⌈(size − window + 1) / stride⌉ or,
 * for `same`, ⌈size / stride⌉.
 *
 * @throws ValueError if the window or the strides do not fit the axes.
 * @example
 * await jit((x) => ops.maxPool(x, 2))([[[1], [5], [3], [2]]]);   // [[[5], [3]]]
 * @see https://keras.io/api/ops/nn/#max_pool-function
 */
export function maxPool(x: Operand, poolSize: number | readonly number[], options: PoolOptions = {}): Value {
  return pool('maxPool', 'ops.maxPool', x, poolSize, options);
}

/**
 * The mean of each window, over 1, 2 or 3 spatial axes; padding does not count.
 *
 * Shapes: as for {@link maxPool}.
 *
 * @throws ValueError if the window or the strides do not fit the axes.
 * @example
 * await jit((x) => ops.averagePool(x, 2))([[[1], [5], [3], [2]]]);   // [[[3], [2.5]]]
 * @see https://keras.io/api/ops/nn/#average_pool-function
 */
export function averagePool(x: Operand, poolSize: number | readonly number[], options: PoolOptions = {}): Value {
  return pool('averagePool', 'ops.averagePool', x, poolSize, options);
}
