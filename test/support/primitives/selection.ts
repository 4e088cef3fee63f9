import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { type PrimitiveCases, bool, bytes, empty, float, int, range } from './case.ts';

const gradient = { name: 'none', pullBack: () => [null], toString: () => 'none' };

/* prettier-ignore */
export const selectionCases: PrimitiveCases<PrimitiveOf<'selection'>> = {
  topK: [
    { about: 'largest first, of equal ones the first', attributes: { axis: 1, k: 3, largest: true }, inputs: [float([[1, 5, 5, 2]])], outputs: [float([[5, 5, 2]]), int([[1, 2, 3]])] },
    { about: 'smallest first, along the first axis, with NaN last', attributes: { axis: 0, k: 3, largest: false }, inputs: [float([[2, NaN], [1, 4], [1, 3]])], outputs: [float([[1, 3], [1, 4], [2, NaN]]), int([[1, 2], [2, 1], [0, 0]])] },
    { about: 'of int32', attributes: { axis: 0, k: 2, largest: true }, inputs: [int([-3, -1, -2])], outputs: [int([-1, -2]), int([1, 2])] },
    { about: 'of int32 with all bits', attributes: { axis: 1, k: 5, largest: true }, inputs: [int([[-(2 ** 31), 2 ** 30 + 1, 2 ** 31 - 1, 2 ** 30, 2 ** 30 + 1, -1, -65536]])], outputs: [int([[2 ** 31 - 1, 2 ** 30 + 1, 2 ** 30 + 1, 2 ** 30, -1]]), int([[2, 1, 4, 3, 5]])] },
    { about: 'of bytes, smallest first', attributes: { axis: 0, k: 4, largest: false }, inputs: [bytes([7, 255, 0, 7])], outputs: [bytes([0, 7, 7, 255]), int([2, 0, 3, 1])] },
    { about: 'of booleans', attributes: { axis: 0, k: 2, largest: true }, inputs: [bool([0, 1, 0])], outputs: [bool([1, 0]), int([1, 0])] },
  ],
  gatherElements: [
    { about: 'along the last axis', attributes: { axis: 1 }, inputs: [range([2, 3]), int([[2, 0], [1, 1]])], outputs: [float([[2, 0], [4, 4]])] },
    { about: 'along the first axis', attributes: { axis: 0 }, inputs: [range([2, 3]), int([[1, 0, 1]])], outputs: [float([[3, 1, 5]])] },
    { about: 'of int32 with all bits', attributes: { axis: 0 }, inputs: [int([2 ** 31 - 1, -(2 ** 31), -65537, 16777217]), int([3, 2, 1, 0])], outputs: [int([16777217, -65537, -(2 ** 31), 2 ** 31 - 1])] },
    { about: 'of booleans', attributes: { axis: 0 }, inputs: [bool([0, 1]), int([1, 1, 0])], outputs: [bool([1, 1, 0])] },
  ],
  scatterElements: [
    { about: 'with repeated indices', attributes: { axis: 1, size: 3 }, inputs: [float([[1, 2, 4], [8, 16, 32]]), int([[2, 2, 0], [1, 0, 1]])], outputs: [float([[4, 0, 3], [16, 40, 0]])] },
    { about: 'of int32 along the first axis', attributes: { axis: 0, size: 2 }, inputs: [int([[1, 2], [3, 4]]), int([[1, 0], [1, 1]])], outputs: [int([[0, 2], [4, 4]])] },
  ],
  scatterRows: [
    { about: 'in the place of rows', attributes: { combine: 'replace' }, inputs: [range([3, 2]), int([2, 0]), float([[9, 8], [7, 6]])], outputs: [float([[7, 6], [2, 3], [9, 8]])] },
    { about: 'in the place of a row, the last one of several', attributes: { combine: 'replace' }, inputs: [int([1, 2, 3]), int([1, 2, 1, 1]), int([-5, 6, -7, -8])], outputs: [int([1, -8, 6])] },
    { about: 'of booleans, in the place of rows', attributes: { combine: 'replace' }, inputs: [bool([[0, 0], [0, 0]]), int([1]), bool([[1, 0]])], outputs: [bool([[0, 0], [1, 0]])] },
    { about: 'of no updates', attributes: { combine: 'replace' }, inputs: [range([2]), empty([0], 'int32'), empty([0])], outputs: [range([2])] },
    { about: 'added to rows', attributes: { combine: 'add' }, inputs: [range([2, 2]), int([[1], [1]]), float([[[1, 2]], [[3, 4]]])], outputs: [float([[0, 1], [6, 9]])] },
    { about: 'multiplied', attributes: { combine: 'multiply' }, inputs: [float([1, 2]), int([1, 1]), float([3, 5])], outputs: [float([1, 30])] },
    { about: 'as the maximum', attributes: { combine: 'maximum' }, inputs: [float([1, 2]), int([1, 0]), float([1, 5])], outputs: [float([5, 2])] },
    { about: 'as the minimum, of int32', attributes: { combine: 'minimum' }, inputs: [int([1, 2]), int([1, 1]), int([3, -5])], outputs: [int([1, -5])] },
  ],
  customGradient: [{ about: 'the first operand', attributes: { gradient }, inputs: [range([2]), range([3])], outputs: [range([2])] }],
};
