import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tensor, tensor } from '../../../../../src/core/tensor.ts';
import {
  GroupNormalization,
  type GroupNormalizationOptions,
  Input,
  InstanceNormalization,
  LayerNormalization,
} from '../../../../../src/keras/layers/index.ts';
import { deserializeLayer, serializeLayer } from '../../../../../src/keras/layers/serialization.ts';
import { callLayer, pattern } from '../../../../support/call-layer.ts';
import { expectClose } from '../../../../support/close.ts';
import { checkGradient } from '../../../../support/gradient-check.ts';
import { randomTensors } from '../../../../support/random-tensors.ts';

const make = (options: GroupNormalizationOptions = {}): GroupNormalization =>
  new GroupNormalization({ name: 'gn', ...options });
const single = { rtol: 1e-5, atol: 2e-6 };

describe("GroupNormalization against Keras's numbers", () => {
  const x = pattern([2, 2, 4]);

  test.each([
    [2, [-1.3744365, 1.1167296, -1.2923281, 1.1513468]],
    [-1, [-0.99994874, 0.99991137, -0.9999339, 0.9999113]],
    [1, [-1.7354805, 0.56527084, -0.624773, 1.4379697]],
  ])('normalizes in %i groups', (groups, expected) => {
    expectClose(callLayer(make({ groups }), x).output.data.slice(0, 4), expected, single);
  });

  test('has the gradients of Keras', () => {
    const { gradients } = callLayer(make({ groups: 2 }), x, { dy: pattern([2, 2, 4], 5, 13, 6) });
    const [dx, dgamma, dbeta] = gradients;
    expectClose(dx!.data.slice(0, 4), [-1.554236, -0.8256827, -0.1772507, -0.1496813], { rtol: 1e-4 });
    expectClose(dgamma!.data, [16.57929, -0.5398464, -9.639837, -2.55482], { rtol: 1e-4 });
    expectClose(dbeta!.data, [-7.25, 0, 7.25, 0.75], single);
  });

  test.each([
    [1, [-0.898, -0.898, 0.539, 0.539, 1.257, 1.257, -0.18, -1.616]],
    [2, [-1, -1, 1, 1, 0.904, 0.904, -0.301, -1.507]],
  ])('normalizes rows in %i groups', (groups, expected) => {
    const { output } = callLayer(make({ groups }), [[-1, -1, 1, 1, 2, 2, 0, -2]]);
    expectClose(output.data, expected, { rtol: 0, atol: 1e-3 });
  });

  test('finds the channels in front', () => {
    const image = new Tensor(
      Float32Array.from({ length: 16 }, (_, i) => i),
      [1, 4, 2, 2],
    );
    const { output } = callLayer(make({ groups: 2, axis: 1 }), image);
    const half = [-1.5274, -1.091, -0.6546, -0.2182, 0.2182, 0.6546, 1.091, 1.5274];
    expectClose(output.data, [...half, ...half], { rtol: 1e-3 });
  });

  test('gives each channel its own scale, whatever its group', () => {
    const layer = make({ groups: 2, epsilon: 0 });
    layer.build([null, 4]);
    layer.setWeights([
      [1, 2, 3, 4],
      [0, 10, 20, 30],
    ]);
    expectClose(callLayer(layer, [[1, 3, 10, 30]]).output.data, [-1, 12, 17, 34], { rtol: 1e-6 });
  });
});

describe('what GroupNormalization refuses', () => {
  test.each([0, -2, 1.5, '32', true])('%j groups', (groups) => {
    expect(() => make({ groups: groups as number })).toThrow(
      expect.objectContaining({
        name: 'ValueError',
        message: `[GroupNormalization gn] groups must be a positive integer, or -1 for a group of each channel. Received: groups=${JSON.stringify(groups)}.`,
      }),
    );
  });

  test('an axis that is a list', () => {
    expect(() => make({ axis: [1, 2] as unknown as number })).toThrow(
      new TypeError('[GroupNormalization gn] axis must be an integer. Received: axis=[1, 2].'),
    );
  });

  test.each<[GroupNormalizationOptions, (number | null)[], string]>([
    [
      { groups: 5 },
      [null, 2, 4],
      '[GroupNormalization gn] groups must not be more than the number of channels, 4. Received: groups=5. Choose one of 1, 2, 4, or -1 for a group of each channel.',
    ],
    [
      { groups: 3 },
      [null, 2, 4],
      '[GroupNormalization gn] groups must divide the number of channels, 4. Received: groups=3. Choose one of 1, 2, 4, or -1 for a group of each channel.',
    ],
    [
      {},
      [null, 8],
      '[GroupNormalization gn] groups must not be more than the number of channels, 8. Received: groups=32. Choose one of 1, 2, 4, 8, or -1 for a group of each channel.',
    ],
    [
      { groups: 2 },
      [2, 3, null],
      '[GroupNormalization gn] the size of axis 2 must be known to create the weights. Received: inputShape=[2, 3, null].',
    ],
    [
      { groups: 2, axis: 3 },
      [null, 2, 4],
      '[GroupNormalization gn] axis must be in [-3, 2] for an input of rank 3. Received: axis=3.',
    ],
    [
      { groups: 2, axis: 0 },
      [4, 2],
      '[GroupNormalization gn] axis must be that of the channels, not 0, the axis of the batch. Received: axis=0 for an input of rank 2.',
    ],
    [
      { groups: 2, axis: -2 },
      [4, 2],
      '[GroupNormalization gn] axis must be that of the channels, not 0, the axis of the batch. Received: axis=-2 for an input of rank 2.',
    ],
    [{ groups: 2 }, [4], '[GroupNormalization gn] expected an input of rank 2 or more. Received: input of shape [4].'],
  ])('%j for inputs of shape %j, leaving it unbuilt', (options, shape, message) => {
    const layer = make(options);
    expect(() => {
      layer.build(shape);
    }).toThrow(expect.objectContaining({ name: 'ValueError', message }));
    expect(layer.built).toBe(false);
  });

  test('other inputs on later calls', () => {
    const layer = make({ groups: 2 });
    layer.build([null, 3, 4]);
    expect(() => layer.apply(Input({ shape: [4] }))).toThrow(
      '[GroupNormalization gn] expected an input of rank 3. Received: input of shape [null, 4].',
    );
    expect(() => layer.apply(Input({ shape: [3, 6] }))).toThrow(
      '[GroupNormalization gn] expected axis -1 of the input to have size 4. Received: input of shape [null, 3, 6].',
    );
  });
});

