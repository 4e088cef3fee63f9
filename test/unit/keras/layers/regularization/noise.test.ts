import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../../src/core/tensor.ts';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../../src/compiler/graph/trace.ts';
import {
  ActivityRegularization,
  AlphaDropout,
  GaussianDropout,
  GaussianNoise,
  type Layer,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
} from '../../../../../src/keras/layers/index.ts';
import { evaluate } from '../../../../../src/compiler/reference/index.ts';
import { callLayer } from '../../../../support/call-layer.ts';

const ones = (shape: readonly number[]): Tensor =>
  new Tensor(new Float32Array(shape.reduce((size, n) => size * n, 1)).fill(1), shape);

function statistics(numbers: ArrayLike<number>): { mean: number; variance: number } {
  const list = Array.from(numbers);
  const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
  return { mean, variance: list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / list.length };
}

describe('noise in training', () => {
  const x = ones([100, 200]);

  test('noise in training: of GaussianNoise has mean 0 and the deviation that was asked for', () => {
    const { mean, variance } = statistics(
      callLayer(new GaussianNoise(0.5, { seed: 3 }), x, { training: true }).output.data,
    );
    expect(Math.abs(mean - 1)).toBeLessThan(0.02);
    expect(Math.abs(variance - 0.25)).toBeLessThan(0.01);
  });

  test('noise in training: of GaussianDropout has mean 1 and the variance of dropout', () => {
    const layer = new GaussianDropout(0.2, { seed: 3 });
    const { mean, variance } = statistics(callLayer(layer, x, { training: true }).output.data);
    expect(Math.abs(mean - 1)).toBeLessThan(0.02);
    expect(Math.abs(variance - 0.25)).toBeLessThan(0.01);
  });

  test('noise in training: of AlphaDropout gives two values, which keep mean 0 and variance 1', () => {
    const layer = new AlphaDropout(0.25, { seed: 3 });
    const data = Float32Array.from({ length: 20000 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const { output } = callLayer(layer, new Tensor(data, [100, 200]), { training: true });
    expect(new Set(output.data).size).toBe(3);
    const { mean, variance } = statistics(output.data);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });

  test('noise in training repeats itself with a seed, and leaves inference alone', () => {
    const draw = (): unknown => callLayer(new GaussianNoise(0.5, { seed: 9 }), ones([4, 4]), { training: true }).output;
    expect(draw()).toEqual(draw());
    for (const layer of [new GaussianNoise(0.5), new GaussianDropout(0.5), new AlphaDropout(0.5)]) {
      expect(callLayer(layer, ones([2, 2])).output.data).toEqual(ones([2, 2]).data);
    }
  });

  test.each<[string, Layer, readonly number[], readonly number[]]>([
    ['SpatialDropout1D', new SpatialDropout1D(0.5, { seed: 1 }), [8, 5, 6], [1]],
    ['SpatialDropout2D', new SpatialDropout2D(0.5, { seed: 1 }), [8, 3, 4, 6], [1, 2]],
    ['SpatialDropout3D', new SpatialDropout3D(0.5, { seed: 1 }), [8, 2, 3, 2, 6], [1, 2, 3]],
  ])('noise in training: of %s drops whole channels, some of them', (_, layer, shape, spatial) => {
    const { data } = callLayer(layer, ones(shape), { training: true }).output;
    const [batch, channels] = [shape[0]!, shape.at(-1)!];
    const positions = spatial.reduce((size, axis) => size * shape[axis]!, 1);
    const fates = Array.from({ length: batch * channels }, (_unused, i) => {
      const [sample, channel] = [Math.floor(i / channels), i % channels];
      return new Set(
        Array.from({ length: positions }, (_other, p) => data[(sample * positions + p) * channels + channel]),
      );
    });
    expect(fates.every((fate) => fate.size === 1)).toBe(true);
    expect(new Set(fates.flatMap((fate) => [...fate]))).toEqual(new Set([0, 2]));
  });
});

describe('ActivityRegularization', () => {
  test('ActivityRegularization adds its penalty, divided by the batch, to the loss', () => {
    const trace = new Trace();
    const x = input('x', [2, 2], 'float32');
    trace.adopt(x);
    new ActivityRegularization({ l1: 0.5, l2: 0.25 }).applyIn(trace, x, false, null);
    const { outputs } = evaluate({ inputs: [x], outputs: trace.losses, updates: [] }, [
      new Tensor(Float32Array.from([1, -2, 3, 0]), [2, 2]),
    ]);
    expect(outputs[0]!.item()).toBeCloseTo((0.5 * 6 + 0.25 * 14) / 2, 6);
  });
});
