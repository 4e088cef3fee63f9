import { compatible } from '../../../core/shape.ts';
import type { PrimitiveName } from '../../ir/primitives.ts';
import type { ValueType } from '../../ir/value.ts';
import { type InferRules, expectIndices, sameDType, shapeMismatch } from './rule.ts';

/** Checks that two shapes are equal on all axes but one. */
function expectEqualElsewhere(primitive: PrimitiveName, axis: number, x: ValueType, indices: ValueType): void {
  const fits = compatible(
    x.shape.with(axis, 1),
    indices.shape.length === x.shape.length ? indices.shape.with(axis, 1) : [],
  );
  if (!fits) throw shapeMismatch(primitive, `the shapes must be equal on all axes but ${axis}`, [x, indices]);
}

export const selectionRules: InferRules<'selection'> = {
  topK: ([x], { axis, k }) => {
    const size = x.shape[axis] ?? Infinity;
    if (k > size) throw shapeMismatch('topK', `the axis must have at least ${k} elements`, [x]);
    const shape = x.shape.with(axis, k);
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: 'int32' },
    ];
  },
  gatherElements: ([x, indices], { axis }) => {
    expectIndices('gatherElements', indices);
    expectEqualElsewhere('gatherElements', axis, x, indices);
    return [{ shape: indices.shape, dtype: x.dtype }];
  },
  scatterElements: ([updates, indices], { axis, size }) => {
    expectIndices('scatterElements', indices);
    if (!compatible(updates.shape, indices.shape)) {
      throw shapeMismatch('scatterElements', 'the shapes must be equal', [updates, indices]);
    }
    return [{ shape: updates.shape.with(axis, size), dtype: updates.dtype }];
  },
  scatterRows: ([x, indices, updates]) => {
    expectIndices('scatterRows', indices);
    const dtype = sameDType('scatterRows', [x, updates]);
    if (!compatible(updates.shape, [...indices.shape, ...x.shape.slice(1)])) {
      throw shapeMismatch('scatterRows', 'there must be a row of updates for each index', [x, indices, updates]);
    }
    return [{ shape: x.shape, dtype }];
  },
  customGradient: ([{ shape, dtype }]) => [{ shape, dtype }],
};
