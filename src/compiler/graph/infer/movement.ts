import type { MovementName } from '../primitives.ts';
import { InternalError } from '../../../core/errors.ts';
import { type Shape, broadcastShapes, compatible, isKnown, sizeOf } from '../../../core/shape.ts';
import type { ValueType } from '../value.ts';
import { type InferRules, misfit, one, sameDType, two } from './rule.ts';

const checkIndices = (primitive: string, indices: ValueType): void => {
  if (indices.dtype !== 'int32')
    throw new InternalError(`${primitive} takes int32 indices, received ${indices.dtype}.`);
};

/** The sizes of an axis in several operands, which must agree where they are known. */
function agree(primitive: string, sizes: readonly (number | null)[], inputs: readonly ValueType[]): number | null {
  const knownSizes = sizes.filter((size) => size !== null);
  if (new Set(knownSizes).size > 1)
    throw misfit(primitive, 'sizes must agree on every axis but the one joined', inputs);
  return knownSizes[0] ?? null;
}

export const movementRules: InferRules<MovementName> = {
  reshape: (inputs, { shape }) => {
    const x = one('reshape', inputs);
    if (isKnown(x.shape) && isKnown(shape) && sizeOf(x.shape) !== sizeOf(shape)) {
      throw misfit('reshape', `the number of elements must stay the same for shape [${shape.join(', ')}]`, inputs);
    }
    return [{ shape, dtype: x.dtype }];
  },
  transpose: (inputs, { permutation }) => {
    const x = one('transpose', inputs);
    const sorted = [...permutation].sort((a, b) => a - b);
    if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw misfit('transpose', `[${permutation.join(', ')}] must be a permutation of the axes`, inputs);
    }
    return [{ shape: permutation.map((axis) => x.shape[axis] ?? null), dtype: x.dtype }];
  },
  broadcastTo: (inputs, { shape }) => {
    const x = one('broadcastTo', inputs);
    const joined = broadcastShapes(x.shape, shape);
    if (joined === null || !compatible(joined, shape)) {
      throw misfit('broadcastTo', `the operand must broadcast to [${shape.join(', ')}]`, inputs);
    }
    return [{ shape, dtype: x.dtype }];
  },
  concatenate: (inputs, { axis }) => {
    const [first] = inputs;
    if (first === undefined) throw new InternalError('concatenate takes at least one operand.');
    if (inputs.some((input) => input.shape.length !== first.shape.length)) {
      throw misfit('concatenate', 'the operands must have one rank', inputs);
    }
    const shape: Shape = first.shape.map((_, i) => {
      const sizes = inputs.map((input) => input.shape[i] ?? null);
      if (i !== axis) return agree('concatenate', sizes, inputs);
      return sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
    });
    return [{ shape, dtype: sameDType('concatenate', inputs) }];
  },
  slice: (inputs, { starts, ends, strides }) => {
    const x = one('slice', inputs);
    const shape = x.shape.map((size, i) => {
      const [start, end, stride] = [starts[i] ?? 0, ends[i] ?? 0, strides[i] ?? 1];
      if (size === null) return end === Infinity && start === 0 && stride === 1 ? null : slicedSize(start, end, stride);
      if (start < 0 || start > size || (end !== Infinity && end > size) || stride < 1) {
        throw misfit('slice', `starts [${starts.join(', ')}] and ends [${ends.join(', ')}] must lie inside`, inputs);
      }
      return slicedSize(start, Math.min(end, size), stride);
    });
    return [{ shape, dtype: x.dtype }];
  },
  pad: (inputs, { before, after, between }) => {
    const x = one('pad', inputs);
    const shape = x.shape.map((size, i) =>
      size === null ? null : (before[i] ?? 0) + size + Math.max(0, size - 1) * (between[i] ?? 0) + (after[i] ?? 0),
    );
    return [{ shape, dtype: x.dtype }];
  },
  gather: (inputs, { axis }) => {
    const [x, indices] = two('gather', inputs);
    checkIndices('gather', indices);
    return [{ shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype }];
  },
  scatterAdd: (inputs, { axis, size }) => {
    const [updates, indices] = two('scatterAdd', inputs);
    checkIndices('scatterAdd', indices);
    const rest = updates.shape.slice(axis + indices.shape.length);
    return [{ shape: [...updates.shape.slice(0, axis), size, ...rest], dtype: updates.dtype }];
  },
  oneHot: (inputs, { depth, dtype }) => {
    const indices = one('oneHot', inputs);
    checkIndices('oneHot', indices);
    return [{ shape: [...indices.shape, depth], dtype }];
  },
};

function slicedSize(start: number, end: number, stride: number): number | null {
  return end === Infinity ? null : Math.max(0, Math.ceil((end - start) / stride));
}
