import { expect, test } from 'vitest';
import type { DType } from '../../../../../src/core/dtype.ts';
import { NotImplementedError } from '../../../../../src/core/errors.ts';
import type { Graph } from '../../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../../src/compiler/graph/node.ts';
import type { PrimitiveName } from '../../../../../src/compiler/ir/primitives.ts';
import type { PrimitiveAttributes } from '../../../../../src/compiler/ir/value.ts';
import { legalize } from '../../../../../src/compiler/lowering/legalize/legalize.ts';
import { webgpuOperators } from '../../../../../src/compiler/lowering/legalize/webgpu-operators.ts';
import { lower } from '../../../../../src/compiler/lowering/lower.ts';
import type { PrimitiveCase } from '../../../../support/primitives/case.ts';
import { primitiveCases } from '../../../../support/primitives/index.ts';

const DTYPES: readonly DType[] = ['float32', 'int32', 'uint8', 'bool'];

/** Primitives that ops apply to floats alone; they convert other dtypes first. */
const ONLY_FLOATS: readonly string[] = [
  ...['floor', 'exp', 'log', 'sqrt', 'reciprocal', 'sin', 'cos', 'arctan', 'tanh', 'erf', 'sigmoid', 'softplus'],
  ...['step', 'isNaN', 'divide', 'softmax', 'logSoftmax', 'moments', 'normalize', 'standardize', 'reduceMean'],
  ...['conv', 'convInputGradient', 'convKernelGradient'],
  ...['maxPool', 'maxPoolGradient', 'averagePool', 'averagePoolGradient'],
];

type Case = PrimitiveCase<PrimitiveAttributes[PrimitiveName]>;

/** How the webgpu engine computes a case: in operators of its provider, in others, or not at all. */
function formOf(primitive: PrimitiveName, { inputs: tensors, attributes }: Case, dtype: DType): string {
  const types = tensors.map((each) => (each.dtype === 'float64' ? dtype : each.dtype));
  const inputs = tensors.map(({ shape }, i) => input(`x${i}`, shape, types[i]!));
  const narrowed = 'dtype' in attributes && attributes.dtype === 'float64' ? { ...attributes, dtype } : attributes;
  const graph: Graph = { inputs, outputs: createNode(primitive, inputs, narrowed as typeof attributes), updates: [] };
  const target = {
    engine: 'webgpu',
    operators: webgpuOperators,
    blockedChannels: 0,
    hasConstantWeights: false,
  } as const;
  try {
    const { model, scopes } = lower(graph, target);
    const { nodes } = legalize(model.graph, webgpuOperators, scopes);
    return nodes.length === model.graph.nodes.length ? 'direct' : 'composed';
  } catch (error) {
    if (error instanceof NotImplementedError) return error.message;
    throw error;
  }
}

const CONTROL: readonly string[] = ['scan', 'cond', 'whileLoop', 'allReduce'];

const all = Object.entries(primitiveCases)
  .filter(([name]) => !CONTROL.includes(name))
  .map(([name, cases]) => [name as PrimitiveName, cases as unknown as readonly Case[]] as const);

function dtypesOf(primitive: PrimitiveName): readonly DType[] {
  if (primitive === 'remainder') return ['float32', 'int32'];
  return ONLY_FLOATS.includes(primitive) ? ['float32'] : DTYPES;
}

/** The forms of a primitive for each dtype that its cases have; those of float64 stand for all dtypes. */
function formsOf(primitive: PrimitiveName, cases: readonly Case[]): string {
  const forms = dtypesOf(primitive).flatMap((dtype) => {
    const fitting = cases.filter(({ inputs }) => inputs.some((each) => [dtype, 'float64'].includes(each.dtype)));
    const found = [...new Set(fitting.map((one) => formOf(primitive, one, dtype)))];
    return found.length === 0 ? [] : [`${dtype} ${found.toSorted().join(' or ')}`];
  });
  return `${primitive}: ${forms.join(', ')}`;
}

