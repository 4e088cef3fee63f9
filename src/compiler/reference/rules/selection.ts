import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { ScatterCombination } from '../../ir/primitives.ts';
import { at, linesOf, widen, zeros } from '../arrays/array.ts';
import { checkIndex } from '../arrays/indices.ts';
import type { EvaluateRules } from './rule.ts';

/** Orders numbers, NaN after all others. */
const compare = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : a - b || 0;

const combinations: Readonly<Record<ScatterCombination, (row: number, update: number) => number>> = {
  replace: (_, update) => update,
  add: (row, update) => row + update,
  multiply: (row, update) => row * update,
  maximum: Math.max,
  minimum: Math.min,
};

/** For each line of elements along an axis, their offsets in a shape and in the same shape with another size of the axis. */
function lines(
  a: KnownShape,
  b: KnownShape,
  axis: number,
): readonly (readonly [readonly number[], readonly number[]])[] {
  const others = linesOf(b, axis);
  return linesOf(a, axis).map((line, i) => [line, others[i] ?? []]);
}

export const selectionRules: EvaluateRules<'selection'> = {
  topK: ([x], { axis, k, largest }) => {
    const shape = x.shape.with(axis, k);
    const [values, indices] = [zeros(x.dtype, shape), zeros('int32', shape)];
    for (const [from, to] of lines(x.shape, shape, axis)) {
      const order = from.map((offset, place) => ({ value: at(x.data, offset), place }));
      order.sort((a, b) => (largest ? compare(b.value, a.value) : compare(a.value, b.value)) || a.place - b.place);
      for (const [i, offset] of to.entries()) {
        values.data[offset] = order[i]?.value ?? NaN;
        indices.data[offset] = order[i]?.place ?? 0;
      }
    }
    return [values, indices];
  },
  gatherElements: ([x, indices], { axis }) => {
    const result = zeros(x.dtype, indices.shape);
    for (const [from, to] of lines(x.shape, indices.shape, axis)) {
      for (const offset of to)
        result.data[offset] = at(x.data, from[checkIndex(at(indices.data, offset), from.length)]);
    }
    return [result];
  },
  scatterElements: ([updates, indices], { axis, size }) => {
    const result = zeros(updates.dtype, updates.shape.with(axis, size));
    for (const [from, to] of lines(updates.shape, result.shape, axis)) {
      for (const offset of from) {
        const target = to[checkIndex(at(indices.data, offset), size)] ?? -1;
        result.data[target] = at(result.data, target) + at(updates.data, offset);
      }
    }
    return [result];
  },
  scatterRows: ([x, indices, updates], { combine }) => {
    const result: Tensor = widen(x, x.dtype);
    const row = sizeOf(x.shape.slice(1));
    for (const [i, index] of indices.data.entries()) {
      const start = checkIndex(index, x.shape[0] ?? 0) * row;
      for (let j = 0; j < row; j++) {
        result.data[start + j] = combinations[combine](at(result.data, start + j), at(updates.data, i * row + j));
      }
    }
    return [result];
  },
  customGradient: ([y]) => [y],
};
