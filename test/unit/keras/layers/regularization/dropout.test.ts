import { describe, expect, test } from 'vitest';
import { setRandomSeed } from '../../../../../src/core/random.ts';
import { Tensor, tensor } from '../../../../../src/core/tensor.ts';
import type { Graph } from '../../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import { Dropout } from '../../../../../src/keras/layers/index.ts';
import { evaluate } from '../../../../../src/compiler/reference/index.ts';

const SIZE = 20_000;
const ones = new Tensor(new Float32Array(SIZE).fill(1), [SIZE / 4, 4]);

function drop(layer: Dropout, x: Tensor = ones): Tensor {
  const fed = input('x', x.shape, 'float32');
  const graph: Graph = { inputs: [fed], outputs: [layer.apply(fed, { training: true })], updates: [] };
  return evaluate(graph, [x]).outputs[0]!;
}

describe('Dropout', () => {
  test.each([0.1, 0.5, 0.75])('drops a part of %d and scales up the rest', (rate) => {
    const { data } = drop(new Dropout(rate, { seed: 1 }));
    const scale = Math.fround(1 / (1 - rate));
    expect(new Set(data)).toEqual(new Set([0, scale]));
    const kept = data.filter((entry) => entry !== 0).length / SIZE;
    // Four standard deviations.
    expect(Math.abs(kept - (1 - rate))).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / SIZE));
  });

  test('passes the input through in inference, and at rate 0', () => {
    const x = input('x', [3], 'float32');
    expect(new Dropout(0.5).apply(x)).toBe(x);
    expect(new Dropout(0).apply(x, { training: true })).toBe(x);
  });

  test('drops everything at rate 1, even what is infinite', () => {
    expect(drop(new Dropout(1), tensor([[1, Infinity]])).toArray()).toEqual([[0, 0]]);
  });

  test('repeats itself with the seed, at each call anew', () => {
    const layer = new Dropout(0.5, { seed: 7 });
    const [first, second] = [drop(layer), drop(layer)];
    expect(first.data).not.toEqual(second.data);
    const again = new Dropout(0.5, { seed: 7 });
    expect(drop(again).data).toEqual(first.data);
    expect(drop(again).data).toEqual(second.data);
    expect(drop(new Dropout(0.5, { seed: 8 })).data).not.toEqual(first.data);
  });

  test('draws its seed from that of the process', () => {
    setRandomSeed(3);
    const first = drop(new Dropout(0.5));
    const other = drop(new Dropout(0.5));
    setRandomSeed(3);
    expect(drop(new Dropout(0.5)).data).toEqual(first.data);
    expect(other.data).not.toEqual(first.data);
  });

  test('shares what is drawn along axes of size 1 in noiseShape', () => {
    const rows = drop(new Dropout(0.5, { seed: 1, noiseShape: [null, 1] })).toArray() as number[][];
    for (const row of rows) expect(new Set(row).size).toBe(1);
    expect(new Set(rows.map(([entry]) => entry)).size).toBe(2);
  });

  test.each([
    [-0.1, {}, '[Dropout d] rate must be in [0, 1]. Received: rate=-0.1.'],
    [1.5, {}, '[Dropout d] rate must be in [0, 1]. Received: rate=1.5.'],
    ['0.5', {}, '[Dropout d] rate must be a finite number. Received: rate="0.5".'],
    [0.5, { seed: 1.5 }, '[Dropout d] seed must be an integer ≥ 0. Received: seed=1.5.'],
    [
      0.5,
      { noiseShape: [0] },
      '[Dropout d] noiseShape must be a list of positive integers and nulls. Received: noiseShape=[0].',
    ],
  ])('refuses %j with %j', (rate, options, message) => {
    expect(() => new Dropout(rate as number, { ...options, name: 'd' })).toThrow(message);
  });

  test('refuses a noiseShape that does not fit the input', () => {
    expect(() => drop(new Dropout(0.5, { name: 'd', noiseShape: [2, 4] }))).toThrow(
      '[Dropout d] noiseShape=[2, 4] must have the rank of the input, and 1 or null where the sizes differ. Received: input of shape [5000, 4].',
    );
  });
});
