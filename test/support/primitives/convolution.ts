import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { type PrimitiveCases, float, range } from './case.ts';

const plain = { strides: [1], padding: [[0, 0]], dilations: [1], groups: 1 } as const;
const strided = { strides: [2], padding: [[1, 0]], dilations: [1], groups: 1 } as const;
const square = { strides: [1, 1], padding: [[0, 0], [0, 0]], dilations: [1, 1], groups: 1 } as const; // prettier-ignore
const grouped = { ...plain, groups: 2 } as const;
const dilated = { ...plain, dilations: [2] } as const;

/* prettier-ignore */
export const convolutionCases: PrimitiveCases<PrimitiveOf<'convolution'>> = {
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
};
