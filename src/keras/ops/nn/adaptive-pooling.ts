import { checkIntegers } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { Tensor } from '../../../core/tensor.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import {
  type DataFormat,
  checkLayout,
  moveChannelsBack,
  moveChannelsFirst,
  perAxis,
  spatialRankOf,
} from './window-layout.ts';

/** Options of {@link adaptiveMaxPool} and {@link adaptiveAveragePool}. */
export interface AdaptivePoolOptions {
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null;
}

type AdaptivePoolOp = Symbolic<
  (inputs: Operand, outputSize: number | readonly number[], options?: AdaptivePoolOptions) => Value
>;

const OPTIONS = { outputSize: REQUIRED, dataFormat: 'channels_last' };

/** The elements start … end − 1 of an axis. */
type Range = readonly [start: number, end: number];

/** The windows of an axis: window i of n begins at ⌊i · size / n⌋ and ends before ⌈(i + 1) · size / n⌉. */
function windowsOf(size: number, count: number): readonly Range[] {
  return Array.from({ length: count }, (_, i) => [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)]);
}

/** Pools one axis over windows of several sizes. */
type PoolAxis = (x: Value, axis: number, windows: readonly Range[]) => Value;

function adaptivePool(
  who: string,
  inputs: Operand,
  outputSize: number | readonly number[],
  options: AdaptivePoolOptions,
  primitive: 'maxPool' | 'averagePool',
  poolAxis: PoolAxis,
): Value {
  const value = toFloat(inputs);
  const rank = spatialRankOf(who, value);
  const { dataFormat } = checkLayout(who, options);
  if (rank > 3) {
    throw new ValueError(`[${who}] inputs must have 1, 2 or 3 spatial axes. Received: ${rank}.`);
  }
  checkIntegers(who, 'outputSize', outputSize, 1);
  const counts = perAxis(outputSize, rank, who, 'outputSize');
  const first = moveChannelsFirst(value, dataFormat);
  const sizes = first.shape.slice(2);
  const known = sizes.filter((size) => size !== null);
  // While a model is described, sizes may be unknown, and only the shape of the result matters.
  if (known.length < rank) {
    return moveChannelsBack(
      build.broadcastTo(build.max(first, { axes: spatial(rank), keepDims: true }), [
        ...first.shape.slice(0, 2),
        ...counts,
      ]),
      dataFormat,
    );
  }
  const window = known.map((size, i) => size / (counts[i] ?? 1));
  if (window.every(Number.isInteger)) {
    const padding = window.map((): [number, number] => [0, 0]);
    return moveChannelsBack(createNode(primitive, [first], { window, strides: window, padding })[0], dataFormat);
  }
  const pooled = counts.reduce((x, count, i) => poolAxis(x, i + 2, windowsOf(known[i] ?? 1, count)), first);
  return moveChannelsBack(pooled, dataFormat);
}

const spatial = (rank: number): readonly number[] => Array.from({ length: rank }, (_, i) => i + 2);

/** The mean of each window, as a product with a matrix of one column for each. */
const averageAxis: PoolAxis = (x, axis, windows) => {
  const size = x.shape[axis] ?? 1;
  const weights = new Float64Array(size * windows.length);
  for (const [column, [start, end]] of windows.entries()) {
    for (let i = start; i < end; i++) weights[i * windows.length + column] = 1 / (end - start);
  }
  const order = x.shape.map((_, i) => i).filter((i) => i !== axis);
  const product = build.matmul(
    build.transpose(x, [...order, axis]),
    constant(new Tensor(weights, [size, windows.length]), x.dtype),
  );
  const last = order.length;
  return build.transpose(
    product,
    x.shape.map((_, i) => (i === axis ? last : order.indexOf(i))),
  );
};

/** The maximum of each window: windows that are shorter than others repeat their last element. */
const maxAxis: PoolAxis = (x, axis, windows) => {
  const longest = Math.max(...windows.map(([start, end]) => end - start));
  const indices = windows.flatMap(([start, end]) =>
    Array.from({ length: longest }, (_, i) => Math.min(start + i, end - 1)),
  );
  const shape = x.shape.toSpliced(axis, 1, windows.length, longest);
  const gathered = build.reshape(build.gather(x, Int32Array.from(indices), axis), shape);
  return build.max(gathered, { axes: [axis + 1] });
};

/**
 * The maximum of each of `outputSize` windows on each of 1, 2 or 3 spatial axes. Window i of n covers the elements from
 * ⌊i · size / n⌋ to before ⌈(i + 1) · size / n⌉.
 *
 * Shapes: `[batch, …spatial, channels]` → `[batch, …outputSize, channels]`, or channels first.
 *
 * @throws ValueError if `outputSize` is not positive, or does not fit the axes.
 * @example
 * await jit((x) => ops.adaptiveMaxPool(x, 2))([[[1], [5], [2]]]);   // [[[5], [5]]]
 * @see https://keras.io/api/ops/nn/
 */
export const adaptiveMaxPool: AdaptivePoolOp = op(
  'nn.AdaptiveMaxPool',
  ['inputs'],
  OPTIONS,
  (inputs: Operand, outputSize: number | readonly number[], options: AdaptivePoolOptions = {}) =>
    adaptivePool('ops.adaptiveMaxPool', inputs, outputSize, options, 'maxPool', maxAxis),
);

/**
 * The mean of each of `outputSize` windows on each of 1, 2 or 3 spatial axes, which are those of {@link adaptiveMaxPool}.
 *
 * Shapes: as for {@link adaptiveMaxPool}.
 *
 * @throws ValueError if `outputSize` is not positive, or does not fit the axes.
 * @example
 * await jit((x) => ops.adaptiveAveragePool(x, 2))([[[1], [5], [2]]]);   // [[[3], [3.5]]]
 * @see https://keras.io/api/ops/nn/
 */
export const adaptiveAveragePool: AdaptivePoolOp = op(
  'nn.AdaptiveAveragePool',
  ['inputs'],
  OPTIONS,
  (inputs: Operand, outputSize: number | readonly number[], options: AdaptivePoolOptions = {}) =>
    adaptivePool('ops.adaptiveAveragePool', inputs, outputSize, options, 'averagePool', averageAxis),
);
