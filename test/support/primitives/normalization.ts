import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { type PrimitiveCases, float, range } from './case.ts';

/* prettier-ignore */
export const normalizationCases: PrimitiveCases<PrimitiveOf<'normalization'>> = {
  moments: [
    // The example of keras.ops.moments.
    { about: 'over rows', attributes: { axes: [0], centered: false }, inputs: [range([2, 3])], outputs: [float([[1.5, 2.5, 3.5]]), float([[2.25, 2.25, 2.25]])] },
    { about: 'over two of three axes', attributes: { axes: [0, 2], centered: true }, inputs: [float([[[-1, 1], [2, 4]], [[-3, 3], [6, 8]]])], outputs: [float([[[0], [5]]]), float([[[5], [5]]])] },
    { about: 'far from zero', attributes: { axes: [0], centered: false }, inputs: [float([1e8, 1e8 + 1, 1e8 + 2])], outputs: [float([1e8 + 1]), float([2 / 3])] },
  ],
  standardize: [
    { about: 'rows, about a shift and in a unit', attributes: { axes: [1], epsilon: 0, centered: true }, inputs: [float([[1, 3], [10, 30]]), float([[1], [21]]), float([[1], [0.125]])], outputs: [float([[-1, 1], [-1, 1]]), float([[1], [0.1]])] },
    { about: 'two of three axes, about zero', attributes: { axes: [0, 2], epsilon: 11, centered: false }, inputs: [float([[[1, 3]], [[1, 7]]]), float([[[0]]]), float([[[2]]])], outputs: [float([[[0.2, 0.6]], [[0.2, 1.4]]].map((rows) => rows.map((row) => row.map((x) => (x * 5) / Math.sqrt(26))))), float([[[1 / Math.sqrt(26)]]])] },
  ],
  normalize: [
    { about: 'by channel', attributes: {}, inputs: [range([2, 2]), float([[1, 2]]), float([[10, 100]]), float([[0.5, -0.5]])], outputs: [float([[-9.5, -100.5], [10.5, 99.5]])] },
    { about: 'with coefficients of several shapes', attributes: {}, inputs: [range([2, 2]), float([[0], [2]]), float([[3, 5]]), float([[1]])], outputs: [float([[1, 6], [1, 6]])] },
  ],
};
