import { type Tensor, tensor } from '../../../../src/core/tensor.ts';
import * as build from '../../../../src/compiler/builder/index.ts';
import type { PrimitiveName, PrimitiveOf } from '../../../../src/compiler/ir/primitives.ts';
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

const linear = 'it is piecewise linear';

export function selectionGradientCases(of: MakeCase): {
  readonly [P in PrimitiveOf<'selection'>]: readonly GradientCase[] | string;
} {
  const random = randomTensors(31);
  const spread = distinct(32);
  const indices = tensor([[2, 0, 1], [1, 1, 2]], undefined, 'int32'); // prettier-ignore
  const rows = tensor([2, 0, 2], undefined, 'int32');
  const positive = (shape: readonly number[]): Tensor => random(shape, 0.4, 2);
  const factors = positive([3, 2]);
  factors.data[1] = 0;
  return {
    topK: [
      of('of the largest', 'topK', { axis: 1, k: 2, largest: true }, [spread([2, 4])], linear),
      of('of the smallest, along the first axis', 'topK', { axis: 0, k: 3, largest: false }, [spread([3, 2])], linear),
    ],
    gatherElements: [of('with repeated indices', 'gatherElements', { axis: 1 }, [random([2, 4]), indices], linear)],
    scatterElements: [
      of('with repeated indices', 'scatterElements', { axis: 1, size: 4 }, [random([2, 3]), indices], linear),
    ],
    scatterRows: [
      of('replacing', 'scatterRows', { combine: 'replace' }, [random([3, 2]), tensor([2, 0], undefined, 'int32'), random([2, 2])], linear), // prettier-ignore
      of('adding', 'scatterRows', { combine: 'add' }, [random([4, 2]), rows, random([3, 2])], linear),
      of('multiplying', 'scatterRows', { combine: 'multiply' }, [positive([3, 2]), rows, positive([3, 2])]),
      of('multiplying by zero', 'scatterRows', { combine: 'multiply' }, [positive([3, 2]), rows, factors], linear),
      of('with maxima', 'scatterRows', { combine: 'maximum' }, [spread([3]), rows, apart(spread([3]))], linear),
      of('with minima', 'scatterRows', { combine: 'minimum' }, [spread([3]), rows, apart(spread([3]))], linear),
    ],
    customGradient: [
      {
        about: 'of a cube',
        fn: ([x]) => {
          const value = build.multiply(build.square(x!), x!);
          return build.withGradient('cube', value, [x!], (dy) => [
            build.multiply(dy, build.multiply(build.square(x!), 3)),
          ]);
        },
        inputs: [random([3])],
      },
    ],
  };
}

function apart(x: Tensor): Tensor {
  for (const [i, value] of x.data.entries()) x.data[i] = value + 0.03;
  return x;
}
