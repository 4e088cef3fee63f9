import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../../src/core/errors.ts';
import { Tensor, tensor } from '../../../../../src/core/tensor.ts';
import { Input, LayerNormalization, type LayerNormalizationOptions } from '../../../../../src/keras/layers/index.ts';
import * as ops from '../../../../../src/keras/ops/index.ts';
import { callLayer, pattern } from '../../../../support/call-layer.ts';
import { expectClose } from '../../../../support/close.ts';
import { checkGradient, evaluateFunction } from '../../../../support/gradient-check.ts';
import { randomTensors } from '../../../../support/random-tensors.ts';

const make = (options: LayerNormalizationOptions = {}): LayerNormalization =>
  new LayerNormalization({ name: 'ln', ...options });
const single = { rtol: 1e-5, atol: 2e-6 };

describe("LayerNormalization against Keras's numbers", () => {
  const x = pattern([2, 3, 4]);
  const first = (options: LayerNormalizationOptions, count = 4): number[] => [
    ...callLayer(make(options), x).output.data.slice(0, count),
  ];

  test('normalizes over the last axis', () => {
    const expected = [-1.372087, 0.5455286, -0.44634157, 1.2729001, 0.21502143, -1.3976394, 1.3976394, -0.21502146];
    expectClose(first({}, 8), expected, single);
  });

  test('normalizes over several axes, in any order', () => {
    for (const axis of [
      [1, 2],
      [2, 1],
      [-1, 1],
    ]) {
      expectClose(first({ axis }), [-1.5101177, 0.75505877, -0.41658416, 1.6142637], single);
    }
  });

  test('normalizes over an axis in the middle', () => {
    expectClose(first({ axis: 1 }), [-0.96962917, 0.5474626, -0.8554103, 1.224704], single);
  });

  test('divides by the deviation alone with rmsScaling', () => {
    expectClose(first({ rmsScaling: true }), [-1.3224936, 0.5951221, -0.39674807, 1.3224936], single);
    const y = callLayer(make({ rmsScaling: true }), [[0, 1, 2, 3, 4]]).output;
    expectClose(y.data, [0, 0.70693, 1.41386, 2.12079, 2.82772], { rtol: 1e-5 });
  });

  test('has the gradients of Keras', () => {
    const { gradients } = callLayer(make(), x, { dy: pattern([2, 3, 4], 5, 13, 6) });
    const [dx, dgamma, dbeta] = gradients;
    expectClose(dx!.data.slice(0, 4), [-1.108094, 0.1888159, 1.624869, -0.7055907], { rtol: 1e-4 });
    expectClose(dgamma!.data, [18.28501, 2.109007, -3.729533, 1.697303], single);
    expectClose(dbeta!.data, [-7.5, -3.5, 13.5, 4.5], single);
  });

  test('scales and shifts', () => {
    const y = callLayer(make({ betaInitializer: 'ones' }), [[0, 1, 2, 3, 4]]).output;
    expectClose(y.data, [-0.41386, 0.29307, 1, 1.70693, 2.41386], { rtol: 1e-5 });
  });
});

describe('what LayerNormalization refuses', () => {
  test.each([
    [{ axs: 1 }, TypeError, '[LayerNormalization] unknown option "axs". Did you mean "axis"?'],
    [
      { name: 'ln', axis: {} },
      TypeError,
      '[LayerNormalization ln] axis must be an integer or a list of integers. Received: axis={}.',
    ],
    [
      { name: 'ln', axis: [0.5] },
      TypeError,
      '[LayerNormalization ln] axis must be an integer or a list of integers. Received: axis=[0.5].',
    ],
    [
      { name: 'ln', epsilon: '1' },
      TypeError,
      '[LayerNormalization ln] epsilon must be a finite number. Received: epsilon="1".',
    ],
    [{ name: 'ln', center: 1 }, TypeError, '[LayerNormalization ln] center must be true or false. Received: center=1.'],
    [
      { name: 'ln', rmsScaling: 'yes' },
      TypeError,
      '[LayerNormalization ln] rmsScaling must be true or false. Received: rmsScaling="yes".',
    ],
    [
      { name: 'ln', gammaInitializer: 'onez' },
      TypeError,
      '[LayerNormalization ln] unknown initializer "onez". Did you mean "ones"?',
    ],
  ])('the options %j', (options, ErrorType, message) => {
    const wrong = (): LayerNormalization => new LayerNormalization(options as LayerNormalizationOptions);
    expect(wrong).toThrow(ErrorType);
    expect(wrong).toThrow(expect.objectContaining({ message }));
  });

  test.each([
    [2, '[LayerNormalization ln] axis must be in [-2, 1] for an input of rank 2. Received: axis=2.'],
    [-3, '[LayerNormalization ln] axis must be in [-2, 1] for an input of rank 2. Received: axis=-3.'],
    [[0, 99], '[LayerNormalization ln] axis must be in [-2, 1] for an input of rank 2. Received: axis=99.'],
    [[-1, 1], '[LayerNormalization ln] axis must not repeat an axis. Received: axis=[-1, 1].'],
    [[1, 1], '[LayerNormalization ln] axis must not repeat an axis. Received: axis=[1, 1].'],
  ])('the axes %j of an input of rank 2, leaving it unbuilt', (axis, message) => {
    const layer = make({ axis });
    const shape = [2, 4];
    expect(() => {
      layer.build(shape);
    }).toThrow(expect.objectContaining({ name: 'ValueError', message }));
    expect(() => layer.computeOutputShape(shape)).toThrow(message);
    expect(layer.built).toBe(false);
    expect(layer.weights).toEqual([]);
  });

  test('an axis of unknown size', () => {
    expect(() => {
      make({ axis: [0, 1] }).build([null, 4]);
    }).toThrow(
      new ValueError(
        '[LayerNormalization ln] the size of axis 0 must be known to create the weights. Received: inputShape=[null, 4].',
      ),
    );
  });

  test('another size on a later call', () => {
    const layer = make();
    layer.build([null, 4]);
    expect(() => callLayer(layer, [[1, 2]])).toThrow(
      '[LayerNormalization ln] expected axis -1 of the input to have size 4. Received: input of shape [1, 2].',
    );
  });
});

