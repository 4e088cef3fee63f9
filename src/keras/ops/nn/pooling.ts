import { createNode } from '../../../compiler/graph/node.ts';
import { type Operand, toFloat } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import {
  type DataFormat,
  type Padding,
  checkLayout,
  moveChannelsBack,
  moveChannelsFirst,
  paddingOf,
  perAxis,
  spatialRankOf,
} from './window-layout.ts';

/** Options of {@link maxPool} and {@link averagePool}. A list has an entry for each spatial axis. */
export interface PoolOptions {
  /** The distance between windows. @default null, the size of the window */
  strides?: number | readonly number[] | null;
  /** Whether x is padded so that windows cover its edges. @default 'valid' */
  padding?: Padding;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null;
}

type PoolOp = Symbolic<(inputs: Operand, poolSize: number | readonly number[], options?: PoolOptions) => Value>;

const OPTIONS = { poolSize: REQUIRED, strides: null, padding: 'valid', dataFormat: 'channels_last' };

function pool(
  primitive: 'maxPool' | 'averagePool',
  inputs: Operand,
  poolSize: number | readonly number[],
  options: PoolOptions,
): Value {
  const who = `ops.${primitive}`;
  const value = toFloat(inputs);
  const axes = spatialRankOf(who, value);
  const layout = checkLayout(who, options);
  const window = perAxis(poolSize, axes, who, 'poolSize');
  const strides = perAxis(options.strides ?? window, axes, who, 'strides');
  const first = moveChannelsFirst(value, layout.dataFormat);
  const ones = window.map(() => 1);
  const padding = paddingOf(layout.padding, first.shape.slice(2), window, strides, ones);
  return moveChannelsBack(createNode(primitive, [first], { window, strides, padding })[0], layout.dataFormat);
}

/**
 * The maximum of each window, over 1, 2 or 3 spatial axes.
 *
 * Shapes: inputs `[batch, …spatial, channels]` (or channels first); each spatial axis becomes ⌈(size − window + 1) / stride⌉
 * or, for `same`, ⌈size / stride⌉.
 *
 * @throws ValueError if the window or the strides do not fit the axes.
 * @example
 * await jit((x) => ops.maxPool(x, 2))([[[1], [5], [3], [2]]]);   // [[[5], [3]]]
 * @see https://keras.io/api/ops/nn/#max_pool-function
 */
export const maxPool: PoolOp = op(
  'nn.MaxPool',
  ['inputs'],
  OPTIONS,
  (inputs: Operand, poolSize: number | readonly number[], options: PoolOptions = {}) =>
    pool('maxPool', inputs, poolSize, options),
);

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
export const averagePool: PoolOp = op(
  'nn.AveragePool',
  ['inputs'],
  OPTIONS,
  (inputs: Operand, poolSize: number | readonly number[], options: PoolOptions = {}) =>
    pool('averagePool', inputs, poolSize, options),
);
