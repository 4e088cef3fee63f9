import { sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { type DType, allocate } from '../../../core/dtype.ts';
import type { NormalizationName, PrimitiveName, ReductionName } from '../../graph/primitives.ts';
import { type Value, isNode } from '../../graph/value.ts';
import { type LowerContext, type LowerRules, operand, operandType, outputType, size } from '../rule.ts';
import { castName } from './elementwise.ts';
import { widen } from './broadcasting.ts';
import { type Sum, emitSum } from './sums.ts';

type Context = LowerContext<PrimitiveName>;

export function emitReduce(
  context: Context,
  opType: string,
  x: string,
  axes: readonly number[],
  keepDims: boolean,
): string {
  if (axes.length === 0) return x;
  const attributes = { keepdims: keepDims ? 1 : 0 };
  return context.builder.emit(opType, [x, context.builder.integers(axes)], { attributes });
}

/** Whether sums are taken in parts, whose sizes depend on those of the operand. */
function isSplit({ target }: Context, dtype: DType): boolean {
  return dtype === 'float32' && target.engine !== 'any';
}

type Reduce = 'reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin';

const reduce =
  (opType: string) =>
  (context: LowerContext<Reduce>): readonly string[] => {
    const { dtype } = operandType(context, 0);
    const narrow = dtype === 'bool' || (dtype === 'uint8' && (opType === 'ReduceSum' || opType === 'ReduceMean'));
    const x = narrow ? castName(context, operand(context, 0), dtype, 'int32') : operand(context, 0);
    const { axes, keepDims } = context.attributes;
    if (isSplit(context, dtype) && (opType === 'ReduceSum' || opType === 'ReduceMean')) {
      return [emitSum(context, opType, x, operandType(context, 0).knownShape, axes, outputType(context).knownShape)];
    }
    const reduced = emitReduce(context, opType, x, axes, keepDims);
    return [narrow ? castName(context, reduced, 'int32', dtype) : reduced];
  };

/** The one axis on which coefficients differ, or null if there are several; -1 if there is none. */
function channelAxis(coefficients: readonly (readonly number[])[]): number | null {
  const axes = new Set(coefficients.flatMap((shape) => shape.flatMap((length, axis) => (length === 1 ? [] : [axis]))));
  if (axes.size > 1) return null;
  const [axis] = axes;
  return axis ?? -1;
}

export const reductionRules: LowerRules<ReductionName | NormalizationName> = {
  reduceSum: reduce('ReduceSum'),
  reduceMean: reduce('ReduceMean'),
  reduceMax: reduce('ReduceMax'),
  reduceMin: reduce('ReduceMin'),
  argMax: (context) => {
    const { axis, keepDims } = context.attributes;
    const x = castName(
      context,
      operand(context, 0),
      operandType(context, 0).dtype,
      numeric(operandType(context, 0).dtype),
    );
    const found = context.builder.emit('ArgMax', [x], { attributes: { axis, keepdims: keepDims ? 1 : 0 } });
    return [context.builder.emit('Cast', [found], { attributes: { to: 6 } })];
  },
  softmax: (context) => [
    context.builder.emit('Softmax', context.inputs, { attributes: { axis: context.attributes.axis } }),
  ],
  logSoftmax: (context) => [
    context.builder.emit('LogSoftmax', context.inputs, { attributes: { axis: context.attributes.axis } }),
  ],
  moments: (context) => {
    const { builder } = context;
    const { axes, centred } = context.attributes;
    const x = operand(context, 0);
    const { dtype, knownShape } = operandType(context, 0);
    if (axes.length === 0) return [x, builder.emit('Mul', [x, builder.scalar(0, dtype)])];
    const reduced = outputType(context).knownShape;
    const total = (opType: Sum, from: string): string =>
      isSplit(context, dtype)
        ? emitSum(context, opType, from, knownShape, axes, reduced)
        : emitReduce(context, opType, from, axes, true);
    const mean = total('ReduceMean', x);
    const from = centred ? x : builder.emit('Sub', [x, mean]);
    const squares = builder.emit('Mul', [from, from]);
    const count = sizeOf(axes.map((axis) => size(knownShape, axis)));
    // The engine's own sum of squares takes longer than a product and a sum. A mean names no size, which may be free.
    const meanSquare =
      context.target.engine === 'any'
        ? total('ReduceMean', squares)
        : builder.emit('Mul', [total('ReduceSum', squares), builder.scalar(1 / count, dtype)]);
    if (!centred) return [mean, meanSquare];
    const difference = builder.emit('Sub', [meanSquare, builder.emit('Mul', [mean, mean])]);
    return [mean, builder.emit('Max', [difference, builder.scalar(0, dtype)])];
  },
  normalize: (context) => {
    const { builder } = context;
    const [x, mean, scale, offset] = [0, 1, 2, 3].map((i) => operand(context, i));
    const { dtype, knownShape } = outputType(context);
    const coefficients = [1, 2, 3].map((i) => operandType(context, i));
    const axis = channelAxis(coefficients.map((value) => value.knownShape));
    if (x === undefined || mean === undefined || scale === undefined || offset === undefined) return [];
    if (axis !== 1 || knownShape.length < 3 || dtype !== 'float32' || context.target.engine === 'wasm') {
      const [meanType, scaleType, offsetType] = coefficients;
      const wide = (name: string, type: Value | undefined): string => widen(context, name, type, knownShape);
      const centred = isZero(meanType) ? x : builder.emit('Sub', [x, wide(mean, meanType)]);
      const scaled = builder.emit('Mul', [centred, wide(scale, scaleType)]);
      return [builder.emit('Add', [scaled, wide(offset, offsetType)])];
    }
    // One pass over x: the engine's operator with a variance of one and no epsilon.
    const channels = size(knownShape, 1);
    const vector = (name: string, i: number): string => {
      const shape = coefficients[i - 1]?.knownShape ?? [];
      const flat = builder.reshape(name, [sizeOf(shape)]);
      return sizeOf(shape) === channels ? flat : builder.emit('Expand', [flat, builder.integers([channels])]);
    };
    const ones = builder.constant(new Tensor(allocate('float32', channels).fill(1), [channels]), 'ones');
    const inputs = [x, vector(scale, 2), vector(offset, 3), vector(mean, 1), ones];
    return [builder.emit('BatchNormalization', inputs, { attributes: { epsilon: { float: 0 } } })];
  },
};

/** Whether a value is a constant of zeros. */
function isZero(value: Value | undefined): boolean {
  return (
    value !== undefined && isNode(value.node, 'constant') && value.node.attributes.tensor.data.every((x) => x === 0)
  );
}

function numeric(dtype: Context['node']['outputs'][number]['dtype']): Context['node']['outputs'][number]['dtype'] {
  return dtype === 'bool' ? 'uint8' : dtype;
}
