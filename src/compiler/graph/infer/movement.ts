import { type Shape, broadcastShapes, compatible, isKnown, sizeOf } from '../../../core/shape.ts';
import type { ValueType } from '../../ir/value.ts';
import { type InferRules, expectIndices, sameDType, shapeMismatch } from './rule.ts';

/** The size of an axis that several operands share; sizes that are known must be equal. */
function commonSize(sizes: readonly (number | null)[], operands: readonly ValueType[]): number | null {
  const knownSizes = sizes.filter((size) => size !== null);
  if (new Set(knownSizes).size > 1) {
    throw shapeMismatch('concatenate', 'the sizes of all axes but the joined one must be equal', operands);
  }
  return knownSizes[0] ?? null;
}

export const movementRules: InferRules<'movement'> = {
  reshape: ([x], { shape }) => {
    if (isKnown(x.shape) && isKnown(shape) && sizeOf(x.shape) !== sizeOf(shape)) {
      throw shapeMismatch('reshape', `the number of elements must stay the same for shape [${shape.join(', ')}]`, [x]);
    }
    return [{ shape, dtype: x.dtype }];
  },
  transpose: ([x], { permutation }) => {
    const sorted = [...permutation].sort((a, b) => a - b);
    if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw shapeMismatch('transpose', `[${permutation.join(', ')}] must be a permutation of the axes`, [x]);
    }
    return [{ shape: permutation.map((axis) => x.shape[axis] ?? null), dtype: x.dtype }];
  },
  broadcastTo: ([x], { shape }) => {
    const joined = broadcastShapes(x.shape, shape);
    if (joined === null || !compatible(joined, shape)) {
      throw shapeMismatch('broadcastTo', `the operand must broadcast to [${shape.join(', ')}]`, [x]);
    }
    return [{ shape, dtype: x.dtype }];
  },
  concatenate: (operands, { axis }) => {
    const [first] = operands;
    if (operands.some((operand) => operand.shape.length !== first.shape.length)) {
      throw shapeMismatch('concatenate', 'the operands must have the same rank', operands);
    }
    const shape: Shape = first.shape.map((_, i) => {
      const sizes = operands.map((operand) => operand.shape[i] ?? null);
      if (i !== axis) return commonSize(sizes, operands);
      return sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
    });
    return [{ shape, dtype: sameDType('concatenate', operands) }];
  },
  slice: ([x], { starts, ends, strides }) => {
    const shape = x.shape.map((size, i) => {
      const [start, end, stride] = [starts[i] ?? 0, ends[i] ?? 0, strides[i] ?? 1];
      if (size === null) return end === Infinity && start === 0 && stride === 1 ? null : slicedSize(start, end, stride);
      if (start < 0 || start > size || (end !== Infinity && end > size) || stride < 1) {
        throw shapeMismatch('slice', `starts [${starts.join(', ')}] and ends [${ends.join(', ')}] must be in range`, [
          x,
        ]);
      }
      return slicedSize(start, Math.min(end, size), stride);
    });
    return [{ shape, dtype: x.dtype }];
  },
  pad: ([x], { before, after, between }) => {
    const shape = x.shape.map((size, i) =>
      size === null ? null : (before[i] ?? 0) + size + Math.max(0, size - 1) * (between[i] ?? 0) + (after[i] ?? 0),
    );
    return [{ shape, dtype: x.dtype }];
  },
  gather: ([x, indices], { axis }) => {
    expectIndices('gather', indices);
    return [{ shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype }];
  },
  scatterAdd: ([updates, indices], { axis, size }) => {
    expectIndices('scatterAdd', indices);
    const rest = updates.shape.slice(axis + indices.shape.length);
    return [{ shape: [...updates.shape.slice(0, axis), size, ...rest], dtype: updates.dtype }];
  },
  oneHot: ([indices], { depth, dtype }) => {
    expectIndices('oneHot', indices);
    return [{ shape: [...indices.shape, depth], dtype }];
  },
};

function slicedSize(start: number, end: number, stride: number): number | null {
  return end === Infinity ? null : Math.max(0, Math.ceil((end - start) / stride));
}
