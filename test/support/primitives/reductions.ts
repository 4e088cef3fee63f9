import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { type PrimitiveCases, empty, float, int, range } from './case.ts';

const rows = float([
  [0, Math.log(3)],
  [1000, 1000],
]);

/* prettier-ignore */
export const reductionCases: PrimitiveCases<PrimitiveOf<'reductions'>> = {
  reduceSum: [
    { about: 'over rows', attributes: { axes: [0], keepDims: false }, inputs: [range([2, 3])], outputs: [float([3, 5, 7])] },
    { about: 'over two axes, kept', attributes: { axes: [0, 2], keepDims: true }, inputs: [range([2, 2, 2])], outputs: [float([[[10], [18]]])] },
    { about: 'over everything', attributes: { axes: [0, 1], keepDims: false }, inputs: [range([2, 3])], outputs: [float(15)] },
    { about: 'over nothing', attributes: { axes: [0], keepDims: false }, inputs: [empty([0, 2])], outputs: [float([0, 0])] },
    { about: 'of int32', attributes: { axes: [0], keepDims: true }, inputs: [int([1, 2, 3])], outputs: [int([6])] },
  ],
  reduceMean: [
    { about: 'over rows', attributes: { axes: [0], keepDims: false }, inputs: [range([2, 3])], outputs: [float([1.5, 2.5, 3.5])] },
    { about: 'over inner axes, kept', attributes: { axes: [1, 2], keepDims: true }, inputs: [range([2, 2, 2])], outputs: [float([[[1.5]], [[5.5]]])] },
  ],
  reduceMax: [
    { about: 'of negative numbers', attributes: { axes: [1], keepDims: false }, inputs: [float([[-3, -1], [-5, -7]])], outputs: [float([-1, -5])] },
    { about: 'of int32, kept', attributes: { axes: [0], keepDims: true }, inputs: [int([-4, -2, -9])], outputs: [int([-2])] },
  ],
  reduceMin: [
    { about: 'of positive numbers', attributes: { axes: [0], keepDims: false }, inputs: [float([[3, 11], [5, 7]])], outputs: [float([3, 7])] },
    { about: 'of int32', attributes: { axes: [0], keepDims: false }, inputs: [int([4, 2, 9])], outputs: [int(2)] },
  ],
  argMax: [
    { about: 'of the first among equals', attributes: { axis: 1, keepDims: false }, inputs: [float([[1, 3, 3], [-1, -2, -3]])], outputs: [int([1, 0])] },
    { about: 'over the first axis, kept', attributes: { axis: 0, keepDims: true }, inputs: [float([[1, 3], [2, -1]])], outputs: [int([[1, 0]])] },
  ],
  cumulativeSum: [
    { about: 'along rows', attributes: { axis: 1, reverse: false }, inputs: [float([[1, 2, 3], [4, 5, 6]])], outputs: [float([[1, 3, 6], [4, 9, 15]])] },
    { about: 'in reverse, of int32', attributes: { axis: 0, reverse: true }, inputs: [int([1, 2, 3])], outputs: [int([6, 5, 3])] },
  ],
  softmax: [
    { about: 'without overflow', attributes: { axis: 1 }, inputs: [rows], outputs: [float([[0.25, 0.75], [0.5, 0.5]])] },
    { about: 'over the first axis', attributes: { axis: 0 }, inputs: [float([[0, 0], [0, -Infinity]])], outputs: [float([[0.5, 1], [0.5, 0]])] },
  ],
  logSoftmax: [
    { about: 'without overflow', attributes: { axis: 1 }, inputs: [rows], outputs: [float([[-Math.log(4), Math.log(0.75)], [-Math.LN2, -Math.LN2]])] },
    { about: 'where softmax underflows', attributes: { axis: 0 }, inputs: [float([0, -2000])], outputs: [float([0, -2000])] },
  ],
};