describe('GroupNormalization', () => {
  test('keeps groups in its config as they were given, built or not', () => {
    const layer = make({ groups: -1 });
    layer.build([null, 3, 4]);
    expect(layer.getConfig()['groups']).toBe(-1);
  });

  test('passes a mask on and does not look at it', () => {
    const x = pattern([1, 2, 4]);
    const masked = callLayer(make({ groups: 2 }), x, { mask: [[1, 0]] });
    expect([...masked.mask!.data]).toEqual([1, 0]);
    expect(masked.output).toEqual(callLayer(make({ groups: 2 }), x).output);
  });

  test('works where the sizes of batch and image are not known', () => {
    expect(make({ groups: 2 }).apply(Input({ shape: [null, null, 4] })).shape).toEqual([null, null, null, 4]);
  });

  test('with one group is LayerNormalization over all axes but the batch', () => {
    const x = pattern([2, 3, 2, 4]);
    const group = callLayer(make({ groups: 1 }), x).output;
    expectClose(group.data, callLayer(new LayerNormalization({ axis: [1, 2, 3] }), x).output.data, { rtol: 1e-6 });
  });

  test('has the gradient of its differences', () => {
    const random = randomTensors(8);
    for (const axis of [1, 2, -1]) {
      const layer = make({ groups: 2, axis, epsilon: 0.01, dtype: 'float64' });
      layer.build([3, 4, 4, 2].with(axis, 4));
      const [gamma, beta] = [random([4]), random([4])];
      layer.setWeights([gamma, beta]);
      checkGradient(`groups on axis ${axis}`, ([x]) => layer.apply(x!), [random([3, 4, 4, 2].with(axis, 4))]);
    }
  });

  test('does not change when a sample is stretched and moved, whatever its numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 8, maxLength: 8 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        (row, a, b) => {
          fc.pre([0, 4].every((i) => Math.max(...row.slice(i, i + 4)) - Math.min(...row.slice(i, i + 4)) > 0.1));
          const layer = make({ groups: 2, epsilon: 0, dtype: 'float64' });
          const call = (entries: number[]): ArrayLike<number> =>
            callLayer(layer, tensor(Float64Array.from(entries), [1, 8])).output.data;
          expectClose(call(row.map((x) => a * x + b)), call(row), { rtol: 1e-6 });
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('InstanceNormalization', () => {
  test('is GroupNormalization with a group for each channel', () => {
    const x = pattern([2, 3, 4, 3]);
    for (const axis of [-1, 1]) {
      const instance = new InstanceNormalization({ axis });
      expect(callLayer(instance, x).output).toEqual(callLayer(make({ axis, groups: -1 }), x).output);
    }
    const { output } = callLayer(new InstanceNormalization(), [
      [
        [-1, 1, 0, 2],
        [1, 3, -4, -2],
      ],
    ]);
    expectClose(output.data, [-1, -1, 1, 1, 1, 1, -1, -1], { rtol: 0, atol: 1e-3 });
  });

  test('is written under its own name, without groups', () => {
    const serialized = serializeLayer(new InstanceNormalization({ epsilon: 1e-5 }));
    expect(serialized.class_name).toBe('InstanceNormalization');
    expect(serialized.config).not.toHaveProperty('groups');
    expect(deserializeLayer(serialized)).toBeInstanceOf(InstanceNormalization);
  });

  test('comes back from a config of tensorflow-addons, which names groups', () => {
    const layer = InstanceNormalization.fromConfig({ name: 'in', groups: -1, axis: 3, epsilon: 0.001 });
    expect(layer).toMatchObject({ axis: 3, groups: -1 });
  });

  test('refuses groups', () => {
    expect(() => new InstanceNormalization({ groups: 2 } as never)).toThrow(
      new TypeError('[InstanceNormalization] unknown option "groups".'),
    );
  });
});
