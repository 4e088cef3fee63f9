import { allocate } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { constantOf } from '../../graph/leaves.ts';
import type { Value } from '../../ir/value.ts';
import { sizeOfAxis } from '../emit/context.ts';
import { repeatLeadingAxes } from '../emit/broadcasting.ts';
import { emitReduce } from '../emit/reduce.ts';
import { type Sum, emitSum, isSplit } from '../emit/sums.ts';
import { emitSumOfProducts } from '../emit/sums-of-products.ts';
import type { LowerRules } from './rule.ts';

/** The only axis on which coefficients vary: null if there are several, -1 if there is none. */
function channelAxis(coefficients: readonly (readonly number[])[]): number | null {
  const axes = new Set(coefficients.flatMap((shape) => shape.flatMap((length, axis) => (length === 1 ? [] : [axis]))));
  if (axes.size > 1) return null;
  const [axis] = axes;
  return axis ?? -1;
}

export const normalizationRules: LowerRules<'normalization'> = {
  moments: (context) => {
    const { builder } = context;
    const { axes, centered } = context.attributes;
    const [x] = context.inputs;
    const [{ dtype, knownShape }] = context.operands;
    if (axes.length === 0) return [x, builder.emit('Mul', [x, builder.scalar(0, dtype)])];
    const reduced = context.results[0].knownShape;
    const total = (opType: Sum, from: string): string =>
      isSplit(context, dtype)
        ? emitSum(context, opType, from, knownShape, axes, reduced)
        : emitReduce(context, opType, from, axes, true);
    const mean = total('ReduceMean', x);
    const from = centered ? x : builder.emit('Sub', [x, mean]);
    const products = isSplit(context, dtype)
      ? emitSumOfProducts(context, 'ReduceMean', [from, from], knownShape, axes, reduced)
      : null;
    const count = sizeOf(axes.map((axis) => sizeOfAxis(knownShape, axis)));
    // The engine's sum of squares is slower than a product and a sum. For exported files a mean is used, because it does not
    // depend on sizes, which may be symbolic.
    const meanOfSquares = (): string => {
      const squares = builder.emit('Mul', [from, from]);
      return context.target.engine === 'any' || (context.target.freeSizes ?? 'none') !== 'none'
        ? total('ReduceMean', squares)
        : builder.emit('Mul', [total('ReduceSum', squares), builder.scalar(1 / count, dtype)]);
    };
    const meanSquare = products ?? meanOfSquares();
    if (!centered) return [mean, meanSquare];
    const difference = builder.emit('Sub', [meanSquare, builder.emit('Mul', [mean, mean])]);
    return [mean, builder.emit('Max', [difference, builder.scalar(0, dtype)])];
  },
  normalize: (context) => {
    const { builder } = context;
    const [x, mean, scale, offset] = context.inputs;
    const [, ...coefficients] = context.operands;
    const [meanType, scaleType, offsetType] = coefficients;
    const [{ dtype, knownShape }] = context.results;
    const axis = channelAxis(coefficients.map((value) => value.knownShape));
    if (axis !== 1 || knownShape.length < 3 || dtype !== 'float32' || context.target.engine === 'wasm') {
      const repeated = (name: string, type: Value): string => repeatLeadingAxes(context, name, type, knownShape);
      const centered = isZero(meanType) ? x : builder.emit('Sub', [x, repeated(mean, meanType)]);
      const scaled = builder.emit('Mul', [centered, repeated(scale, scaleType)]);
      return [builder.emit('Add', [scaled, repeated(offset, offsetType)])];
    }
    // One pass over x: batch normalization with a variance of one and no epsilon.
    const channels = sizeOfAxis(knownShape, 1);
    const vector = (name: string, { knownShape: shape }: Value): string => {
      const flat = builder.reshape(name, [sizeOf(shape)]);
      return sizeOf(shape) === channels ? flat : builder.emit('Expand', [flat, builder.integers([channels])]);
    };
    const ones = builder.constant(new Tensor(allocate('float32', channels).fill(1), [channels]), 'ones');
    const inputs = [x, vector(scale, scaleType), vector(offset, offsetType), vector(mean, meanType), ones];
    return [builder.emit('BatchNormalization', inputs, { attributes: { epsilon: { float: 0 } } })];
  },
};

/** Whether a value is a constant of zeros. */
function isZero(value: Value): boolean {
  return constantOf(value)?.data.every((x) => x === 0) ?? false;
}
