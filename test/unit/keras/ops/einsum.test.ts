import { expect, test } from 'vitest';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { Input, Model } from '../../../../src/index.ts';
import { einsum } from '../../../../src/keras/ops/index.ts';
import { findPath } from '../../../../src/keras/ops/numpy/einsum-path.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { checkGradient, evaluateFunction } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';

/** The fields are described in test/golden/make/einsum.py. */
interface EinsumCase {
  readonly subscripts: string;
  readonly shapes: readonly (readonly number[])[];
  readonly seed: number;
  readonly output: GoldenArray;
}

const cases = loadGolden<EinsumCase>('einsum').cases.map(
  (golden) => [`${golden.subscripts} of ${JSON.stringify(golden.shapes)}`, golden] as const,
);

test.each(cases)('einsum %s is that of Keras, and has its gradient', (_, { subscripts, shapes, seed, output }) => {
  const operands = shapes.map((shape, i) => tensor(Float64Array.from(lcg(shape, seed + i)), shape));
  const result = evaluateFunction((values) => einsum(subscripts, ...values), operands);
  expect(result.shape).toEqual(output.shape);
  expectClose(result.data, output.data, { rtol: 1e-12 });
  checkGradient(subscripts, (values) => einsum(subscripts, ...values), operands);
});

test('einsum accepts operands and lists of axes in turn', () => {
  const [a, b] = [input('a', [2, 3, 4], 'float64'), input('b', [4, 5], 'float64')];
  expect(einsum(a, ['...', 1], b, [1, 0], ['...', 0]).shape).toEqual([2, 3, 5]);
  expect(einsum(a, [2, 0, 1]).shape).toEqual([3, 4, 2]);
});

test('einsum keeps booleans and small integers in their type', () => {
  const a = tensor([[true, false]], undefined, 'bool');
  const result = evaluateFunction(([x]) => einsum('ij,kj->ik', x!, x!), [a]);
  expect([result.dtype, [...result.data]]).toEqual(['bool', [1]]);
});

test('einsum on symbolic tensors is an operation of Keras in configs', () => {
  const x = Input({ shape: [3, 4] });
  const model = new Model({ inputs: x, outputs: einsum('bij,bkj->bik', x, x) });
  expect(model.outputShape).toEqual([null, 3, 3]);
  const { layers } = model.getConfig() as unknown as {
    layers: readonly { class_name: string; config: object; inbound_nodes: readonly { args: readonly unknown[] }[] }[];
  };
  const last = layers.at(-1)!;
  expect([last.class_name, last.inbound_nodes[0]!.args.length]).toEqual(['Einsum', 2]);
  expect(last.config).toMatchObject({ subscripts: 'bij,bkj->bik' });
  expect(Model.fromConfig(model.getConfig()).outputShape).toEqual([null, 3, 3]);
});

test('the path of an einsum needs the fewest multiplications', () => {
  const sizes: Readonly<Record<string, number>> = { i: 2, j: 100, k: 3, l: 50 };
  const size = (label: string): number => sizes[label]!;
  expect(
    findPath(
      [
        ['i', 'j'],
        ['j', 'k'],
        ['k', 'l'],
      ],
      ['i', 'l'],
      size,
    ),
  ).toEqual([[0, 1], 2]);
  const many = Array.from({ length: 12 }, (_, i) => [String(i), String(i + 1)]);
  expect(JSON.stringify(findPath(many, ['0', '12'], () => 2)).match(/\d+/g)?.length).toBe(12);
});

test.each([
  [
    'i->ij',
    '[ops.einsum] a letter of the result must be in it once, and in an operand. Received: "j" in subscripts="i->ij".',
  ],
  [
    'i->ii',
    '[ops.einsum] a letter of the result must be in it once, and in an operand. Received: "i" in subscripts="i->ii".',
  ],
  [
    'ij',
    '[ops.einsum] a term must have a letter for each axis of its operand. Received: "ij" in subscripts="ij", and an operand of shape [3].',
  ],
  ['i,i', '[ops.einsum] subscripts must have one term for each operand. Received: subscripts="i,i" and 1 operand.'],
  [
    'i1->i',
    '[ops.einsum] subscripts must be letters and "...", with commas between the operands and at most one "->". Received: subscripts="i1->i".',
  ],
])('einsum refuses %s for a vector', (subscripts, message) => {
  expect(() => einsum(subscripts, input('x', [3], 'float32'))).toThrow(message);
});

test('einsum refuses sizes of a letter that differ', () => {
  const [a, b] = [input('a', [2, 3], 'float32'), input('b', [4, 5], 'float32')];
  expect(() => einsum('ij,jk->ik', a, b)).toThrow(
    '[ops.einsum] the axes of a letter must have one size, or 1. Received: 3 and 4 for "j", of an operand of shape [4, 5].',
  );
});
