import { type DType, allocate } from '../../../core/dtype.ts';
import { type KnownShape, type Shape, sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as ops from '../../ops/index.ts';

/** The form of encoded categories: their indices, a one at each index, a one at each index of a row, or the counts of a row. */
export type CategoryMode = 'int' | 'one_hot' | 'multi_hot' | 'count';

/** The axis over which rows are encoded: the one after the batch. */
const rowAxis = (shape: Shape): 0 | 1 => (shape.length > 1 ? 1 : 0);

const withoutLastOne = (shape: Shape): Shape => (shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape);

/** The shape of encoded indices. */
export function encodedShape(given: Shape, mode: CategoryMode, depth: number | null): Shape {
  if (mode === 'int') return given;
  const shape = given.length === 0 ? [1] : given;
  return [...(mode === 'one_hot' ? withoutLastOne(shape) : shape.toSpliced(rowAxis(shape), 1)), depth];
}

/** Encodes indices in a graph; those out of range count for nothing. */
export function encodeInGraph(
  given: Value,
  mode: Exclude<CategoryMode, 'int'>,
  depth: number,
  dtype: DType,
  weights: Value | null = null,
): Value {
  const indices = given.rank === 0 ? ops.reshape(given, [1]) : given;
  if (mode === 'one_hot') return ops.oneHot(ops.reshape(indices, withoutLastOne(indices.shape)), depth, { dtype });
  const ones = ops.oneHot(indices, depth, { dtype });
  const axis = rowAxis(indices.shape);
  if (mode === 'multi_hot') return ops.max(ones, { axis });
  return ops.sum(weights === null ? ones : ops.multiply(ones, ops.expandDims(weights, -1)), { axis });
}

/** Encodes indices on the host; those out of range count for nothing. */
export function encodeOnHost(
  indices: ArrayLike<number>,
  shape: KnownShape,
  mode: CategoryMode,
  depth: number,
  dtype: DType,
): Tensor {
  if (mode === 'int') return new Tensor(Int32Array.from(indices), shape);
  const rows = shape.length === 0 ? [1] : shape;
  const resultShape = encodedShape(shape, mode, depth) as KnownShape;
  const data = allocate(dtype, sizeOf(resultShape));
  const axis = rowAxis(rows);
  const inner = mode === 'one_hot' ? 1 : sizeOf(rows.slice(axis + 1));
  const count = mode === 'one_hot' ? 1 : (rows[axis] ?? 1);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? -1;
    if (index < 0 || index >= depth) continue;
    // The indices of a row are `inner` apart.
    const at = (Math.floor(i / (count * inner)) * inner + (i % inner)) * depth + index;
    data[at] = mode === 'count' ? (data[at] ?? 0) + 1 : 1;
  }
  return new Tensor(data, resultShape, dtype);
}
