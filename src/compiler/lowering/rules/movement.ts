import { constantOf } from '../../graph/leaves.ts';
import type { Value } from '../../ir/value.ts';
import { tensor } from '../../../core/tensor.ts';
import { DataType } from '../../onnx/index.ts';
import { sizeOfAxis } from '../emit/context.ts';
import { emitCast } from '../emit/cast.ts';
import { provides } from '../emit/target.ts';
import { emitPad, emitSlice, emitSpread } from '../emit/slices.ts';
import { emitTranspose } from '../emit/transposition.ts';
import type { LowerRules } from './rule.ts';

/** The end of a slice in reverse that includes the first element. */
const BEFORE_FIRST = -(2 ** 31);

/** Whether indices are all places of an axis, the last one first. */
function isReversed(indices: Value, size: number | null | undefined): boolean {
  const places = constantOf(indices);
  if (places?.rank !== 1 || places.size !== size || size < 2) return false;
  return places.data.every((place, i) => place === size - 1 - i);
}

export const movementRules: LowerRules<'movement'> = {
  reshape: ({ builder, inputs: [x], results: [result] }) => [builder.reshape(x, result.knownShape)],
  transpose: (context) => {
    const { inputs, operands, attributes } = context;
    const [{ knownShape, dtype }] = operands;
    return [emitTranspose(context, inputs[0], knownShape, attributes.permutation, dtype)];
  },
  broadcastTo: ({ builder, inputs: [x], results: [result] }) => [
    builder.emit('Expand', [x, builder.integers(result.knownShape)]),
  ],
  concatenate: ({ builder, inputs, attributes: { axis } }) => [
    builder.emit('Concat', inputs, { attributes: { axis } }),
  ],
  slice: (context) => {
    const { starts, ends, strides } = context.attributes;
    const [x] = context.inputs;
    const { knownShape } = context.operands[0];
    const limits = ends.map((end, axis) => Math.min(end, sizeOfAxis(knownShape, axis)));
    // Name only the axes that are cut: the rest may have any size.
    const axes = limits.flatMap((end, axis) =>
      starts[axis] === 0 && end === knownShape[axis] && strides[axis] === 1 ? [] : [axis],
    );
    if (axes.length === 0) return [x];
    const cut = [starts, limits, strides].map((list) => axes.map((axis) => list[axis] ?? 0));
    const [from = [], until = [], steps = []] = cut;
    return [emitSlice(context, x, from, until, steps, axes)];
  },
  pad: (context) => {
    const { before, after, between } = context.attributes;
    const spread = emitSpread(context, context.inputs[0], context.operands[0].knownShape, between);
    return [emitPad(context, spread, before, after)];
  },
  gather: (context) => {
    const { builder, inputs, operands, attributes } = context;
    const { axis } = attributes;
    // A slice from the last element to the first does not depend on the size.
    const [{ dtype, shape }] = operands;
    if (isReversed(operands[1], shape[axis]) && provides(context.target, 'Slice', dtype)) {
      return [emitSlice(context, inputs[0], [-1], [BEFORE_FIRST], [-1], [axis])];
    }
    return [builder.emit('Gather', inputs, { attributes: { axis } })];
  },
  scatterAdd: (context) => {
    const { builder, inputs } = context;
    const [updates, indices] = context.operands;
    const { axis } = context.attributes;
    const shape = context.results[0].knownShape;
    const rank = updates.rank;
    // The scattered axis comes first: there ScatterND adds whole slices.
    const indexAxes = indices.shape.map((_, i) => axis + i);
    const rest = updates.shape.map((_, i) => i).filter((i) => !indexAxes.includes(i));
    const front = [...indexAxes, ...rest];
    const moved =
      front.every((from, to) => from === to) || rank === 0
        ? inputs[0]
        : builder.emit('Transpose', [inputs[0]], { attributes: { perm: front } });
    const zeroShape = [sizeOfAxis(shape, axis), ...shape.filter((_, i) => i !== axis)];
    const zeros = builder.emit('Expand', [builder.scalar(0, updates.dtype), builder.integers(zeroShape)]);
    const column = builder.reshape(inputs[1], [...indices.knownShape, 1]);
    const at = builder.emit('Cast', [column], { attributes: { to: DataType.INT64 } });
    const sum = builder.emit('ScatterND', [zeros, at, moved], { attributes: { reduction: 'add' } });
    if (axis === 0) return [sum];
    const back = shape.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i));
    return [builder.emit('Transpose', [sum], { attributes: { perm: back } })];
  },
  oneHot: (context) => {
    const { builder, attributes } = context;
    const [indices] = context.operands;
    const classes = builder.constant(tensor(Int32Array.from({ length: attributes.depth }, (_, i) => i)), 'classes');
    const column = builder.reshape(context.inputs[0], [...indices.knownShape, 1]);
    const hot = builder.emit('Equal', [column, classes]);
    return [emitCast(context, hot, 'bool', attributes.dtype)];
  },
};
