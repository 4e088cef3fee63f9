import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tensor, tensor } from '../../../../../src/core/tensor.ts';
import {
  RMSNormalization,
  type RMSNormalizationOptions,
  UnitNormalization,
} from '../../../../../src/keras/layers/index.ts';
import * as ops from '../../../../../src/keras/ops/index.ts';
import { callLayer, pattern } from '../../../../support/call-layer.ts';
import { expectClose } from '../../../../support/close.ts';
import { checkGradient, evaluateFunction } from '../../../../support/gradient-check.ts';
import { awayFromZero, randomTensors } from '../../../../support/random-tensors.ts';

const single = { rtol: 1e-5, atol: 2e-6 };
const x = pattern([2, 4]);
const dy = pattern([2, 4], 5, 13, 6);
const rms = (options: RMSNormalizationOptions = {}): RMSNormalization =>
  new RMSNormalization({ name: 'rms', ...options });

describe('RMSNormalization', () => {
  test("gives Keras's numbers and gradients", () => {
    const { output, gradients } = callLayer(rms(), x, { dy });
    const y = [-1.320916, 0.5944123, -0.3962749, 1.320916, 0.5116445, -1.023289, 1.637262, 0.1023289];
    expectClose(output.data, y, single);
    const dx = [-1.549088, -0.2143428, 1.199628, -1.092745, 0.9804286, 1.722983, 0.6814781, 1.424032];
    expectClose(gradients[0]!.data, dx, single);
    expectClose(gradients[1]!.data, [8.565054, -7.097188, -5.057762, -4.951096], single);
  });

  test('divides by the root mean square', () => {
    const row = Float32Array.from({ length: 10 }, (_, i) => i);
    const { output } = callLayer(rms(), tensor(row, [1, 10]));
    expectClose(
      output.data,
      row.map((entry) => entry * 0.18731716),
      { rtol: 1e-6 },
    );
  });

  test('scales along axes in the middle and in any order, where Keras only scales along the last ones', () => {
    const image = pattern([2, 3, 4]);
    const layer = rms({ axis: 1, epsilon: 0 });
    layer.build([null, 3, 4]);
    layer.setWeights([[1, 2, 3]]);
    const expected = Float32Array.from(image.data, (entry, i) => {
      const [row, column] = [Math.floor(i / 12), i % 4];
      const squares = [0, 4, 8].reduce((sum, k) => sum + image.data[row * 12 + k + column]! ** 2, 0);
      return (entry / Math.sqrt(squares / 3)) * (1 + (Math.floor(i / 4) % 3));
    });
    expectClose(callLayer(layer, image).output.data, expected, { rtol: 1e-5 });
    const [a, b] = [rms({ axis: [2, 1] }), rms({ axis: [1, 2] })].map((each) => callLayer(each, image).output);
    expect(a).toEqual(b);
  });

  test('drops a mask', () => {
    expect(callLayer(rms(), x, { mask: [1, 0] }).mask).toBe(null);
  });

  test('does not change when a row is stretched, whatever its numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (row, a) => {
          fc.pre(row.some((entry) => Math.abs(entry) > 1e-3));
          const call = (entries: number[]): ArrayLike<number> =>
            evaluateFunction(
              ([value]) => ops.rmsNormalization(value!, { epsilon: 0 }),
              [new Tensor(Float64Array.from(entries), [1, entries.length])],
            ).data;
          expectClose(call(row.map((entry) => a * entry)), call(row), { rtol: 1e-9 });
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  test('has the gradient of its differences', () => {
    const random = randomTensors(3);
    checkGradient(
      'rmsNormalization',
      ([value, scale]) => ops.rmsNormalization(value!, { scale: scale!, axis: [0, 2], epsilon: 0.01 }),
      [random([2, 3, 4]), random([2, 4])],
    );
  });

  test.each<[object, string]>([
    [{ axis: {} }, '[RMSNormalization rms] axis must be an integer or a list of integers. Received: axis={}.'],
    [{ epsilon: NaN }, '[RMSNormalization rms] epsilon must be a finite number. Received: epsilon=NaN.'],
  ])('refuses the options %j', (options, message) => {
    expect(() => rms(options)).toThrow(new TypeError(message));
  });

  test('refuses axes that are not there and sizes that are not known', () => {
    expect(() => {
      rms({ axis: 2 }).build([2, 3]);
    }).toThrow('[RMSNormalization rms] axis must be in [-2, 1] for an input of rank 2. Received: axis=2.');
    expect(() => {
      rms().build([2, null]);
    }).toThrow(
      '[RMSNormalization rms] the size of axis 1 must be known to create the weights. Received: inputShape=[2, null].',
    );
    expect(() => rms({ axis: [-1, 1] }).computeOutputShape([2, 3])).toThrow(
      '[RMSNormalization rms] axis must not repeat an axis. Received: axis=[-1, 1].',
    );
  });
});

describe('UnitNormalization', () => {
  test("gives Keras's gradients", () => {
    const { output, gradients } = callLayer(new UnitNormalization(), x, { dy });
    const dx = [-0.7745439, -0.1071714, 0.5998142, -0.5463725, 0.4902144, 0.8614915, 0.3407392, 0.7120163];
    expectClose(gradients[0]!.data, dx, single);
    expectClose(
      output.data.slice(0, 4),
      [-5, 2.25, -1.5, 5].map((entry) => entry / Math.hypot(5, 2.25, 1.5, 5)),
      single,
    );
  });

  test('has norm 1 over its axes', () => {
    for (const axis of [-1, 1, [1, 2], [2, 1]]) {
      const { data } = callLayer(new UnitNormalization({ axis }), pattern([1, 3, 4])).output;
      const total = Array.from(data, (entry) => entry ** 2).reduce((sum, square) => sum + square, 0);
      expectClose([total], [axis === -1 ? 3 : axis === 1 ? 4 : 1], { rtol: 1e-6 });
    }
  });

  test('leaves zeros, whose gradient is that of x / 1e-12', () => {
    const { output, gradients } = callLayer(new UnitNormalization({ dtype: 'float64' }), [[0, 0]], { dy: [[1, -2]] });
    expect(output.toArray()).toEqual([[0, 0]]);
    expectClose(gradients[0]!.data, [1e12, -2e12], { rtol: 1e-7 });
  });

  test('passes a mask on', () => {
    expect([...callLayer(new UnitNormalization(), x, { mask: [1, 0] }).mask!.data]).toEqual([1, 0]);
  });

  test('is built from the start and has no weights', () => {
    expect(new UnitNormalization().built).toBe(true);
    expect(new UnitNormalization().weights).toEqual([]);
  });

  test('refuses axes that are none', () => {
    expect(() => new UnitNormalization({ name: 'u', axis: {} as never })).toThrow(
      new TypeError('[UnitNormalization u] axis must be an integer or a list of integers. Received: axis={}.'),
    );
    expect(() => callLayer(new UnitNormalization({ name: 'u', axis: 2 }), x)).toThrow(
      '[UnitNormalization u] axis must be in [-2, 1] for an input of rank 2. Received: axis=2.',
    );
  });
});

describe('ops.normalize', () => {
  const normalize = (value: Tensor, options: ops.NormalizeOptions): Tensor =>
    evaluateFunction(([each]) => ops.normalize(each!, options), [value]);

  test('divides by no norm that is less than epsilon', () => {
    const y = normalize(tensor([[1e-6, 1e-8]], undefined, 'float64'), { epsilon: 1e-5 });
    expectClose(y.data, [0.1, 0.001], { rtol: 1e-12 });
  });

  test('has the gradient 1 / epsilon at zero, for every order', () => {
    for (const order of [1, 2, 3]) {
      const found = evaluateFunction(([value]) => ops.normalize(value!, { order, epsilon: 0.5 }), [tensor([0, 0])]);
      expect([...found.data]).toEqual([0, 0]);
    }
    checkGradient(
      'normalize at zero',
      ([value]) => ops.normalize(value!, { epsilon: 0.5 }),
      [tensor(new Float64Array(3))],
      { rtol: 1e-4 },
    );
  });

  test('has the gradient of its differences, for every order', () => {
    const random = awayFromZero(4);
    for (const order of [1, 2, 3, 5]) {
      checkGradient(`order ${order}`, ([value]) => ops.normalize(value!, { order, axis: 1 }), [random([2, 3, 2])]);
    }
  });

  test.each<[object, string]>([
    [{ order: 0 }, '[ops.normalize] order must be an integer ≥ 1. Received: order=0.'],
    [{ order: 1.5 }, '[ops.normalize] order must be an integer ≥ 1. Received: order=1.5.'],
    [{ axis: 5 }, '[ops.normalize] axis must be in [-2, 1] for an input of rank 2. Received: axis=5.'],
    [
      { axis: null, order: 3 },
      '[ops.normalize] order 3 must have one axis. Received: 2 axes, [0, 1]. Use order 2, or reshape the input first.',
    ],
    [{ ordr: 3 }, '[ops.normalize] unknown option "ordr". Did you mean "order"?'],
  ])('refuses %j', (options, message) => {
    expect(() => ops.normalize([[1, 2]], options)).toThrow(message);
  });

  test('takes coefficients of the right shape alone, in layerNormalization and rmsNormalization', () => {
    expect(() => ops.layerNormalization([[1, 2, 3]], { gamma: [1, 2] })).toThrow(
      '[ops.layerNormalization] gamma must have the sizes of x on the axes, [3]. Received: shape [2].',
    );
    expect(() => ops.rmsNormalization([[1, 2, 3]], { scale: [[1, 2]] })).toThrow(
      '[ops.rmsNormalization] scale must have the sizes of x on the axes, [3]. Received: shape [1, 2].',
    );
    expect(ops.layerNormalization(5).shape).toEqual([1]);
    expect(ops.layerNormalization([[1, 2, 3]], { gamma: 2, beta: 1 }).shape).toEqual([1, 3]);
  });
});
