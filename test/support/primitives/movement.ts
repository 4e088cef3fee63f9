import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { type PrimitiveCases, bool, bytes, empty, float, int, range } from './case.ts';

/* prettier-ignore */
export const movementCases: PrimitiveCases<PrimitiveOf<'movement'>> = {
  reshape: [
    { about: 'to other axes', attributes: { shape: [3, 2] }, inputs: [range([2, 3])], outputs: [float([[0, 1], [2, 3], [4, 5]])] },
    { about: 'to a scalar', attributes: { shape: [] }, inputs: [float([[7]])], outputs: [float(7)] },
    { about: 'of int32', attributes: { shape: [1, 2] }, inputs: [int([1, 2])], outputs: [int([[1, 2]])] },
  ],
  transpose: [
    { about: 'of a matrix', attributes: { permutation: [1, 0] }, inputs: [range([2, 3])], outputs: [float([[0, 3], [1, 4], [2, 5]])] },
    { about: 'of three axes', attributes: { permutation: [2, 0, 1] }, inputs: [range([2, 1, 3])], outputs: [float([[[0], [3]], [[1], [4]], [[2], [5]]])] },
    { about: 'of booleans', attributes: { permutation: [1, 0] }, inputs: [bool([[0, 1, 1]])], outputs: [bool([[0], [1], [1]])] },
  ],
  broadcastTo: [
    { about: 'in front and inside', attributes: { shape: [2, 2, 2] }, inputs: [float([[1], [2]])], outputs: [float([[[1, 1], [2, 2]], [[1, 1], [2, 2]]])] },
    { about: 'of a scalar', attributes: { shape: [2] }, inputs: [float(3)], outputs: [float([3, 3])] },
    { about: 'of bytes', attributes: { shape: [3] }, inputs: [bytes(3)], outputs: [bytes([3, 3, 3])] },
  ],
  concatenate: [
    { about: 'of columns', attributes: { axis: 1 }, inputs: [range([2, 2]), float([[9], [8]])], outputs: [float([[0, 1, 9], [2, 3, 8]])] },
    { about: 'of rows, one operand with none', attributes: { axis: 0 }, inputs: [range([1, 2]), empty([0, 2]), range([1, 2], 5)], outputs: [float([[0, 1], [5, 6]])] },
    { about: 'of one operand', attributes: { axis: 0 }, inputs: [int([4, 5])], outputs: [int([4, 5])] },
    { about: 'of booleans', attributes: { axis: 0 }, inputs: [bool([0, 1]), bool([1])], outputs: [bool([0, 1, 1])] },
  ],
  slice: [
    { about: 'of a block', attributes: { starts: [1, 1], ends: [3, 3], strides: [1, 1] }, inputs: [range([3, 4])], outputs: [float([[5, 6], [9, 10]])] },
    { about: 'with strides, to the end', attributes: { starts: [0, 1], ends: [Infinity, Infinity], strides: [2, 2] }, inputs: [range([3, 4])], outputs: [float([[1, 3], [9, 11]])] },
    { about: 'of bytes', attributes: { starts: [1], ends: [3], strides: [1] }, inputs: [bytes([1, 2, 3, 4])], outputs: [bytes([2, 3])] },
    { about: 'of nothing', attributes: { starts: [2], ends: [2], strides: [1] }, inputs: [range([3])], outputs: [empty([0])] },
  ],
  pad: [
    { about: 'around', attributes: { before: [1, 0], after: [0, 2], between: [0, 0] }, inputs: [float([[1, 2]])], outputs: [float([[0, 0, 0, 0], [1, 2, 0, 0]])] },
    { about: 'between', attributes: { before: [0], after: [1], between: [2] }, inputs: [float([1, 2, 3])], outputs: [float([1, 0, 0, 2, 0, 0, 3, 0])] },
    { about: 'of nothing', attributes: { before: [1], after: [1], between: [3] }, inputs: [empty([0])], outputs: [float([0, 0])] },
  ],
  gather: [
    { about: 'of rows', attributes: { axis: 0 }, inputs: [range([3, 2]), int([2, 0, 2])], outputs: [float([[4, 5], [0, 1], [4, 5]])] },
    { about: 'of columns, by a matrix', attributes: { axis: 1 }, inputs: [range([2, 3]), int([[2, 1], [0, 0]])], outputs: [float([[[2, 1], [0, 0]], [[5, 4], [3, 3]]])] },
    { about: 'of one row', attributes: { axis: 0 }, inputs: [range([3, 2]), int(1)], outputs: [float([2, 3])] },
  ],
  scatterAdd: [
    { about: 'to rows', attributes: { axis: 0, size: 3 }, inputs: [float([[1, 2], [3, 4], [10, 20]]), int([2, 0, 2])], outputs: [float([[3, 4], [0, 0], [11, 22]])] },
    { about: 'to columns, by a matrix', attributes: { axis: 1, size: 3 }, inputs: [range([1, 2, 2], 1), int([[2, 1], [0, 0]])], outputs: [float([[7, 2, 1]])] },
  ],
  oneHot: [
    { about: 'with indices out of range', attributes: { depth: 3, dtype: 'float64' }, inputs: [int([0, 2, 3, -1])], outputs: [float([[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]])] },
    { about: 'as int32', attributes: { depth: 2, dtype: 'int32' }, inputs: [int([[1]])], outputs: [int([[[0, 1]]])] },
  ],
};
