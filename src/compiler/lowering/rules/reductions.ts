import { tensor } from '../../../core/tensor.ts';
import type { PrimitiveAttributes, Value } from '../../ir/value.ts';
import { DataType } from '../../onnx/index.ts';
import { emitCast } from '../emit/cast.ts';
import { type EmitContext, type LowerContext, sizeOfAxis } from '../emit/context.ts';
import { emitReduce } from '../emit/reduce.ts';
import { emitSum, isSplit } from '../emit/sums.ts';
import { emitSumOfProducts } from '../emit/sums-of-products.ts';
import { provides } from '../emit/target.ts';
import type { LowerRules } from './rule.ts';

interface Context extends EmitContext {
  readonly attributes: PrimitiveAttributes['reduceSum'];
  readonly inputs: readonly [string];
  readonly operands: readonly [Value];
  readonly results: readonly [Value];
}

const reduce =
  (opType: 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin') =>
  (context: Context): readonly [string] => {
    const [{ dtype, knownShape }] = context.operands;
    const { axes, keepDims } = context.attributes;
    const isSum = opType === 'ReduceSum' || opType === 'ReduceMean';
    const isNarrow = dtype === 'bool' || (dtype === 'uint8' && isSum);
    const x = isNarrow ? emitCast(context, context.inputs[0], dtype, 'int32') : context.inputs[0];
    if (isSum && isSplit(context, dtype)) {
      const shape = context.results[0].knownShape;
      const factors = context.builder.factors.get(x);
      const fused = factors === undefined ? null : emitSumOfProducts(context, opType, factors, knownShape, axes, shape);
      if (fused !== null) return [fused];
      return [emitSum(context, opType, x, knownShape, axes, shape)];
    }
    const reduced = emitReduce(context, opType, x, axes, keepDims);
    return [isNarrow ? emitCast(context, reduced, 'int32', dtype) : reduced];
  };

/** The first of the positions that hold the maximum, for engines that cannot convert the 64-bit index of `ArgMax`. */
function argMaxByComparing(context: LowerContext<'argMax'>, x: string, shape: readonly number[]): string {
  const { builder } = context;
  const { axis, keepDims } = context.attributes;
  const length = sizeOfAxis(shape, axis);
  const column = shape.slice(axis).map((size, i) => (i === 0 ? size : 1));
  const positions = builder.constant(tensor(Int32Array.from({ length }, (_, i) => i)).reshape(column), 'positions');
  const isMaximum = builder.emit('Equal', [x, emitReduce(context, 'ReduceMax', x, [axis], true)]);
  const found = builder.emit('Where', [isMaximum, positions, builder.scalar(length - 1, 'int32')]);
  return emitReduce(context, 'ReduceMin', found, [axis], keepDims);
}

export const reductionRules: LowerRules<'reductions'> = {
  reduceSum: reduce('ReduceSum'),
  reduceMean: reduce('ReduceMean'),
  reduceMax: reduce('ReduceMax'),
  reduceMin: reduce('ReduceMin'),
  argMax: (context) => {
    const { axis, keepDims } = context.attributes;
    const [{ dtype, knownShape }] = context.operands;
    const x = emitCast(context, context.inputs[0], dtype, dtype === 'bool' ? 'uint8' : dtype);
    if (!provides(context.target, 'Cast to int32', 'int64')) return [argMaxByComparing(context, x, knownShape)];
    const index = context.builder.emit('ArgMax', [x], { attributes: { axis, keepdims: keepDims ? 1 : 0 } });
    return [context.builder.emit('Cast', [index], { attributes: { to: DataType.INT32 } })];
  },
  cumulativeSum: ({ builder, inputs: [x], attributes: { axis, reverse } }) => [
    builder.emit('CumSum', [x, builder.constant(tensor(axis, [], 'int32'), 'axis')], {
      attributes: { reverse: Number(reverse) },
    }),
  ],
  softmax: ({ builder, inputs, attributes: { axis } }) => [builder.emit('Softmax', inputs, { attributes: { axis } })],
  logSoftmax: ({ builder, inputs, attributes: { axis } }) => [
    builder.emit('LogSoftmax', inputs, { attributes: { axis } }),
  ],
};
