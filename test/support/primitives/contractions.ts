import type { contractionRules } from '../../../src/compiler/reference/rules/contractions.ts';
import type { poolingRules } from '../../../src/compiler/reference/rules/pooling.ts';
import { type PrimitiveCases, float, range } from './case.ts';

const a = range([2, 3]); // [[0, 1, 2], [3, 4, 5]]
const at = float([[0, 3], [1, 4], [2, 5]]); // prettier-ignore
const b = float([[1, 0], [2, 1], [0, 3]]); // prettier-ignore
const bt = float([[1, 2, 0], [0, 1, 3]]); // prettier-ignore
const ab = float([[2, 7], [11, 19]]); // prettier-ignore

const plain = { strides: [1], padding: [[0, 0]], dilations: [1], groups: 1 } as const;
const strided = { strides: [2], padding: [[1, 0]], dilations: [1], groups: 1 } as const;
const square = { strides: [1, 1], padding: [[0, 0], [0, 0]], dilations: [1, 1], groups: 1 } as const; // prettier-ignore
const grouped = { ...plain, groups: 2 } as const;
const dilated = { ...plain, dilations: [2] } as const;

const halves = { window: [2], strides: [2], padding: [[0, 0]] } as const;
const same = { window: [3], strides: [1], padding: [[1, 1]] } as const;
const blocks = { window: [2, 2], strides: [2, 1], padding: [[0, 0], [0, 0]] } as const; // prettier-ignore

/* prettier-ignore */
export const contractionCases: PrimitiveCases<keyof typeof contractionRules | keyof typeof poolingRules> = {
  matmul: [
    { about: 'of matrices', attributes: { transposeA: false, transposeB: false }, inputs: [a, b], outputs: [ab] },
    { about: 'with the first transposed', attributes: { transposeA: true, transposeB: false }, inputs: [at, b], outputs: [ab] },
    { about: 'with the second transposed', attributes: { transposeA: false, transposeB: true }, inputs: [a, bt], outputs: [ab] },
    { about: 'with both transposed', attributes: { transposeA: true, transposeB: true }, inputs: [at, bt], outputs: [ab] },
    { about: 'of batches that broadcast', attributes: { transposeA: false, transposeB: false }, inputs: [range([2, 1, 1, 2]), float([[[1], [1]], [[1], [-1]]])], outputs: [float([[[[1]], [[-1]]], [[[5]], [[-1]]]])] },
    { about: 'of a batch and one matrix', attributes: { transposeA: false, transposeB: false }, inputs: [range([2, 1, 2]), float([[1], [10]])], outputs: [float([[[10]], [[32]]])] },
  ],
  conv: [
    { about: 'that does not flip the kernel', attributes: plain, inputs: [float([[[1, 2, 4, 8]]]), float([[[1, 10]]])], outputs: [float([[[21, 42, 84]]])] },
    { about: 'with a stride and a zero in front', attributes: strided, inputs: [float([[[1, 2, 4, 8]]]), float([[[1, 10]]])], outputs: [float([[[10, 42]]])] },
    { about: 'with dilation', attributes: dilated, inputs: [float([[[1, 2, 4, 8]]]), float([[[1, 10]]])], outputs: [float([[[41, 82]]])] },
    { about: 'that sums over channels', attributes: plain, inputs: [float([[[1, 2], [3, 4]]]), float([[[1], [10]], [[100], [0]]])], outputs: [float([[[31, 42], [100, 200]]])] },
    { about: 'with groups', attributes: grouped, inputs: [float([[[1, 2], [3, 4]]]), float([[[10]], [[100]]])], outputs: [float([[[10, 20], [300, 400]]])] },
    { about: 'in two dimensions', attributes: square, inputs: [range([1, 1, 2, 3]), float([[[[1, 10], [100, 1000]]]])], outputs: [float([[[[4310, 5421]]]])] },
    { about: 'in three dimensions', attributes: { strides: [1, 1, 1], padding: [[0, 0], [0, 0], [0, 1]], dilations: [1, 1, 1], groups: 1 }, inputs: [range([1, 1, 2, 1, 2]), range([1, 1, 2, 1, 2], 1)], outputs: [float([[[[[0 + 2 + 6 + 12, 1 + 9]]]]])] },
  ],
  convInputGradient: [
    { about: 'of the plain window', attributes: { ...plain, inputShape: [4] }, inputs: [float([[[1, 2, 4]]]), float([[[1, 10]]])], outputs: [float([[[1, 12, 24, 40]]])] },
    { about: 'with a stride and a zero in front', attributes: { ...strided, inputShape: [4] }, inputs: [float([[[1, 2]]]), float([[[1, 10]]])], outputs: [float([[[10, 2, 20, 0]]])] },
    { about: 'with groups', attributes: { ...grouped, inputShape: [2] }, inputs: [float([[[1, 2], [3, 4]]]), float([[[10]], [[100]]])], outputs: [float([[[10, 20], [300, 400]]])] },
  ],
  convKernelGradient: [
    { about: 'of the plain window', attributes: { ...plain, kernelShape: [2] }, inputs: [float([[[1, 2, 4, 8]]]), float([[[1, 10, 100]]])], outputs: [float([[[421, 842]]])] },
    { about: 'with a stride and a zero in front', attributes: { ...strided, kernelShape: [2] }, inputs: [float([[[1, 2, 4, 8]]]), float([[[1, 10]]])], outputs: [float([[[20, 41]]])] },
    { about: 'summed over the batch', attributes: { ...plain, kernelShape: [1] }, inputs: [float([[[1, 2]], [[3, 4]]]), float([[[1, 1]], [[10, 10]]])], outputs: [float([[[73]]])] },
  ],
  maxPool: [
    { about: 'of halves', attributes: halves, inputs: [float([[[1, 5, -2, -3, 9]]])], outputs: [float([[[5, -2]]])] },
    { about: 'with padding, which never wins', attributes: same, inputs: [float([[[-4, -5, -6]]])], outputs: [float([[[-4, -4, -5]]])] },
    { about: 'of blocks', attributes: blocks, inputs: [range([1, 2, 2, 3])], outputs: [float([[[[4, 5]], [[10, 11]]]])] },
  ],
  maxPoolGradient: [
    { about: 'to the first of equals', attributes: halves, inputs: [float([[[3, 3, 1, 2]]]), float([[[3, 2]]]), float([[[10, 20]]])], outputs: [float([[[10, 0, 0, 20]]])] },
    { about: 'of overlapping windows', attributes: same, inputs: [float([[[1, 5, 2]]]), float([[[5, 5, 5]]]), float([[[1, 10, 100]]])], outputs: [float([[[0, 111, 0]]])] },
  ],
  averagePool: [
    { about: 'of halves', attributes: halves, inputs: [float([[[1, 5, -2, -4, 9]]])], outputs: [float([[[3, -3]]])] },
    { about: 'with padding, which does not count', attributes: same, inputs: [float([[[3, 5, 10]]])], outputs: [float([[[4, 6, 7.5]]])] },
    { about: 'of blocks', attributes: blocks, inputs: [range([1, 2, 2, 3])], outputs: [float([[[[2, 3]], [[8, 9]]]])] },
  ],
  averagePoolGradient: [
    { about: 'of halves, with an element left over', attributes: { ...halves, inputShape: [5] }, inputs: [float([[[2, 4]]])], outputs: [float([[[1, 1, 2, 2, 0]]])] },
    { about: 'with padding, which does not count', attributes: { ...same, inputShape: [3] }, inputs: [float([[[2, 3, 4]]])], outputs: [float([[[2, 4, 3]]])] },
  ],
};
