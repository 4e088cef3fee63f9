import { initializers, layers, metrics, optimizers, tensor } from 'evenkeel';
import { describe, expect, test } from 'vitest';

const numpy = (value: unknown, dtype: string): never =>
  ({ class_name: '__numpy__', config: { value, dtype } }) as never;
const keras = (value: unknown, dtype: string): never =>
  ({ class_name: '__tensor__', config: { value, dtype } }) as never;

describe('a config with an array', () => {
  test('makes an AUC with label weights, as Keras writes them', () => {
    const config = { multi_label: true, num_labels: 2, label_weights: keras([1, 2], 'float32') };
    expect(metrics.AUC.fromConfig(config)).toMatchObject({ labelWeights: [1, 2] });
  });

  test('makes layers and schedules', () => {
    const { PiecewiseConstantDecay } = optimizers.schedules;
    const schedule = PiecewiseConstantDecay.fromConfig({
      boundaries: numpy([1, 2], 'int64'),
      values: numpy([1, 0.5, 0.1], 'float64'),
    });
    expect([schedule.at(1), schedule.at(2), schedule.at(3)]).toEqual([1, 0.5, 0.1]);
    const config = { name: 'r', scale: numpy([1, 2], 'float64'), offset: [1, 2] };
    expect(layers.Rescaling.fromConfig(config)).toMatchObject({ scale: [1, 2], offset: [1, 2] });
  });

  test('makes a Constant, which keeps the dtype', () => {
    const config = { value: numpy([1, 2], 'float32') };
    const constant = initializers.Constant.fromConfig(config);
    expect(constant.getConfig()).toEqual(config);
    expect(constant.call([2, 2]).toArray()).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});

describe('an array as an option', () => {
  test('is accepted where a list of numbers is', () => {
    const options = { multiLabel: true, numLabels: 2 };
    for (const labelWeights of [Float32Array.of(1, 2), tensor([1, 2]), Uint16Array.of(1, 2)]) {
      expect(new metrics.AUC({ ...options, labelWeights } as never).labelWeights).toEqual([1, 2]);
    }
    expect(new layers.Rescaling(Float64Array.of(1, 2)).scale).toEqual([1, 2]);
    expect(() => new metrics.AUC({ labelWeights: tensor([[1]]) } as never)).toThrow(
      '[AUC] labelWeights must be a list of numbers. Received: labelWeights=a Tensor.',
    );
  });

  test('of Constant broadcasts to the shape, and is written as Keras does', () => {
    const { Constant } = initializers;
    const column = new Constant({ value: [[1], [2]] });
    // Keras: [[1, 1, 1], [2, 2, 2]]
    expect(column.call([2, 3]).toArray()).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(column.getConfig()).toEqual({ value: [[1], [2]] });
    expect(new Constant({ value: Float64Array.of(0.1, 2) }).getConfig()).toEqual({
      value: { class_name: '__numpy__', config: { value: [0.1, 2], dtype: 'float64' } },
    });
    expect(() => new Constant({ value: [1, 2] }).call([2, 3])).toThrow(
      '[Constant] value must broadcast to the shape [2, 3]. Received: value of shape [2].',
    );
    expect(() => new Constant({ value: 'one' as never })).toThrow(
      '[Constant] value must be a finite number or an array of numbers. Received: value="one".',
    );
    const kernelInitializer = new Constant({ value: [1, 2] });
    const dense = new layers.Dense(2, { kernelInitializer });
    dense.build([null, 1]);
    expect(dense.getWeights()[0]?.toArray()).toEqual([[1, 2]]);
    expect(layers.Dense.fromConfig(dense.getConfig()).getConfig()).toEqual(dense.getConfig());
  });
});
