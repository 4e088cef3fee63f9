import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { type PrimitiveCases, float, range } from './case.ts';

const a = range([2, 3]); // [[0, 1, 2], [3, 4, 5]]
const at = float([[0, 3], [1, 4], [2, 5]]); // prettier-ignore
const b = float([[1, 0], [2, 1], [0, 3]]); // prettier-ignore
const bt = float([[1, 2, 0], [0, 1, 3]]); // prettier-ignore
const ab = float([[2, 7], [11, 19]]); // prettier-ignore

/* prettier-ignore */
export const matmulCases: PrimitiveCases<PrimitiveOf<'matmul'>> = {
  matmul: [
    { about: 'of matrices', attributes: { transposeA: false, transposeB: false }, inputs: [a, b], outputs: [ab] },
    { about: 'with the first transposed', attributes: { transposeA: true, transposeB: false }, inputs: [at, b], outputs: [ab] },
    { about: 'with the second transposed', attributes: { transposeA: false, transposeB: true }, inputs: [a, bt], outputs: [ab] },
    { about: 'with both transposed', attributes: { transposeA: true, transposeB: true }, inputs: [at, bt], outputs: [ab] },
    { about: 'of batches that broadcast', attributes: { transposeA: false, transposeB: false }, inputs: [range([2, 1, 1, 2]), float([[[1], [1]], [[1], [-1]]])], outputs: [float([[[[1]], [[-1]]], [[[5]], [[-1]]]])] },
    { about: 'of a batch and one matrix', attributes: { transposeA: false, transposeB: false }, inputs: [range([2, 1, 2]), float([[1], [10]])], outputs: [float([[[10]], [[32]]])] },
  ],
};
