import { tensor } from '../../../core/tensor.ts';
import type { MovementName, PrimitiveName } from '../../graph/primitives.ts';
import { type LowerContext, type LowerRules, operand, operandType, outputType, size } from '../rule.ts';
import { castName } from './elementwise.ts';

/** Elements [start, end) of every axis, every `stride`-th. */
export function emitSlice(
  context: LowerContext<PrimitiveName>,
  x: string,
  starts: readonly number[],
  ends: readonly number[],
  strides: readonly number[],
  axes: readonly number[] = starts.map((_, i) => i),
): string {
  const { builder } = context;
  const ints = [starts, ends, axes, strides].map((values) => builder.integers(values));
  return builder.emit('Slice', [x, ...ints]);
}

/**
 * Zeros before and behind each axis. The axes are named, though they are all, because the engine then leaves the node as
 * it is: otherwise it lets a pooling behind it do the padding, and to a maximum what it pads with does not count.
 */
export function emitPad(
  context: LowerContext<PrimitiveName>,
  x: string,
  before: readonly number[],
  after: readonly number[],
): string {
  if ([...before, ...after].every((width) => width === 0)) return x;
  const { builder } = context;
  const axes = builder.integers(before.map((_, axis) => axis));
  return builder.emit('Pad', [x, builder.integers([...before, ...after]), '', axes]);
}

/** Zeros between neighbours: each axis in turn gets an axis of `width + 1` behind it, padded, and is cut. */
export function emitSpread(
  context: LowerContext<PrimitiveName>,
  x: string,
  shape: readonly number[],
  between: readonly number[],
): string {
  let name = x;
  const current = [...shape];
  for (const [axis, width] of between.entries()) {
    const length = current[axis] ?? 0;
    if (width === 0 || length < 2) continue;
    const open = current.toSpliced(axis + 1, 0, 1);
    const widths = open.map((_, i) => (i === axis + 1 ? width : 0));
    name = context.builder.reshape(name, open);
    name = emitPad(
      context,
      name,
      open.map(() => 0),
      widths,
    );
    name = context.builder.reshape(name, current.with(axis, length * (width + 1)));
    current[axis] = length + (length - 1) * width;
    name = emitSlice(context, name, [0], [current[axis] ?? 0], [1], [axis]);
  }
  return name;
}

export const movementRules: LowerRules<MovementName> = {
  reshape: (context) => [context.builder.reshape(operand(context, 0), outputType(context).knownShape)],
  transpose: (context) => [
    context.builder.emit('Transpose', context.inputs, { attributes: { perm: context.attributes.permutation } }),
  ],
  broadcastTo: (context) => [
    context.builder.emit('Expand', [operand(context, 0), context.builder.integers(outputType(context).knownShape)]),
  ],
  concatenate: (context) => [
    context.builder.emit('Concat', context.inputs, { attributes: { axis: context.attributes.axis } }),
  ],
  slice: (context) => {
    const { starts, ends, strides } = context.attributes;
    const { knownShape } = operandType(context, 0);
    const limits = ends.map((end, axis) => Math.min(end, size(knownShape, axis)));
    // Only the axes that are cut: the others may have any size.
    const axes = limits.flatMap((end, axis) =>
      starts[axis] === 0 && end === knownShape[axis] && strides[axis] === 1 ? [] : [axis],
    );
    if (axes.length === 0) return [operand(context, 0)];
    const cut = [starts, limits, strides].map((list) => axes.map((axis) => list[axis] ?? 0));
    const [from = [], until = [], steps = []] = cut;
    return [emitSlice(context, operand(context, 0), from, until, steps, axes)];
  },
  pad: (context) => {
    const { before, after, between } = context.attributes;
    const spread = emitSpread(context, operand(context, 0), operandType(context, 0).knownShape, between);
    return [emitPad(context, spread, before, after)];
  },
  gather: (context) => [
    context.builder.emit('Gather', context.inputs, { attributes: { axis: context.attributes.axis } }),
  ],
  scatterAdd: (context) => {
    const { builder } = context;
    const [updates, indices] = [operandType(context, 0), operandType(context, 1)];
    const { axis } = context.attributes;
    const shape = outputType(context).knownShape;
    const rank = updates.rank;
    // The scattered axis in front: there ScatterND adds whole slices.
    const indexAxes = indices.shape.map((_, i) => axis + i);
    const others = updates.shape.map((_, i) => i).filter((i) => !indexAxes.includes(i));
    const front = [...indexAxes, ...others];
    const moved =
      front.every((from, to) => from === to) || rank === 0
        ? operand(context, 0)
        : builder.emit('Transpose', [operand(context, 0)], { attributes: { perm: front } });
    const zeroShape = [size(shape, axis), ...shape.filter((_, i) => i !== axis)];
    const zeros = builder.emit('Expand', [builder.scalar(0, updates.dtype), builder.integers(zeroShape)]);
    const wide = builder.emit('Cast', [operand(context, 1)], { attributes: { to: 7 } });
    const at = builder.reshape(wide, [...indices.knownShape, 1]);
    const sum = builder.emit('ScatterND', [zeros, at, moved], { attributes: { reduction: 'add' } });
    if (axis === 0) return [sum];
    const back = shape.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i));
    return [builder.emit('Transpose', [sum], { attributes: { perm: back } })];
  },
  oneHot: (context) => {
    const { builder, attributes } = context;
    const indices = operandType(context, 0);
    const classes = builder.constant(tensor(Int32Array.from({ length: attributes.depth }, (_, i) => i)), 'classes');
    const column = builder.reshape(operand(context, 0), [...indices.knownShape, 1]);
    const hot = builder.emit('Equal', [column, classes]);
    return [castName(context, hot, 'bool', attributes.dtype)];
  },
};
