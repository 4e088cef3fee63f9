import { allocate } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { PoolingAttributes } from '../../ir/primitives.ts';
import type { EmitContext } from './context.ts';
import { emitCast } from './cast.ts';
import { emitPatches, kernelPositions } from './patches.ts';
import { emitPad, emitSlice, emitSpread } from './slices.ts';

/** A pooling over windows of x. */
interface Pooling {
  readonly shape: readonly number[];
  readonly pooled: readonly number[];
  readonly attributes: PoolingAttributes;
}

/**
 * The gradient of a maximum over windows that may overlap, without the indices of the maxima: for each position in the window
 * a few passes over arrays of the size of y. Of equal maxima the first one is hit, after which the window has none left.
 */
export function maxPoolGradientByPositions(
  context: EmitContext,
  [x, y, dy]: readonly [string, string, string],
  pooling: Pooling,
): string {
  const { builder } = context;
  const { shape, pooled, attributes } = pooling;
  const { window } = attributes;
  const spatial = pooled.slice(2);
  const ones = window.map(() => 1);
  const patches = emitPatches(context, {
    ...{ x, shape, kernelShape: window, outputShape: spatial },
    attributes: { ...attributes, dilations: ones, groups: 1 },
  });
  let left: string | null = null;
  let total: string | null = null;
  for (const [i, position] of kernelPositions(window).entries()) {
    const isEqual = emitCast(context, builder.emit('Equal', [patches[i] ?? x, y]), 'bool', 'float32');
    const inside = insideOf(pooling, position);
    const candidate = inside === null ? isEqual : builder.emit('Mul', [isEqual, builder.constant(inside, 'inside')]);
    const hit: string = left === null ? candidate : builder.emit('Mul', [candidate, left]);
    left = builder.emit('Sub', [left ?? builder.scalar(1, 'float32'), hit]);
    const placed = emitPlaced(context, builder.emit('Mul', [hit, dy]), pooling, position);
    total = total === null ? placed : builder.emit('Add', [total, placed]);
  }
  return emitUnpadded(context, total ?? x, pooling);
}

/** One where the element at a position of the window is not padding; null if that is everywhere. */
function insideOf({ shape, pooled, attributes }: Pooling, position: readonly number[]): Tensor | null {
  const { padding, strides } = attributes;
  const spatial = pooled.slice(2);
  const inside = spatial.map((length, i) =>
    Array.from({ length }, (_, at) => {
      const place = at * (strides[i] ?? 1) + (position[i] ?? 0) - (padding[i]?.[0] ?? 0);
      return place >= 0 && place < (shape[i + 2] ?? 0) ? 1 : 0;
    }),
  );
  if (inside.every((axis) => axis.every((one) => one === 1))) return null;
  const all = inside.reduce<readonly number[]>((outer, axis) => outer.flatMap((a) => axis.map((b) => a * b)), [1]);
  return new Tensor(Float32Array.from(all), [1, 1, ...spatial]);
}

/** One value for each window, at a position of the window, in an array of the size of x with its padding. */
function emitPlaced(context: EmitContext, name: string, pooling: Pooling, position: readonly number[]): string {
  const { strides } = pooling.attributes;
  const spread = emitSpread(context, name, pooling.pooled, [0, 0, ...strides.map((stride) => stride - 1)]);
  const after = paddedSizes(pooling).map((length, i) => length - (position[i] ?? 0) - spreadLength(pooling, i));
  return emitPad(context, spread, [0, 0, ...position], [0, 0, ...after]);
}

/**
 * Each value of `each`, [batch, channels, …pooled], added to all elements of its window: a convolution with ones, for engines
 * that have no transposed convolution of this rank.
 */
export function emitWindowSpread(context: EmitContext, each: string, pooling: Pooling): string {
  const { builder } = context;
  const { shape, pooled, attributes } = pooling;
  const { window, strides } = attributes;
  const flat = [sizeOf(pooled.slice(0, 2)), 1, ...pooled.slice(2)];
  const spread = emitSpread(context, builder.reshape(each, flat), flat, [0, 0, ...strides.map((stride) => stride - 1)]);
  const before = window.map((extent) => extent - 1);
  const after = paddedSizes(pooling).map((length, i) => length - spreadLength(pooling, i));
  const padded = emitPad(context, spread, [0, 0, ...before], [0, 0, ...after]);
  const kernel = new Tensor(allocate('float32', sizeOf(window)).fill(1), [1, 1, ...window]);
  const sums = builder.emit('Conv', [padded, builder.constant(kernel, 'ones')], {
    attributes: { kernel_shape: window },
  });
  return emitUnpadded(context, builder.reshape(sums, [...shape.slice(0, 2), ...paddedSizes(pooling)]), pooling);
}

const paddedSizes = ({ shape, attributes }: Pooling): readonly number[] =>
  shape.slice(2).map((length, i) => (attributes.padding[i]?.[0] ?? 0) + length + (attributes.padding[i]?.[1] ?? 0));

const spreadLength = ({ pooled, attributes }: Pooling, i: number): number =>
  ((pooled[i + 2] ?? 1) - 1) * (attributes.strides[i] ?? 1) + 1;

function emitUnpadded(context: EmitContext, name: string, { shape, attributes: { padding } }: Pooling): string {
  if (padding.every(([before, after]) => before === 0 && after === 0)) return name;
  const starts = padding.map(([before]) => before);
  const ends = starts.map((start, i) => start + (shape[i + 2] ?? 0));
  const axes = starts.map((_, i) => i + 2);
  return emitSlice(context, name, starts, ends, starts.map(() => 1), axes); // prettier-ignore
}
