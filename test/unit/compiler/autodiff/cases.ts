import { type Tensor, tensor } from '../../../../src/core/tensor.ts';
import * as build from '../../../../src/compiler/builder/index.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import type { PrimitiveName } from '../../../../src/compiler/ir/primitives.ts';
import type { PrimitiveAttributes, Value } from '../../../../src/compiler/ir/value.ts';
import { awayFromZero, distinct, randomTensors } from '../../../support/random-tensors.ts';
import { condCases, whileLoopCases } from './branch-cases.ts';
import { scanCases } from './scan-cases.ts';
import { matmulAndWindowCases } from './matmul-and-window-cases.ts';
import { selectionGradientCases } from './selection-cases.ts';

export interface GradientCase {
  readonly about: string;
  readonly fn: (inputs: readonly Value[]) => Value;
  readonly inputs: readonly Tensor[];
  /** The reason why the gradient is not differentiated again. */
  readonly once?: string;
}

const random = randomTensors(11);
const nonZero = awayFromZero(12);
const spread = distinct(13);
const positive = (shape: readonly number[]): Tensor => random(shape, 0.3, 2);
const indices = tensor([[2, 0], [1, 2]], undefined, 'int32'); // prettier-ignore

function of<P extends PrimitiveName>(
  about: string,
  primitive: P,
  attributes: PrimitiveAttributes[P],
  inputs: readonly Tensor[],
  once?: string,
): GradientCase {
  const made = { about, fn: (values: readonly Value[]) => createNode(primitive, values, attributes)[0], inputs };
  return once === undefined ? made : { ...made, once };
}

const elementwise = (primitive: PrimitiveName, make: (shape: readonly number[]) => Tensor): GradientCase[] => [
  of('of a matrix', primitive as 'exp', {}, [make([3, 4])]),
  of('of a scalar', primitive as 'exp', {}, [make([])]),
];

const pairs = (primitive: PrimitiveName, make: (shape: readonly number[]) => Tensor): GradientCase[] => [
  of('of equal shapes', primitive as 'add', {}, [make([2, 3]), make([2, 3])]),
  of('of a matrix and a row', primitive as 'add', {}, [make([2, 3]), make([3])]),
  of('of a column and a stack', primitive as 'add', {}, [make([3, 1]), make([2, 1, 2])]),
];

const linear = 'it is piecewise linear: the second derivative is zero wherever it exists';
const flat = 'its derivative is zero wherever it exists';
const boolean = 'its result is a boolean';
const leaf = 'a leaf has no operand';