test('the webgpu engine refuses float64 by its name', () => {
  for (const [primitive, cases] of all) {
    for (const one of cases.filter(({ inputs }) => inputs.some(({ dtype }) => dtype === 'float64'))) {
      expect(formOf(primitive, one, 'float64')).toMatch(/the (webgpu )?engine has no .+ for float64/);
    }
  }
});

test('the webgpu engine computes every primitive without control flow for every dtype that it may have', () => {
  const lines = all.map(([name, cases]) => formsOf(name, cases));
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "negate: float32 direct, int32 direct, uint8 direct, bool direct
    abs: float32 direct, int32 composed, uint8 composed, bool composed
    sign: float32 composed, int32 composed, uint8 composed, bool composed
    floor: float32 direct
    exp: float32 direct
    log: float32 direct
    sqrt: float32 direct
    reciprocal: float32 direct
    sin: float32 direct
    cos: float32 direct
    arctan: float32 direct
    tanh: float32 direct
    erf: float32 direct
    sigmoid: float32 direct
    softplus: float32 direct
    relu: float32 direct, int32 direct, uint8 composed, bool composed
    step: float32 direct
    logicalNot: bool direct
    isNaN: float32 composed
    stopGradient: float32 direct, int32 direct, uint8 composed, bool composed
    cast: float32 direct, int32 direct, uint8 direct, bool composed or direct
    add: float32 direct, int32 direct, uint8 direct, bool direct
    subtract: float32 direct, int32 direct, uint8 direct, bool direct
    multiply: float32 direct, int32 direct, uint8 direct, bool direct
    divide: float32 direct
    power: float32 direct, int32 direct, uint8 direct, bool direct
    remainder: float32 composed, int32 composed
    maximum: float32 direct, int32 direct, uint8 direct, bool direct
    minimum: float32 direct, int32 direct, uint8 direct, bool direct
    equal: float32 direct, int32 direct, uint8 direct, bool composed
    less: float32 direct, int32 direct, uint8 direct, bool direct
    lessEqual: float32 direct, int32 direct, uint8 direct, bool direct
    logicalAnd: bool direct
    logicalOr: bool composed
    bitwiseAnd: int32 composed
    bitwiseOr: int32 composed
    bitwiseXor: int32 composed
    select: float32 direct, int32 direct, uint8 composed, bool composed or direct
    reshape: float32 direct, int32 direct, uint8 direct, bool direct
    transpose: float32 direct, int32 direct, uint8 composed, bool composed
    broadcastTo: float32 direct, int32 direct, uint8 composed, bool direct
    concatenate: float32 direct, int32 direct, uint8 composed, bool composed
    slice: float32 direct, int32 composed or direct, uint8 composed or direct, bool composed or direct
    pad: float32 direct, int32 direct, uint8 composed, bool composed
    gather: float32 direct, int32 direct, uint8 direct, bool direct
    scatterAdd: float32 direct, int32 direct, uint8 composed, bool composed
    oneHot: int32 direct
    reduceSum: float32 direct, int32 direct, uint8 direct, bool direct
    reduceMean: float32 direct
    reduceMax: float32 direct, int32 direct, uint8 composed, bool direct
    reduceMin: float32 direct, int32 direct, uint8 composed, bool direct
    argMax: float32 direct, int32 direct, uint8 composed, bool composed
    cumulativeSum: float32 direct, int32 direct, uint8 composed, bool composed
    softmax: float32 direct
    logSoftmax: float32 composed
    topK: float32 composed, int32 direct, uint8 direct, bool direct
    gatherElements: float32 direct, int32 composed, uint8 composed, bool composed
    scatterElements: float32 direct, int32 direct, uint8 composed, bool composed
    scatterRows: float32 direct, int32 composed or direct, uint8 composed, bool composed or direct
    customGradient: float32 direct, int32 direct, uint8 composed, bool composed
    moments: float32 direct
    standardize: float32 direct
    normalize: float32 direct
    matmul: float32 direct, int32 direct, uint8 composed, bool composed
    conv: float32 direct
    convInputGradient: float32 direct
    convKernelGradient: float32 direct
    maxPool: float32 direct
    maxPoolGradient: float32 direct
    averagePool: float32 direct
    averagePoolGradient: float32 direct"
  `);
});
