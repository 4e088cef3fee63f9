/** Arguments of Keras's functions, with the numbers of Keras 3.15.1 on JAX. */
import { describe, expect, test } from 'vitest';
import { Input, type KerasTensor, ops } from 'evenkeel';
import type { DType } from '../../../../src/core/dtype.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { expectClose } from '../../../support/close.ts';
import { type GraphFunction, checkGradient, evaluateFunction } from '../../../support/gradient-check.ts';

const tensor = (values: readonly number[], shape: readonly number[], dtype: DType = 'float32'): Tensor => {
  const Type = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array }[
    dtype
  ];
  return new Tensor(Type.from(values), shape, dtype);
};
const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);

function expectResult(
  fn: GraphFunction,
  given: Tensor,
  shape: readonly number[],
  values: readonly number[],
  dtype: DType = 'float64',
): void {
  const result = evaluateFunction(fn, [given]);
  expect([result.dtype, result.shape]).toEqual([dtype, shape]);
  expectClose(result.data, values, { rtol: 1e-6 });
}

describe('arguments of functions', () => {
  test('pad mirrors about the last element, or with it, as often as needed', () => {
    expectResult(
      ([a]) =>
        ops.pad(
          a!,
          [
            [0, 0],
            [2, 1],
          ],
          { mode: 'reflect' },
        ),
      x,
      [2, 6],
      [3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5],
    );
    expectResult(
      ([a]) =>
        ops.pad(
          a!,
          [
            [1, 0],
            [2, 3],
          ],
          { mode: 'symmetric' },
        ),
      x,
      [3, 8],
      [...[2, 1, 1, 2, 3, 3, 2, 1, 2, 1, 1, 2, 3, 3, 2, 1], ...[5, 4, 4, 5, 6, 6, 5, 4]],
    );
    expectResult(
      ([a]) => ops.pad(a!, [3, 4], { mode: 'reflect' }),
      tensor([1, 2], [2]),
      [9],
      [2, 1, 2, 1, 2, 1, 2, 1, 2],
    );
    expectResult(
      ([a]) =>
        ops.pad(
          a!,
          [
            [1, 0],
            [0, 1],
          ],
          { constantValues: 7 },
        ),
      x,
      [3, 4],
      [7, 7, 7, 7, 1, 2, 3, 7, 4, 5, 6, 7],
    );
    expectResult(([a]) => ops.pad(a!, 1), tensor([5], [1]), [3], [0, 5, 0]);
    checkGradient(
      'pad',
      ([a]) =>
        ops.pad(
          a!,
          [
            [1, 1],
            [2, 1],
          ],
          { mode: 'reflect' },
        ),
      [x],
    );
    expect(() => ops.pad([1], 1, { mode: 'reflect', constantValues: 2 })).toThrow(
      '[ops.pad] constantValues can be given with mode "constant" only.',
    );
    expect(() => ops.pad([1], 1, { mode: 'edge' as never })).toThrow(
      '[ops.pad] mode must be one of "constant", "reflect", "symmetric".',
    );
    expect(() => ops.pad([[1]], [[1, -1]] as never)).toThrow(
      '[ops.pad] padWidth must have an entry for each of the 2 axes.',
    );
  });

  test('oneHot inserts its axis anywhere', () => {
    const labels = tensor([0, 2, 1, 5], [2, 2], 'int32');
    expectResult(
      ([a]) => ops.oneHot(a!, 3, { axis: 1 }),
      labels,
      [2, 3, 2],
      [1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0],
      'float32',
    );
    expectResult(
      ([a]) => ops.oneHot(a!, 2, { axis: 0 }),
      tensor([1, 0], [2], 'int32'),
      [2, 2],
      [0, 1, 1, 0],
      'float32',
    );
  });

  test('max and min compare with an initial number, which is the result of no elements', () => {
    expectResult(([a]) => ops.max(a!, { axis: 1, initial: 3 }), x, [2], [3, 6]);
    expectResult(([a]) => ops.min(a!, { axis: 1, initial: 3 }), tensor([], [2, 0]), [2], [3, 3]);
    expectResult(([a]) => ops.max(a!, { axis: [0, 1], keepdims: true, initial: -1 }), tensor([], [2, 0]), [1, 1], [-1]);
    checkGradient('max', ([a]) => ops.max(a!, { axis: 1, initial: 4.5 }), [x]);
  });

  test('linspace goes between arrays, along any axis, and returns its step', () => {
    const start = tensor([0, 10], [2]);
    expectResult(([a]) => ops.linspace(a!, [1, 20], { num: 3, axis: -1 }), start, [2, 3], [0, 0.5, 1, 10, 15, 20]);
    expectResult(
      ([a]) => ops.linspace(a!, 1, { num: 5, endpoint: false, retstep: true })[1],
      tensor([0], []),
      [],
      [0.2],
    );
    expectResult(([a]) => ops.linspace(a!, 1, { num: 1 }), start, [1, 2], [0, 10]);
    checkGradient('linspace', ([a]) => ops.linspace(a!, 2, { num: 4 }), [start]);
  });

  test('logSoftmax over several axes, and over all', () => {
    const all = [-5.456193447, -4.456193447, -3.456193447, -2.456193447, -1.456193328, -0.456193328];
    expectResult(([a]) => ops.logSoftmax(a!, { axis: [0, 1] }), x, [2, 3], all);
    expectResult(([a]) => ops.logSoftmax(a!, { axis: null }), x, [2, 3], all);
    checkGradient('logSoftmax', ([a]) => ops.logSoftmax(a!, { axis: [0, 1] }), [x]);
  });

  test('repeat with a number for each slice', () => {
    expectResult(([a]) => ops.repeat(a!, [2, 1], { axis: 0 }), x, [3, 3], [1, 2, 3, 1, 2, 3, 4, 5, 6]);
    expectResult(([a]) => ops.repeat(a!, [0, 2], { axis: 0 }), x, [2, 3], [4, 5, 6, 4, 5, 6]);
    expectResult(([a]) => ops.repeat(a!, 2), tensor([1, 2], [2, 1]), [4], [1, 1, 2, 2]);
    checkGradient('repeat', ([a]) => ops.repeat(a!, [2, 1], { axis: 0 }), [x]);
    expect(() => ops.repeat([1, 2], [1, 2, 3])).toThrow(
      '[ops.repeat] repeats must be one number, or one for each of the 2 slices.',
    );
  });

  test('round to tens, halves to the even neighbor', () => {
    expectResult(([a]) => ops.round(a!, { decimals: -1 }), tensor([15, 25, -149], [3]), [3], [20, 20, -150]);
    expectResult(
      ([a]) => ops.round(a!, { decimals: -1 }),
      tensor([15, 25, -149], [3], 'int32'),
      [3],
      [20, 20, -150],
      'int32',
    );
  });

  test('expandDims with several axes, and padding in capitals', () => {
    expect(evaluateFunction(([a]) => ops.expandDims(a!, [0, -1]), [x]).shape).toEqual([1, 2, 3, 1]);
    const kernel = tensor([1, 1], [2, 1, 1]);
    expectResult(
      ([a]) => ops.conv(a!, kernel, { padding: 'SAME' as never }),
      tensor([1, 1, 1, 1], [1, 4, 1]),
      [1, 4, 1],
      [2, 2, 2, 1],
    );
  });

  test('full, zeros and ones take a size for a shape, and full an array to broadcast', () => {
    expectResult(([a]) => ops.add(a!, ops.full(2, 1)), tensor([0, 0], [2]), [2], [1, 1]);
    expectResult(([a]) => ops.add(a!, ops.full([2, 2], [1, 2])), tensor([0], []), [2, 2], [1, 2, 1, 2]);
    expectResult(([a]) => ops.add(a!, ops.ones(2)), tensor([0, 0], [2]), [2], [1, 1]);
    expect(() => ops.zeros(-1)).toThrow(
      '[ops.zeros] shape must be an integer ≥ 0, or a list of them. Received: shape=-1.',
    );
  });

  test('a missing argument is named', () => {
    expect(() => (ops.where as unknown as (x: unknown) => unknown)([1])).toThrow(
      '[ops.where] x1 must be given. Received: 1 argument.',
    );
    expect(() => (ops.where as unknown as (x: unknown) => unknown)(Input({ shape: [2] }))).toThrow(
      '[ops.where] x1 must be given.',
    );
  });
});

