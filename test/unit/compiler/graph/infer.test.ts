import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compatible, isKnown } from '../../../../src/core/shape.ts';
import { constant, input } from '../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import type { LeafName, PrimitiveName } from '../../../../src/compiler/ir/primitives.ts';
import type { PrimitiveAttributes, Value } from '../../../../src/compiler/ir/value.ts';
import { slice } from '../../../../src/compiler/builder/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { evaluateFunction } from '../../../support/gradient-check.ts';
import { type PrimitiveCase, runPrimitive } from '../../../support/primitives/case.ts';
import { primitiveCases } from '../../../support/primitives/index.ts';
import { randomTensors } from '../../../support/random-tensors.ts';

type Computed = Exclude<PrimitiveName, LeafName>;

const x = (...shape: (number | null)[]): Value => input('x', shape, 'float32');
const ints = (...shape: (number | null)[]): Value => input('i', shape, 'int32');

describe('inferred shapes are those of the results, and unknown sizes only make sizes unknown', () => {
  for (const [name, cases] of Object.entries(primitiveCases)) {
    test(`for ${name}`, () => {
      for (const { attributes, inputs, outputs } of cases as readonly PrimitiveCase<PrimitiveAttributes[Computed]>[]) {
        const sizes = inputs.reduce((total, { rank }) => total + rank, 0);
        const property = fc.property(fc.array(fc.boolean(), { minLength: sizes, maxLength: sizes }), (hidden) => {
          let at = 0;
          const symbols = inputs.map(({ shape, dtype }, i) =>
            input(
              `x${i}`,
              shape.map((size) => (hidden[at++] === true ? null : size)),
              dtype,
            ),
          );
          const inferred = createNode(name as Computed, symbols, attributes);
          expect(inferred).toHaveLength(outputs.length);
          for (const [i, value] of inferred.entries()) {
            expect(value.dtype).toBe(outputs[i]!.dtype);
            expect(compatible(value.shape, outputs[i]!.shape), value.shape.join()).toBe(true);
            if (!hidden.includes(true)) expect(isKnown(value.shape)).toBe(true);
          }
        });
        fc.assert(property, { seed: 1, numRuns: 20, examples: [[new Array<boolean>(sizes).fill(false)]] });
        expect(runPrimitive(name as Computed, inputs, attributes).map((result) => result.shape)).toEqual(
          outputs.map((output) => output.shape),
        );
      }
    });
  }
});

describe('an unknown size stays unknown through', () => {
  const functions: Record<string, [(value: Value) => Value, number[], (number | null)[], (number | null)[]]> = {
    'a dense layer': [(value) => ops.matmul(value, constant([[1, 2], [3, 4]], value.dtype)), [5, 3, 2], [null, 3, 2], [null, 3, 2]], // prettier-ignore
    'a convolution': [(value) => ops.conv(value, ops.full([3, 2, 4], 1, { dtype: value.dtype }), { padding: 'same', strides: 2 }), [2, 7, 2], [null, 7, 2], [null, 4, 4]], // prettier-ignore
    'pooling of images of any size': [(value) => ops.maxPool(value, 2), [2, 6, 7, 3], [null, null, null, 3], [null, null, null, 3]], // prettier-ignore
    flattening: [(value) => ops.reshape(value, [value.shape[0]!, -1]), [4, 3, 2], [null, 3, 2], [null, 6]],
    'a mean over the batch': [(value) => ops.mean(value, { axis: 0 }), [4, 3], [null, 3], [3]],
    'a mean over the features': [(value) => ops.mean(value, { axis: -1, keepdims: true }), [4, 3], [null, 3], [null, 1]], // prettier-ignore
    'normalization': [(value) => { const [mean, variance] = ops.moments(value, 0); return ops.batchNormalization(value, mean, variance, -1); }, [4, 3], [null, 3], [null, 3]], // prettier-ignore
    'a transpose': [(value) => ops.transpose(value), [4, 3], [null, 3], [3, null]],
    'a stack of itself': [(value) => ops.concatenate([value, value], { axis: 0 }), [4, 3], [null, 3], [null, 3]],
    'a slice of the features': [(value) => slice(value, [0, 1], [Infinity, 2]), [4, 3], [null, 3], [null, 1]],
  };
  for (const [name, [fn, full, open, expected]] of Object.entries(functions)) {
    test(name, () => {
      expect(fn(x(...open)).shape).toEqual(expected);
      const tensor = randomTensors(1)(full);
      const actual = evaluateFunction(([value]) => fn(value!), [tensor]);
      expect(fn(x(...full)).shape).toEqual(actual.shape);
      expect(compatible(actual.shape, expected)).toBe(true);
    });
  }
});

