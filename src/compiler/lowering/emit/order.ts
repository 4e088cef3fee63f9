import type { DType } from '../../../core/dtype.ts';
import { Tensor } from '../../../core/tensor.ts';
import { DataType } from '../../onnx/index.ts';
import { type EmitContext, sizeOfAxis } from './context.ts';
import { emitCast } from './cast.ts';

/** An order along an axis: the keys of the first k elements, and their places in int32. */
export interface Order {
  readonly keys: string;
  readonly places: string;
}

interface TopK {
  readonly axis: number;
  readonly k: number;
  readonly largest: boolean;
}

/**
 * The first k keys, of equal ones the first, on an engine that orders float32 alone, and cannot convert the 64-bit indices that
 * it finds: they gather places in float32, which holds those of up to 2²⁴ elements.
 */
export function orderByGathering(
  context: EmitContext,
  keys: string,
  dtype: DType,
  shape: readonly number[],
  topK: TopK,
): Order {
  const { builder } = context;
  const { axis, k, largest } = topK;
  const gather = (x: string, indices: string): string =>
    builder.emit('GatherElements', [x, indices], { attributes: { axis } });
  const sort = (x: string, count: number): readonly [sorted: string, indices: string] => {
    const [sorted = '', indices = ''] = builder.emitAll('TopK', [x, builder.integers([count])], {
      attributes: { axis, largest: Number(largest), sorted: 1 },
      outputs: 2,
    });
    return [sorted, indices];
  };
  const size = sizeOfAxis(shape, axis);
  const column = shape.slice(axis).map((length, i) => (i === 0 ? length : 1));
  const numbers = new Tensor(
    Float32Array.from({ length: size }, (_, i) => i),
    column,
  );
  const places = builder.emit('Expand', [builder.constant(numbers, 'places'), builder.integers(shape)]);
  const toInt32 = (x: string): string => builder.emit('Cast', [x], { attributes: { to: DataType.INT32 } });
  if (dtype !== 'int32') {
    const [sorted, indices] = sort(emitCast(context, keys, dtype, 'float32'), k);
    return { keys: emitCast(context, sorted, 'float32', dtype), places: toInt32(gather(places, indices)) };
  }
  // Halves of int32 are exact in float32: first an order by the low ones, then one by the high ones that keeps it among equals.
  const half = builder.scalar(HALF, dtype);
  const [high, low] = halves(context, keys);
  const [, byLow] = sort(emitCast(context, low, dtype, 'float32'), size);
  const [sortedHigh, byHigh] = sort(gather(emitCast(context, high, dtype, 'float32'), byLow), k);
  const inOrder = (x: string): string => gather(gather(x, byLow), byHigh);
  const sortedLow = toInt32(inOrder(emitCast(context, low, dtype, 'float32')));
  return {
    keys: builder.emit('Add', [builder.emit('Mul', [toInt32(sortedHigh), half]), sortedLow]),
    places: toInt32(inOrder(places)),
  };
}

const HALF = 2 ** 16;

/** ⌊x / 2¹⁶⌋ and the rest, which is not negative, of int32. */
function halves({ builder }: EmitContext, x: string): readonly [high: string, low: string] {
  const half = builder.scalar(HALF, 'int32');
  const minusOne = builder.scalar(-1, 'int32');
  const mirrored = builder.emit('Sub', [minusOne, x]);
  const magnitude = builder.emit('Div', [builder.emit('Max', [x, mirrored]), half]);
  const isNegative = builder.emit('Less', [x, builder.scalar(0, 'int32')]);
  const high = builder.emit('Where', [isNegative, builder.emit('Sub', [minusOne, magnitude]), magnitude]);
  return [high, builder.emit('Sub', [x, builder.emit('Mul', [high, half])])];
}
