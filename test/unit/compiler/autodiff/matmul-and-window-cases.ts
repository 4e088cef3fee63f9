import type { Tensor } from '../../../../src/core/tensor.ts';
import type { ConvolutionAttributes, PrimitiveName, PrimitiveOf } from '../../../../src/compiler/ir/primitives.ts';
import type { PrimitiveAttributes } from '../../../../src/compiler/ir/value.ts';
import { distinct, randomTensors } from '../../../support/random-tensors.ts';
import type { GradientCase } from './cases.ts';

type MakeCase = <P extends PrimitiveName>(
  about: string,
  primitive: P,
  attributes: PrimitiveAttributes[P],
  inputs: readonly Tensor[],
  once?: string,
) => GradientCase;

interface Convolution {
  readonly about: string;
  readonly attributes: ConvolutionAttributes;
  /** Shapes of x, the kernel and y. */
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly y: readonly number[];
}

const convolutions: readonly Convolution[] = [
  {
    about: 'in one dimension, with a stride and uneven padding',
    attributes: { strides: [2], padding: [[1, 0]], dilations: [1], groups: 1 },
    x: [2, 2, 6],
    kernel: [3, 2, 3],
    y: [2, 3, 3],
  },
  {
    about: 'in two dimensions, with groups and dilation',
    attributes: { strides: [1, 2], padding: [[0, 1], [1, 1]], dilations: [2, 1], groups: 2 }, // prettier-ignore
    x: [1, 4, 4, 5],
    kernel: [2, 2, 2, 3],
    y: [1, 2, 3, 3],
  },
  {
    about: 'in three dimensions, with rows outside of all windows',
    attributes: { strides: [2, 1, 2], padding: [[0, 0], [1, 1], [0, 0]], dilations: [1, 1, 1], groups: 1 }, // prettier-ignore
    x: [1, 1, 3, 2, 4],
    kernel: [2, 1, 2, 2, 1],
    y: [1, 2, 1, 3, 2],
  },
];

const linear = 'it is linear, and its gradient constant';

export function matmulAndWindowCases(of: MakeCase): {
  readonly [P in PrimitiveOf<'matmul' | 'convolution' | 'pooling'>]: readonly GradientCase[] | string;
} {
  const random = randomTensors(21);
  const spread = distinct(22);
  const products = [false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) => {
      const about = `of A${transposeA ? 'ᵀ' : ''} and B${transposeB ? 'ᵀ' : ''}`;
      const [a, b] = [transposeA ? [4, 2] : [2, 4], transposeB ? [3, 4] : [4, 3]];
      const attributes = { transposeA, transposeB };
      return [
        of(about, 'matmul', attributes, [random(a), random(b)]),
        of(`${about}, one B for a batch`, 'matmul', attributes, [random([2, 3, ...a]), random(b)]),
        of(`${about}, one A for a batch`, 'matmul', attributes, [random(a), random([2, ...b])]),
        of(`${about}, batches that broadcast`, 'matmul', attributes, [random([2, 1, ...a]), random([1, 2, ...b])]),
      ];
    }),
  );
  const pooling = { window: [2, 3], strides: [1, 2], padding: [[1, 0], [1, 1]] } as const; // prettier-ignore
  return {
    matmul: products,
    conv: convolutions.map(({ about, attributes, x, kernel }) =>
      of(about, 'conv', attributes, [random(x), random(kernel)]),
    ),
    convInputGradient: convolutions.map(({ about, attributes, x, kernel, y }) =>
      of(about, 'convInputGradient', { ...attributes, inputShape: x.slice(2) }, [random(y), random(kernel)]),
    ),
    convKernelGradient: convolutions.map(({ about, attributes, x, kernel, y }) =>
      of(about, 'convKernelGradient', { ...attributes, kernelShape: kernel.slice(2) }, [random(x), random(y)]),
    ),
    maxPool: [
      of('with overlapping windows', 'maxPool', pooling, [spread([1, 2, 3, 5])], 'maxPoolGradient has no gradient'),
    ],
    maxPoolGradient: 'max pooling cannot be differentiated twice: the rule throws',
    averagePool: [of('with overlapping windows', 'averagePool', pooling, [random([1, 2, 3, 5])], linear)],
    averagePoolGradient: [
      of(
        'with overlapping windows',
        'averagePoolGradient',
        { ...pooling, inputShape: [3, 5] },
        [random([1, 2, 3, 3])],
        linear,
      ),
    ],
  };
}