test('operands of incompatible shapes throw a ValueError with their shapes', () => {
  const window = { strides: [1], padding: [[0, 0]] as const };
  const refused: Record<string, () => unknown> = {
    add: () => ops.add(x(2, 3), x(2)),
    'two ranks': () => ops.concatenate([x(2), x(2, 2)], { axis: 0 }),
    'two sizes': () => ops.concatenate([x(2, 3), x(2, 4)], { axis: 0 }),
    'inner sizes': () => ops.matmul(x(2, 3), x(4, 2)),
    'batch axes': () => ops.matmul(x(2, 3, 3), x(4, 3, 3)),
    'rank of a product': () => createNode('matmul', [x(3), x(3, 3)], { transposeA: false, transposeB: false }),
    channels: () => createNode('conv', [x(1, 3, 8), x(4, 2, 3)], { ...window, dilations: [1], groups: 1 }),
    window: () => ops.conv(x(1, 2, 3), x(5, 3, 4)),
    'pooling window': () => createNode('maxPool', [x(1, 2, 3)], { ...window, window: [4] }),
    reshape: () => ops.reshape(x(2, 3), [4]),
    permutation: () => createNode('transpose', [x(2, 3)], { permutation: [0, 0] }),
    broadcastTo: () => ops.broadcastTo(x(2, 3), [2, 4]),
    slice: () => slice(x(2), [3], [4]),
    normalize: () => ops.normalizeWith(x(2, 3), x(3), x(1, 3), x(1, 3)),
  };
  const messages = Object.entries(refused).map(([name, fn]) => `${name}: ${messageOf(fn)}`);
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "add: ValueError: [ops.add] the shapes of the operands must broadcast. Received: shapes [2, 3] and [2].
    two ranks: ValueError: [ops.concatenate] the operands must have the same rank. Received: shapes [2] and [2, 2].
    two sizes: ValueError: [ops.concatenate] the sizes of all axes but the joined one must be equal. Received: shapes [2, 3] and [2, 4].
    inner sizes: ValueError: [ops.matmul] the inner sizes must be equal and the batch axes must broadcast. Received: shapes [2, 3] and [4, 2].
    batch axes: ValueError: [ops.matmul] the inner sizes must be equal and the batch axes must broadcast. Received: shapes [2, 3, 3] and [4, 3, 3].
    rank of a product: ValueError: [ops.matmul] the operands must have rank ≥ 2. Received: shapes [3] and [3, 3].
    channels: ValueError: [ops.conv] the kernel must have as many input channels as x, divided by groups=1. Received: shapes [1, 3, 8] and [4, 2, 3].
    window: ValueError: [ops.conv] the window must fit into the input: it spans 5 elements of spatial axis 0. Received: spatial shape [2]. Use padding="same" or a smaller window.
    pooling window: ValueError: [ops.maxPool] the window must fit into the input: it spans 4 elements of spatial axis 0. Received: spatial shape [3]. Use padding="same" or a smaller window.
    reshape: ValueError: [ops.reshape] the number of elements must stay the same for shape [4]. Received: shapes [2, 3].
    permutation: ValueError: [ops.transpose] [0, 0] must be a permutation of the axes. Received: shapes [2, 3].
    broadcastTo: ValueError: [ops.broadcastTo] the operand must broadcast to [2, 4]. Received: shapes [2, 3].
    slice: ValueError: [ops.slice] starts [3] and ends [2] must be in range. Received: shapes [2].
    normalize: ValueError: [ops.normalize] mean, scale and offset must have the rank of x and broadcast against it. Received: shapes [2, 3] and [3] and [1, 3] and [1, 3]."
  `);
});

test('operands that no op passes throw an InternalError', () => {
  const refused: Record<string, () => unknown> = {
    'two types': () => createNode('add', [x(2), ints(2)], {}),
    arity: () => createNode('add', [x(2)], {}),
    'one operand too many': () => createNode('negate', [x(2), x(2)], {}),
    'numbers as booleans': () => createNode('logicalNot', [x(2)], {}),
    'a number as a condition': () => createNode('select', [x(2), x(2), x(2)], {}),
    'fractions as indices': () => createNode('gather', [x(2), x(2)], { axis: 0 }),
    'axes out of order': () => createNode('reduceSum', [x(2, 2)], { axes: [1, 0], keepDims: true }),
    'axes out of range': () => createNode('reduceSum', [x(2, 2)], { axes: [2], keepDims: true }),
    nothing: () => createNode('concatenate', [], { axis: 0 }),
    'three of four': () => createNode('normalize', [x(1), x(1), x(1)], {}),
  };
  const messages = Object.entries(refused).map(([name, fn]) => `${name}: ${messageOf(fn)}`);
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "two types: InternalError: internal: add expects operands of one dtype, received float32 and int32. Please report this.
    arity: InternalError: internal: add expects 2 operand(s), received 1. Please report this.
    one operand too many: InternalError: internal: negate expects 1 operand(s), received 2. Please report this.
    numbers as booleans: InternalError: internal: logicalNot expects booleans. Please report this.
    a number as a condition: InternalError: internal: select expects booleans. Please report this.
    fractions as indices: InternalError: internal: gather expects int32 indices, received float32. Please report this.
    axes out of order: InternalError: internal: reduceSum expects increasing axes below 2, received [1, 0]. Please report this.
    axes out of range: InternalError: internal: reduceSum expects increasing axes below 2, received [2]. Please report this.
    nothing: InternalError: internal: concatenate expects one or more operand(s), received 0. Please report this.
    three of four: InternalError: internal: normalize expects 4 operand(s), received 3. Please report this."
  `);
});

function messageOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'nothing was thrown';
}