describe('LayerNormalization', () => {
  test('keeps the axis in its config as it was given, built or not', () => {
    const layer = make({ axis: -1 });
    layer.build([null, 4]);
    expect(layer.getConfig()['axis']).toBe(-1);
    expect(make({ axis: [2, 1] }).getConfig()['axis']).toEqual([2, 1]);
  });

  test('takes inputs of another rank where the axes are there too', () => {
    const layer = make();
    layer.build([null, 4]);
    expect(layer.apply(Input({ shape: [7, 4] })).shape).toEqual([null, 7, 4]);
  });

  test('gives nothing for nothing', () => {
    expect(callLayer(make(), tensor(new Float32Array(0), [1, 0, 10])).output.shape).toEqual([1, 0, 10]);
  });

  test('gives beta for a sample of one number', () => {
    expect(callLayer(make({ betaInitializer: 'ones' }), [[5], [-7]]).output.toArray()).toEqual([[1], [1]]);
  });

  test('normalizes integers in float32', () => {
    const { output } = callLayer(make(), tensor([[1, 3]], undefined, 'int32'));
    expect(output.dtype).toBe('float32');
    expectClose(output.data, [-1 / Math.sqrt(1.001), 1 / Math.sqrt(1.001)], { rtol: 1e-6 });
  });

  test('passes a mask on and normalizes what it hides, too', () => {
    const x = [
      [
        [1, 3],
        [2, 8],
      ],
    ];
    const masked = callLayer(make(), x, { mask: [[1, 0]] });
    expect([...masked.mask!.data]).toEqual([1, 0]);
    expect(masked.output).toEqual(callLayer(make(), x).output);
  });

  test('is the same in training and inference', () => {
    const x = pattern([3, 4]);
    expect(callLayer(make(), x, { training: true }).output).toEqual(callLayer(make(), x).output);
  });

  test('regularizes its weights', () => {
    const layer = make({ gammaRegularizer: 'l2', betaRegularizer: 'l1', gammaConstraint: 'non_neg' });
    layer.build([null, 4]);
    expect([...layer.weightRegularizers.keys()]).toEqual([layer.gamma, layer.beta]);
    expect([...layer.weightConstraints.keys()]).toEqual([layer.gamma]);
  });

  test('has the gradient of its differences, over axes of any kind', () => {
    const random = randomTensors(5);
    for (const axis of [-1, 1, [1, 2], [0, 2]]) {
      const sizes = (typeof axis === 'number' ? [axis] : axis).map((i) => [2, 3, 4].at(i)!);
      checkGradient(
        `layerNormalization over ${String(axis)}`,
        ([x, gamma, beta]) => ops.layerNormalization(x!, { gamma: gamma!, beta: beta!, axis, epsilon: 0.01 }),
        [random([2, 3, 4]), random(sizes), random(sizes)],
      );
    }
  });
});

describe('layerNormalization, whatever the numbers', () => {
  const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 12 });
  const varied = (row: readonly number[]): boolean => Math.max(...row) - Math.min(...row) > 1e-2;
  const normalized = (row: readonly number[]): Float64Array =>
    evaluateFunction(
      ([x]) => ops.layerNormalization(x!, { epsilon: 0 }),
      [new Tensor(Float64Array.from(row), [1, row.length])],
    ).data as Float64Array;

  test('does not change when the input is stretched and moved', () => {
    fc.assert(
      fc.property(
        numbers.filter(varied),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        (row, a, b) => {
          expectClose(normalized(row.map((x) => a * x + b)), normalized(row), { rtol: 1e-5 });
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  test('has mean 0 and mean square 1', () => {
    fc.assert(
      fc.property(numbers.filter(varied), (row) => {
        const y = [...normalized(row)];
        expectClose([y.reduce((sum, entry) => sum + entry, 0) / y.length], [0], { rtol: 0, atol: 1e-10 });
        expectClose([y.reduce((sum, entry) => sum + entry * entry, 0) / y.length], [1], { rtol: 1e-10 });
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test('turns its sign with the input, and its order with the order of the input', () => {
    fc.assert(
      fc.property(numbers.filter(varied), (row) => {
        const y = normalized(row);
        expectClose(
          normalized(row.map((x) => -x)),
          y.map((entry) => -entry),
          { rtol: 1e-9 },
        );
        expectClose(normalized(row.toReversed()), y.toReversed(), { rtol: 1e-9 });
      }),
      { seed: 3, numRuns: 50 },
    );
  });
});
