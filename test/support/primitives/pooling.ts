import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { type PrimitiveCases, float, range } from './case.ts';

const halves = { window: [2], strides: [2], padding: [[0, 0]] } as const;
const same = { window: [3], strides: [1], padding: [[1, 1]] } as const;
const blocks = { window: [2, 2], strides: [2, 1], padding: [[0, 0], [0, 0]] } as const; // prettier-ignore

/* prettier-ignore */
export const poolingCases: PrimitiveCases<PrimitiveOf<'pooling'>> = {
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
