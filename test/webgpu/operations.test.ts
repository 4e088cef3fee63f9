import { type Value, ops } from 'evenkeel';
import { expect, test } from 'vitest';
import { input } from '../../src/compiler/graph/leaves.ts';
import { Program } from '../../src/compiler/program/index.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';
import { type Tensor, tensor } from '../../src/core/tensor.ts';
import { expectClose } from '../support/close.ts';
import { lcg } from '../support/lcg.ts';
import { describeWebGpu } from '../support/webgpu.ts';

const floats = tensor(lcg([3, 5], 3, -4, 4), [3, 5]);
const small = tensor(lcg([2, 4], 5, -0.9, 0.9), [2, 4]);
const integers = tensor(Int32Array.of(7, -7, 2 ** 31 - 1, -(2 ** 31), 16_777_217, 16_777_216), [2, 3]);
const divisors = tensor(Int32Array.of(3, 2, -5), [3]);
const booleans = tensor([[true, false, true]]);

/** Operations whose operators the provider lacks, for floats or for other dtypes. */
/* prettier-ignore */
const cases: Readonly<Record<string, readonly [inputs: readonly Tensor[], call: (...values: Value[]) => unknown]>> = {
  'sort and argsort': [[floats, integers], (x, i) => [ops.sort(x), ops.argsort(x, { axis: 0 }), ops.sort(i), ops.argsort(i)]],
  'median, quantile and percentile': [[floats], (x) => [ops.median(x, { axis: 1 }), ops.quantile(x, [0.1, 0.7])]],
  'inTopK': [[tensor(Int32Array.of(0, 4, 2)), floats], (y, x) => ops.inTopK(y, x, 2)],
  'mod, floorDivide and divmod': [[floats, integers, divisors], (x, i, d) => [ops.mod(x, 0.7), ops.mod(i, d), ops.floorDivide(i, d), ops.floorDivide(x, 0.7)]],
  'bits and shifts': [[integers, divisors], (i, d) => [ops.bitwiseAnd(i, d), ops.bitwiseOr(i, d), ops.bitwiseXor(i, d), ops.bitwiseNot(i), ops.leftShift(i, 3), ops.rightShift(i, 3)]],
  'the elementary functions': [[small], (x) => [ops.arcsin(x), ops.arccos(x), ops.arctan(x), ops.arctanh(x), ops.sinh(x), ops.cosh(x), ops.arcsinh(x), ops.arccosh(ops.add(ops.abs(x), 1)), ops.tan(x), ops.expm1(x), ops.log1p(x), ops.arctan2(x, ops.flip(x)), ops.erfinv(x)]],
  'scatters, of rows that are repeated': [[tensor(Int32Array.of(1, 0, 1)), tensor(lcg([3, 2], 9), [3, 2])], (i, u) => [ops.segmentSum(u, i, { numSegments: 3 }), ops.segmentMax(u, i, { numSegments: 2 }), ops.scatterUpdate(ops.zeros([2, 2]), ops.reshape(i, [3, 1]), u)]],
  'flips, rolls and stacks of integers and booleans': [[integers, booleans], (i, b) => [ops.flip(i), ops.flip(b), ops.roll(b, 1), ops.stack([b, b]), ops.tile(b, [2, 2]), ops.cumsum(i, { axis: 1 })]],
  'the Fourier transform': [[floats], (x) => ops.rfft(x)],
  'solving, by loops': [[small], (x) => ops.svd(x, { computeUv: false })],
};

await describeWebGpu('operations on the GPU that its provider has no operators for', () => {
  test.each(Object.entries(cases))('%s', async (_, [tensors, call]) => {
    const inputs = tensors.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
    const outputs = [call(...inputs)].flat(2) as readonly Value[];
    const graph = { inputs, outputs, updates: [] };
    const [found, expected] = [await new Program(graph).run(tensors), evaluate(graph, tensors).outputs];
    for (const [i, { data, shape }] of expected.entries()) {
      expect(found[i]!.shape).toEqual(shape);
      // SwiftShader computes sines to 1e-4.
      expectClose(found[i]!.data, data, { rtol: 1e-4 });
    }
  });
});
