import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { findTarget } from '../../../../src/compiler/lowering/emit/target.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { Program } from '../../../../src/compiler/program/index.ts';
import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import { expectClose } from '../../../support/close.ts';
import { checkForms, operatorsOf } from '../../../support/forms.ts';
import { lcg } from '../../../support/lcg.ts';

describe('sums of products along the last axes', () => {
  test.for<[what: string, shape: readonly number[], axis: readonly number[], fused: boolean]>([
    ['rows', [64, 768], [1], true],
    ['channels first', [8, 4, 32, 32], [0, 2, 3], true],
    ['rows that are no multiple of the block', [64, 776], [1], false],
    ['columns', [64, 768], [0], false],
    ['few elements', [4, 768], [1], false],
  ])('%s', async ([, shape, axis, fused]) => {
    const program = await checkForms([shape, shape], (a, b) => ops.sum(ops.multiply(a, b), { axis }));
    const { blockedChannels } = await findTarget(await loadRuntime());
    const names = await operatorsOf(program);
    expect(names.includes('com.microsoft.nchwc.Conv')).toBe(fused && blockedChannels > 0);
  });

  test('an infinity stays in its row', async () => {
    const shape = [64, 768];
    const feed = new Tensor(Float32Array.from(lcg(shape, 1)), shape);
    feed.data[768 * 3] = Infinity;
    const x = input('x', shape, 'float32');
    const program = new Program({ inputs: [x], outputs: [ops.sum(ops.multiply(x, x), { axis: 1 })], updates: [] });
    const [sums] = await program.run([feed]);
    expect([...sums!.data].flatMap((sum, row) => (Number.isFinite(sum) ? [] : [row]))).toEqual([3]);
  });
});

describe('normalization over the last axes', () => {
  const layers: Record<string, (x: Value) => Value> = {
    LayerNormalization: (x) => ops.layerNormalization(x, { axis: x.rank === 2 ? 1 : [2, 3] }),
    RMSNormalization: (x) => ops.rmsNormalization(x, { axis: x.rank === 2 ? 1 : [2, 3] }),
  };

  test.for<[layer: string, what: string, shape: readonly number[], fused: boolean]>([
    ['LayerNormalization', 'rows', [64, 768], true],
    ['RMSNormalization', 'rows', [64, 768], true],
    ['LayerNormalization', 'images', [8, 4, 32, 32], true],
    ['LayerNormalization', 'short rows', [1024, 32], true],
    ['RMSNormalization', 'rows that are no multiple of the block', [64, 772], false],
    ['LayerNormalization', 'few elements', [4, 768], false],
  ])('%s of %s, with its gradient', async ([layer, , shape, fused]) => {
    const program = await checkForms([shape], layers[layer]!);
    const { blockedChannels } = await findTarget(await loadRuntime());
    const names = await operatorsOf(program);
    expect(names.includes('com.microsoft.nchwc.Conv')).toBe(fused && blockedChannels > 0);
  });

  test('keeps an infinity in its row', async () => {
    const shape = [64, 768];
    const feed = new Tensor(Float32Array.from(lcg(shape, 1)), shape);
    feed.data[768 * 3] = Infinity;
    const x = input('x', shape, 'float32');
    const program = new Program({ inputs: [x], outputs: Object.values(layers).map((call) => call(x)), updates: [] });
    for (const { data } of await program.run([feed])) {
      const bad = [...data].flatMap((value, i) => (Number.isFinite(value) ? [] : [Math.floor(i / 768)]));
      expect([...new Set(bad)]).toEqual([3]);
    }
  });
});

test.for<[what: string, keepDims: boolean, shape: readonly number[], axis: readonly number[], count: number]>([
  ['windows of an image', false, [4, 8, 2, 8, 2, 16], [2, 4], 2],
  ['windows of an image, with their axes', true, [4, 8, 2, 8, 2, 16], [2, 4], 2],
  ['windows of a volume', false, [2, 4, 2, 4, 2, 4, 2, 16], [2, 4, 6], 3],
  ['one group of axes', false, [16, 2, 3, 128], [1, 2], 1],
  ['few elements', false, [1, 8, 2, 8, 2, 16], [2, 4], 1],
])('short sums of %s are taken one group of axes after another', async ([, keepDims, shape, axis, count]) => {
  const program = await checkForms([shape], (x) => ops.sum(x, { axis, keepdims: keepDims }));
  const names = await operatorsOf(program);
  expect(names.filter((name) => name === 'ReduceSum')).toHaveLength(count);
  await checkForms([shape], (x) => ops.mean(x, { axis, keepdims: keepDims }));
});

test('a sum of rows keeps an infinity in its column', async () => {
  const shape = [512, 64];
  const feed = new Tensor(Float32Array.from(lcg(shape, 1)), shape);
  feed.data[64 * 100 + 5] = Infinity;
  const x = input('x', shape, 'float32');
  const [sums] = await new Program({ inputs: [x], outputs: [ops.sum(x, { axis: 0 })], updates: [] }).run([feed]);
  expect([...sums!.data].flatMap((sum, column) => (Number.isFinite(sum) ? [] : [column]))).toEqual([5]);
});

test('LayerNormalization normalizes rows in which one element is far from the others, on either side', async () => {
  const shape = [4, 768];
  const feed = new Tensor(new Float32Array(4 * 768), shape);
  for (const [row, outlier] of [-1e25, 1e25, -1e-12, 1e4].entries()) feed.data[768 * row + 5] = outlier;
  // A mean that is rounded, and elements that differ from it by one unit in the last place.
  feed.data.fill(1e4, 768 * 3, 768 * 4);
  feed.data[768 * 3] = 1e4 - 2 ** -10;
  const x = input('x', shape, 'float32');
  const outputs = [ops.layerNormalization(x, { epsilon: 0 })];
  const [actual] = await new Program({ inputs: [x], outputs, updates: [] }).run([feed]);
  const expected = Array.from({ length: 4 }, (_, row) => {
    const values = Float64Array.from(feed.data.subarray(768 * row, 768 * (row + 1)));
    const mean = values.reduce((total, value) => total + value) / 768;
    const deviation = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / 768);
    return [...values].map((value) => (value - mean) / deviation);
  });
  expectClose(actual!.data, Float64Array.from(expected.flat()), { rtol: 1e-5 });
});
