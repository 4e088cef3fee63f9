import { type DType, allocate } from '../../../core/dtype.ts';
import { type KnownShape, sameShape, sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { constantOf } from '../../graph/leaves.ts';
import type { Value } from '../../ir/value.ts';
import { type EmitContext, sizeOfAxis } from '../emit/context.ts';
import { repeatLeadingAxes } from '../emit/broadcasting.ts';
import { type Sum, emitReduce } from '../emit/reduce.ts';
import { emitRowAffine, isOfRows } from '../emit/rows.ts';
import { emitSum, isSplit } from '../emit/sums.ts';
import { emitSumOfProducts } from '../emit/sums-of-products.ts';
import type { LowerRules } from './rule.ts';

/** The only axis on which coefficients vary: null if there are several, -1 if there is none. */
function channelAxis(coefficients: readonly (readonly number[])[]): number | null {
  const axes = new Set(coefficients.flatMap((shape) => shape.flatMap((length, axis) => (length === 1 ? [] : [axis]))));
  if (axes.size > 1) return null;
  const [axis] = axes;
  return axis ?? -1;
}

/** A reduction over axes. */
interface Over {
  readonly axes: readonly number[];
  readonly dtype: DType;
  readonly shape: KnownShape;
  /** The shape of the result. */
  readonly reduced: KnownShape;
}

function emitTotal(context: EmitContext, opType: Sum, x: string, { axes, dtype, shape, reduced }: Over): string {
  return isSplit(context, dtype)
    ? emitSum(context, opType, x, shape, axes, reduced)
    : emitReduce(context, opType, x, axes, true);
}

function emitMean(context: EmitContext, x: string, over: Over): string {
  return emitTotal(context, 'ReduceMean', x, over);
}

/** The mean of x², in one read of x where the blocked layout has that form. */
function emitMeanSquare(context: EmitContext, x: string, over: Over): string {
  const { builder, target } = context;
  const { axes, dtype, shape, reduced } = over;
  const products = isSplit(context, dtype)
    ? emitSumOfProducts(context, 'ReduceMean', [x, x], shape, axes, reduced)
    : null;
  if (products !== null) return products;
  // The engine's sum of squares is slower than a product and a sum. For exported files a mean is used, because it does not
  // depend on sizes, which may be symbolic.
  const squares = builder.emit('Mul', [x, x]);
  if (target.engine === 'any' || (target.freeSizes ?? 'none') !== 'none') {
    return emitTotal(context, 'ReduceMean', squares, over);
  }
  const count = sizeOf(axes.map((axis) => sizeOfAxis(shape, axis)));
  return builder.emit('Mul', [emitTotal(context, 'ReduceSum', squares, over), builder.scalar(1 / count, dtype)]);
}

/** mean(x²) − mean(x)², which is not negative. */
function emitVariance({ builder }: EmitContext, meanSquare: string, mean: string, dtype: DType): string {
  const difference = builder.emit('Sub', [meanSquare, builder.emit('Mul', [mean, mean])]);
  return builder.emit('Max', [difference, builder.scalar(0, dtype)]);
}

export const normalizationRules: LowerRules<'normalization'> = {
  moments: (context) => {
    const { axes, centered } = context.attributes;
    const [x] = context.inputs;
    const [{ dtype, knownShape }] = context.operands;
    const { builder } = context;
    const over = { axes, dtype, shape: knownShape, reduced: context.results[0].knownShape };
    if (axes.length === 0) return [x, builder.emit('Mul', [x, builder.scalar(0, dtype)])];
    const mean = emitMean(context, x, over);
    if (!centered) return [mean, emitMeanSquare(context, builder.emit('Sub', [x, mean]), over)];
    return [mean, emitVariance(context, emitMeanSquare(context, x, over), mean, dtype)];
  },
  // Passes: x is scaled in a read and a write, which are read for its moments, and once more to be written.
  standardize: (context) => {
    const { builder } = context;
    const { axes, epsilon, centered } = context.attributes;
    const [x, shift, unit] = context.inputs;
    const [{ dtype, knownShape: shape }] = context.operands;
    const over = { axes, dtype, shape, reduced: context.results[1].knownShape };
    const isOfWholeRows = dtype === 'float32' && isOfRows(context, over.reduced, shape);
    const repeated = (name: string): string => repeatLeadingAxes(context, name, context.results[1], shape);
    const map = (from: string, mean: string | null, scale: string): string => {
      if (isOfWholeRows) {
        const offset = mean === null ? null : builder.emit('Mul', [builder.emit('Neg', [mean]), scale]);
        return emitRowAffine(context, from, sizeOf(over.reduced), shape, { scale, ...(offset !== null && { offset }) });
      }
      const difference = mean === null ? from : builder.emit('Sub', [from, repeated(mean)]);
      return builder.emit('Mul', [difference, repeated(scale)]);
    };
    const scaled = map(x, centered ? shift : null, unit);
    const mean = centered ? emitMean(context, scaled, over) : null;
    const meanSquare = emitMeanSquare(context, scaled, over);
    const variance = mean === null ? meanSquare : emitVariance(context, meanSquare, mean, dtype);
    const smallest = builder.emit('Mul', [builder.emit('Mul', [unit, unit]), builder.scalar(epsilon, dtype)]);
    const inverse = builder.emit('Pow', [builder.emit('Add', [variance, smallest]), builder.scalar(-0.5, dtype)]);
    return [map(scaled, mean, inverse), builder.emit('Mul', [inverse, unit])];
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
      const hasOffset = !isZero(offsetType);
      const fits = !hasOffset || sameShape(offsetType.knownShape, scaleType.knownShape);
      if (dtype === 'float32' && fits && isOfRows(context, scaleType.knownShape, knownShape)) {
        const rows = sizeOf(scaleType.knownShape);
        return [emitRowAffine(context, centered, rows, knownShape, hasOffset ? { scale, offset } : { scale })];
      }
      const scaled = builder.emit('Mul', [centered, repeated(scale, scaleType)]);
      return [hasOffset ? builder.emit('Add', [scaled, repeated(offset, offsetType)]) : scaled];
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
