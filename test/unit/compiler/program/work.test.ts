import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { type SampledGraph, prepare } from '../../../../src/compiler/program/prepare.ts';
import { isSmall, workOf } from '../../../../src/compiler/program/work.ts';
import type { Runtime } from '../../../../src/compiler/runtime/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const productsOf = (inputs: readonly Value[], outputs: readonly Value[]): number =>
  workOf({ inputs, outputs, updates: [] }).products;

describe('the work of a graph', () => {
  test('counts one multiplication for each pair of elements that a product multiplies', () => {
    const [a, b] = [input('a', [5, 7], 'float32'), input('b', [7, 3], 'float32')];
    expect(productsOf([a, b], [ops.matmul(a, b)])).toBe(5 * 7 * 3);
    const transposed = input('t', [7, 5], 'float32');
    expect(productsOf([transposed, b], [ops.matmul(ops.transpose(transposed), b)])).toBe(5 * 7 * 3);
  });

  test('is the same for a convolution without padding and for each of its gradients', () => {
    const [x, kernel] = [input('x', [2, 8, 8, 3], 'float32'), input('kernel', [3, 3, 3, 4], 'float32')];
    const y = ops.conv(x, kernel);
    const forward = productsOf([x, kernel], [y]);
    expect(forward).toBe(2 * 6 * 6 * 4 * 3 * 3 * 3);
    for (const gradient of gradients(ops.sum(y), [x, kernel]))
      expect(productsOf([x, kernel], [gradient!])).toBe(forward);
  });

  test('is small for a dense layer on a small batch, and not for a convolution of images', () => {
    const [a, b] = [input('a', [60, 784], 'float32'), input('b', [784, 100], 'float32')];
    expect(isSmall(workOf({ inputs: [a, b], outputs: [ops.matmul(a, b)], updates: [] }))).toBe(true);
    const [x, kernel] = [input('x', [128, 26, 26, 32], 'float32'), input('kernel', [3, 3, 32, 32], 'float32')];
    expect(isSmall(workOf({ inputs: [x, kernel], outputs: [ops.conv(x, kernel)], updates: [] }))).toBe(false);
  });
});

test('a program whose sizes are free is not small, however small its samples are', async () => {
  const sample = (batch: number): SampledGraph['samples'][number] => {
    const [x, w] = [input('x', [batch, 4], 'float32'), input('w', [4, 3], 'float32')];
    return { graph: { inputs: [x, w], outputs: [ops.matmul(x, w)], updates: [] }, sizes: [batch] };
  };
  const runtime: Runtime = {
    name: 'wasm',
    threads: { count: 1, reason: 'a test' },
    features: { preallocatedOutputs: false },
    device: null,
    createSession: () => Promise.reject(new Error('no session is needed.')),
    optimizedModel: () => Promise.resolve(null),
  };
  const form = { isFrozen: false, isOptimized: true };
  const fixed = await prepare(runtime, { freeSizes: 'none', samples: [sample(2)] }, form);
  const free = await prepare(runtime, { freeSizes: 'rows', samples: [sample(2), sample(3), sample(5)] }, form);
  expect([fixed.isSmall, free.isSmall]).toEqual([true, false]);
});