describe('types of results', () => {
  test.for<
    [
      name: string,
      fn: GraphFunction,
      given: readonly number[],
      dtype: DType,
      expected: readonly number[],
      result: DType,
    ]
  >([
    ['uint8 and a small integer', ([a]) => ops.add(a!, 1), [1, 254], 'uint8', [2, 255], 'uint8'],
    ['uint8 and an integer that it cannot hold', ([a]) => ops.add(a!, 300), [1], 'uint8', [301], 'int32'],
    ['uint8 and a fraction', ([a]) => ops.multiply(a!, 0.5), [3], 'uint8', [1.5], 'float32'],
    ['bool and an integer', ([a]) => ops.add(a!, 1), [1, 0], 'bool', [2, 1], 'int32'],
    ['clip of bool', ([a]) => ops.clip(a!, 1, 2), [0, 1], 'bool', [1, 1], 'int32'],
    ['square of bool', ([a]) => ops.square(a!), [0, 1], 'bool', [0, 1], 'int32'],
    ['where of uint8', ([a]) => ops.where([1, 0], a!, 7), [1, 2], 'uint8', [1, 7], 'uint8'],
    ['trunc of int32', ([a]) => ops.trunc(a!), [1, -2], 'int32', [1, -2], 'int32'],
    ['trunc of bool', ([a]) => ops.trunc(a!), [1, 0], 'bool', [1, 0], 'bool'],
    ['nanToNum of int32', ([a]) => ops.nanToNum(a!), [1, -2], 'int32', [1, -2], 'int32'],
    ['argmin of uint8', ([a]) => ops.argmin(a!, { axis: 0 }), [2, 0, 1], 'uint8', [1], 'int32'],
    ['argmin of bool', ([a]) => ops.argmin(a!), [1, 0, 1], 'bool', [1], 'int32'],
    ['argmin with the smallest int32', ([a]) => ops.argmin(a!), [5, -(2 ** 31), 1 - 2 ** 31], 'int32', [1], 'int32'],
  ])('%s', ([, fn, given, dtype, expected, result]) => {
    const { data, dtype: actual } = evaluateFunction(fn, [tensor(given, [given.length], dtype)]);
    expect([actual, [...data]]).toEqual([result, expected]);
  });

  test('triangles keep the type', () => {
    for (const dtype of ['bool', 'uint8', 'int32'] as const) {
      const square = tensor([1, 1, 1, 1], [2, 2], dtype);
      expectResult(([a]) => ops.tril(a!), square, [2, 2], [1, 0, 1, 1], dtype);
      expectResult(([a]) => ops.triu(a!), square, [2, 2], [1, 1, 0, 1], dtype);
    }
  });

  test('products of small integers wrap around, and those of booleans are true', () => {
    expectResult(
      ([a]) => ops.matmul(a!, tensor([2, 1], [2, 1], 'uint8')),
      tensor([200, 100], [1, 2], 'uint8'),
      [1, 1],
      [244],
      'uint8',
    );
    expectResult(
      ([a]) => ops.matmul(a!, tensor([1, 1], [2, 1], 'bool')),
      tensor([1, 1], [1, 2], 'bool'),
      [1, 1],
      [1],
      'bool',
    );
  });
});