/** The cases of each gradient, or the reason why there is none. */
export const gradientCases: { readonly [P in PrimitiveName]: readonly GradientCase[] | string } = {
  ...matmulAndWindowCases(of),
  scan: scanCases,
  cond: condCases,
  whileLoop: whileLoopCases,
  ...selectionGradientCases(of),
  allReduce: elementwise('allReduce', (shape) => random(shape)),
  input: leaf,
  constant: leaf,
  variable: leaf,
  randomUniform: leaf,
  sign: flat,
  floor: flat,
  step: flat,
  logicalNot: boolean,
  isNaN: boolean,
  equal: boolean,
  less: boolean,
  lessEqual: boolean,
  logicalAnd: boolean,
  logicalOr: boolean,
  stopGradient: 'it exists to stop gradients',
  argMax: 'its result is an integer',
  bitwiseAnd: 'its operands are integers',
  bitwiseOr: 'its operands are integers',
  bitwiseXor: 'its operands are integers',
  oneHot: 'its operand is an integer',

  negate: [of('of a matrix', 'negate', {}, [random([2, 3])], linear)],
  abs: [of('of a matrix', 'abs', {}, [nonZero([2, 3])], linear)],
  relu: [of('of a matrix', 'relu', {}, [nonZero([2, 3])], linear)],
  exp: elementwise('exp', random),
  log: elementwise('log', positive),
  sqrt: elementwise('sqrt', positive),
  reciprocal: elementwise('reciprocal', nonZero),
  sin: elementwise('sin', random),
  cos: elementwise('cos', random),
  arctan: elementwise('arctan', random),
  tanh: elementwise('tanh', random),
  erf: elementwise('erf', random),
  sigmoid: elementwise('sigmoid', random),
  softplus: elementwise('softplus', random),
  cast: [
    {
      about: 'to float32 and back',
      fn: ([x]) => createNode('cast', createNode('cast', [x!], { dtype: 'float32' }), { dtype: 'float64' })[0],
      inputs: [random([4])],
      once: linear,
    },
  ],

  add: pairs('add', random).map((made) => ({ ...made, once: linear })),
  subtract: pairs('subtract', random).map((made) => ({ ...made, once: linear })),
  multiply: pairs('multiply', random),
  divide: pairs('divide', nonZero),
  power: pairs('power', positive),
  remainder: [
    of(
      'of matrices',
      'remainder',
      {},
      [tensor([[7.3, -5.2]], undefined, 'float64'), tensor([[3, 2]], undefined, 'float64')],
      linear,
    ),
  ],
  maximum: pairs('maximum', spread).map((made) => ({ ...made, inputs: apart(made.inputs), once: linear })),
  minimum: pairs('minimum', spread).map((made) => ({ ...made, inputs: apart(made.inputs), once: linear })),
  select: [
    {
      about: 'with a condition that broadcasts',
      fn: ([a, b]) => createNode('select', [createNode('less', [sliceRow(a!), sliceRow(b!)], {})[0], a!, b!], {})[0],
      inputs: apart([spread([2, 3]), spread([2, 3])]),
      once: linear,
    },
  ],

  reshape: [of('to other axes', 'reshape', { shape: [3, 2] }, [random([2, 3])], linear)],
  transpose: [of('of three axes', 'transpose', { permutation: [2, 0, 1] }, [random([2, 3, 4])], linear)],
  broadcastTo: [of('in front and inside', 'broadcastTo', { shape: [2, 3, 4] }, [random([3, 1])], linear)],
  concatenate: [
    of('of three operands', 'concatenate', { axis: 1 }, [random([2, 1]), random([2, 3]), random([2, 2])], linear),
  ],
  slice: [
    of('with strides', 'slice', { starts: [1, 0], ends: [4, 7], strides: [1, 3] }, [random([5, 8])], linear),
    of(
      'to the end',
      'slice',
      { starts: [0, 2], ends: [Infinity, Infinity], strides: [1, 2] },
      [random([2, 5])],
      linear,
    ),
    of('of nothing', 'slice', { starts: [2, 1], ends: [2, 3], strides: [1, 1] }, [random([3, 3])], linear),
  ],
  pad: [
    of('around and between', 'pad', { before: [1, 0], after: [0, 2], between: [0, 2] }, [random([2, 3])], linear),
    of('of nothing', 'pad', { before: [1, 0], after: [0, 1], between: [1, 0] }, [random([0, 2])], linear),
  ],
  gather: [of('with repeated indices', 'gather', { axis: 1 }, [random([2, 3, 2]), indices], linear)],
  scatterAdd: [
    of('with repeated indices', 'scatterAdd', { axis: 1, size: 4 }, [random([2, 2, 2, 3]), indices], linear),
  ],

  reduceSum: [
    of('keeping axes', 'reduceSum', { axes: [0, 2], keepDims: true }, [random([2, 3, 4])], linear),
    of('dropping axes', 'reduceSum', { axes: [1], keepDims: false }, [random([2, 3, 4])], linear),
  ],
  reduceMean: [
    of('keeping axes', 'reduceMean', { axes: [0, 2], keepDims: true }, [random([2, 3, 4])], linear),
    of('dropping axes', 'reduceMean', { axes: [0, 1], keepDims: false }, [random([2, 3])], linear),
  ],
  reduceMax: [
    of('keeping axes', 'reduceMax', { axes: [0, 2], keepDims: true }, [spread([2, 3, 4])], linear),
    of('dropping axes', 'reduceMax', { axes: [1], keepDims: false }, [spread([2, 3])], linear),
  ],
  reduceMin: [
    of('keeping axes', 'reduceMin', { axes: [0, 2], keepDims: true }, [spread([2, 3, 4])], linear),
    of('dropping axes', 'reduceMin', { axes: [1], keepDims: false }, [spread([2, 3])], linear),
  ],
  cumulativeSum: [
    of('along the last axis', 'cumulativeSum', { axis: 1, reverse: false }, [random([2, 3])], linear),
    of('in reverse', 'cumulativeSum', { axis: 0, reverse: true }, [random([3, 2])], linear),
  ],
  softmax: [
    of('over the last axis', 'softmax', { axis: 1 }, [random([3, 4])]),
    of('over an inner axis', 'softmax', { axis: 1 }, [random([2, 3, 2])]),
  ],
  logSoftmax: [
    of('over the last axis', 'logSoftmax', { axis: 1 }, [random([3, 4])]),
    of('over the first axis', 'logSoftmax', { axis: 0 }, [random([3, 2])]),
  ],

  moments: [
    of('the mean alone', 'moments', { axes: [0, 2], centered: false }, [random([3, 2, 2])], linear),
    {
      about: 'the variance alone',
      fn: ([x]) => createNode('moments', [x!], { axes: [0], centered: true })[1]!,
      inputs: [random([4, 3])],
    },
    {
      about: 'both together',
      fn: ([x]) => {
        const [mean, variance] = createNode('moments', [x!], { axes: [0, 2], centered: false });
        return createNode('multiply', [createNode('exp', [mean], {})[0], variance!], {})[0];
      },
      inputs: [random([3, 2, 2])],
    },
  ],
  standardize: [true, false].flatMap((centered) => [
    {
      about: `values, ${centered ? 'centered' : 'about zero'}`,
      fn: ([x]) => standardize(x!, [0, 2], centered)[0],
      inputs: [random([3, 2, 2])],
    },
    {
      about: `the inverse, ${centered ? 'centered' : 'about zero'}`,
      fn: ([x]) => standardize(x!, [1], centered)[1],
      inputs: [random([3, 4])],
    },
    {
      about: `both together, ${centered ? 'centered' : 'about zero'}`,
      fn: ([x]) => createNode('multiply', [...standardize(x!, [1], centered)], {})[0],
      inputs: [random([3, 4])],
    },
  ]),
  normalize: [
    of('of channels', 'normalize', {}, [random([3, 2, 4]), ...channels([1, 2, 1]), random([1, 2, 1])]),
    of('of instances', 'normalize', {}, [random([2, 3, 4]), random([2, 3, 1]), positive([1, 3, 1]), random([1, 3, 1])]),
    of('of rows', 'normalize', {}, [random([3, 4]), random([3, 1]), positive([1, 4]), random([1, 1])]),
    of('of whole coefficients', 'normalize', {}, [random([2, 3]), random([2, 3]), random([2, 1]), random([2, 3])]),
  ],
};

function standardize(x: Value, axes: readonly number[], centered: boolean): readonly [Value, Value] {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const [shift, unit] = [centered ? 0.25 : 0, 2].map((value) => build.broadcastTo(constant(value, x.dtype), shape));
  const [values, inverse = values] = createNode('standardize', [x, shift!, unit!], { axes, epsilon: 0.5, centered });
  return [values, inverse];
}

function channels(shape: readonly number[]): readonly [Tensor, Tensor] {
  return [random(shape), positive(shape)];
}

/** Multiples of 0.1 for the first operand, shifted by 0.03 for the second: never close to each other. */
function apart([a, b]: readonly Tensor[]): readonly Tensor[] {
  for (const [i, value] of b!.data.entries()) b!.data[i] = value + 0.03;
  return [a!, b!];
}

function sliceRow(x: Value): Value {
  return createNode('slice', [x], { starts: [0, 0], ends: [1, 3], strides: [1, 1] })[0];
}