describe('symbolic tensors of unknown size', () => {
  const symbol = new (class {
    readonly value: KerasTensor = Input({ batchShape: [null, 5, 16] });
  })().value;
  const turned = (x: KerasTensor): KerasTensor => ops.transpose(x, { axes: [1, 0, 2] });

  test.for<
    [name: string, fn: (x: KerasTensor) => KerasTensor | readonly KerasTensor[], shape: readonly (number | null)[]]
  >([
    ['a range', (a) => ops.getItem(a, [{ stop: 5 }, { start: 3 }, { start: 3, stop: 12, step: 2 }]), [null, 2, 5]],
    ['a range from the end', (a) => ops.getItem(a, [{ start: -2 }]), [null, 5, 16]],
    ['an index', (a) => ops.getItem(a, 0), [5, 16]],
    ['flip', (a) => ops.flip(a), [null, 5, 16]],
    ['roll', (a) => ops.roll(a, 1, { axis: 0 }), [null, 5, 16]],
    ['a part of split', (a) => ops.split(a, 2)[0]!, [null, 5, 16]],
    ['a part of split between two indices', (a) => ops.split(a, [1, 3])[1]!, [2, 5, 16]],
    ['the part of split before the first index', (a) => ops.hsplit(ops.ravel(a), [2, 5])[0]!, [2]],
    ['the part of split after the last index', (a) => ops.dsplit(ops.moveaxis(a, 0, 2), [1])[1]!, [5, 16, null]],
    ['istft', (a) => ops.istft([turned(a), turned(a)], 30, 2, 30), [5, null]],
    ['istft of a length', (a) => ops.istft([turned(a), turned(a)], 30, 2, 30, { length: 7 }), [5, 7]],
    ['repeat with a list', (a) => ops.repeat(a, [1, 2], { axis: 0 }), [null, 5, 16]],
    ['tril', (a) => ops.tril(ops.transpose(a, { axes: [1, 0, 2] })), [5, null, 16]],
    ['linspace', (a) => ops.linspace(a, 1, { num: 3 }), [3, null, 5, 16]],
    ['logSoftmax over all axes', (a) => ops.logSoftmax(a, { axis: null }), [null, 5, 16]],
    [
      'layerNormalization',
      (a) => ops.layerNormalization(a, { gamma: Input({ batchShape: [null, 16] }) }),
      [null, 5, 16],
    ],
    ['rmsNormalization', (a) => ops.rmsNormalization(a, { scale: Input({ batchShape: [16] }) }), [null, 5, 16]],
  ])('%s', ([, fn, shape]) => {
    expect((fn(symbol) as KerasTensor).shape).toEqual(shape);
  });

  test('concatenate refuses an axis of null, on symbolic tensors too', () => {
    expect(() => ops.concatenate([symbol, symbol], { axis: null as never })).toThrow('axis must be in [-3, 2]');
  });
});

describe('ctcLoss', () => {
  test('a label that is the blank counts as a label', async () => {
    const logits = Float32Array.from({ length: 24 }, (_, i) => (i - 12) / 100);
    const f = (target: Value, output: Value): Value => ops.ctcLoss(target, output, [4, 4], [4, 4]);
    const labels = tensor([1, 2, 1, 0, 1, 2, 0, 2], [2, 4], 'int32');
    const { data } = evaluateFunction(([a, b]) => f(a!, b!), [labels, new Tensor(logits, [2, 4, 3])]);
    expectClose(data, [4.394582271575928, 4.384582042694092], { rtol: 1e-5 });
  });
});
