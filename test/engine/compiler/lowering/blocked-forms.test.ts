import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { findTarget } from '../../../../src/compiler/lowering/emit/target.ts';
import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { checkForms, checkFormsOf, operatorsOf } from '../../../support/forms.ts';
import { lcg } from '../../../support/lcg.ts';

/** Channels that are a multiple of the block, so that everything between the convolutions is in blocks. */
const SHAPES = [
  [16, 5, 4, 16],
  [3, 3, 16, 32],
  [3, 3, 32, 16],
];

/** The operations between two convolutions, of which the second keeps the blocks. */
const between =
  (change: (x: Value, ...rest: Value[]) => Value) =>
  (x: Value, first: Value, second: Value, ...rest: Value[]): Value =>
    ops.conv(change(ops.conv(x, first, { padding: 'same' }), ...rest), second, { padding: 'same' });

const vector = (value: Value): Value => ops.reshape(value, [1, 1, 1, value.knownShape[0] ?? 1]);

function normalize(x: Value, gamma: Value, beta: Value, axes: readonly number[] = [0, 1, 2]): Value {
  const shift = ops.stopGradient(ops.mean(x, { axis: axes, keepdims: true }));
  const centered = ops.subtract(x, shift);
  const [mean, variance] = ops.moments(centered, axes, { keepdims: true, centered: true });
  const scale = ops.multiply(ops.rsqrt(ops.add(variance, 1e-2)), gamma);
  return ops.normalizeWith(centered, ops.fullLike(mean, 0), scale, ops.subtract(beta, ops.multiply(mean, scale)));
}

const cases: readonly [what: string, change: (x: Value, ...rest: Value[]) => Value, extra?: readonly number[][]][] = [
  ['a bias and relu', (x, b) => ops.relu(ops.add(x, vector(b))), [[32]]],
  ['a difference with one number per channel', (x, b) => ops.subtract(x, vector(b)), [[32]]],
  ['one number per channel minus the value', (x, b) => ops.subtract(vector(b), x), [[32]]],
  ['a product with one number per channel', (x, b) => ops.multiply(vector(b), x), [[32]]],
  ['a quotient by one number per channel', (x, b) => ops.divide(x, ops.add(ops.square(vector(b)), 1)), [[32]]],
  ['a maximum with one number per channel', (x, b) => ops.maximum(x, vector(b)), [[32]]],
  ['a product with a scalar', (x) => ops.multiply(x, 0.5)],
  ['sigmoid and tanh', (x) => ops.tanh(ops.multiply(x, ops.sigmoid(x)))],
  ['relu6', (x) => ops.relu6(ops.multiply(x, 10))],
  ['batch normalization', (x, g, b) => normalize(x, vector(g), vector(b)), [[32], [32]]],
  ['batch normalization with relu', (x, g, b) => ops.relu(normalize(x, vector(g), vector(b))), [[32], [32]]],
  [
    'batch normalization with a residual addition and relu',
    (x, g, b) => ops.relu(ops.add(normalize(x, vector(g), vector(b)), ops.tanh(x))),
    [[32], [32]],
  ],
  ['instance normalization', (x, g, b) => normalize(x, vector(g), vector(b), [1, 2]), [[32], [32]]],
  [
    'moments of data that are not centered',
    (x) => ops.subtract(x, ops.sum(ops.stack(ops.moments(x, [0, 1, 2], { keepdims: true })), { axis: 0 })),
  ],
  [
    'the sum of a product',
    (x) => ops.add(x, ops.mean(ops.multiply(x, ops.tanh(x)), { axis: [0, 1, 2], keepdims: true })),
  ],
  ['means over the positions of each image', (x) => ops.multiply(x, ops.mean(x, { axis: [1, 2], keepdims: true }))],
  ['maximum pooling', (x) => ops.maxPool(x, 2)],
  ['maximum pooling of rows', (x) => ops.maxPool(x, [1, 2])],
  ['maximum pooling of columns', (x) => ops.maxPool(x, [2, 1])],
  ['maximum pooling of larger windows', (x) => ops.maxPool(x, 3)],
  ['maximum pooling of overlapping windows', (x) => ops.maxPool(x, 3, { strides: 2, padding: 'same' })],
  ['average pooling', (x) => ops.averagePool(x, 2)],
  ['average pooling of overlapping windows', (x) => ops.averagePool(x, 3, { strides: 2, padding: 'same' })],
  [
    'padding',
    (x) =>
      ops.pad(x, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
  ],
];

describe('in blocks between two convolutions', () => {
  test.for(cases)('%s', async ([, change, extra = []]) => {
    await checkForms([...SHAPES, ...extra], between(change));
  });

  test('concatenation of channels and of images', async () => {
    const shapes = [SHAPES[0]!, SHAPES[1]!, [3, 3, 64, 16]];
    await checkForms(
      shapes,
      between((x) => ops.concatenate([x, ops.tanh(x)], { axis: 3 })),
    );
    await checkForms(
      SHAPES,
      between((x) => ops.concatenate([x, ops.tanh(x)], { axis: 0 })),
    );
    await checkForms(
      SHAPES,
      between((x) => ops.concatenate([x, ops.tanh(x)], { axis: 1 })),
    );
  });
});

test('the gradient of maximum pooling goes to the first of equal elements', async () => {
  const numbers = Float32Array.from(lcg([16, 6, 6, 16], 3), (value) => Math.round(value * 3));
  const feeds = [
    new Tensor(numbers, [16, 6, 6, 16]),
    new Tensor(
      Float32Array.from({ length: 256 }, (_, i) => (i % 17 === 0 ? 1 : 0)),
      [1, 1, 16, 16],
    ),
    new Tensor(Float32Array.from(lcg([3, 3, 16, 16], 5)), [3, 3, 16, 16]),
  ];
  const program = await checkFormsOf(
    feeds,
    between((x) => ops.maxPool(x, 2)),
  );
  const { blockedChannels } = await findTarget(await loadRuntime());
  if (blockedChannels > 0) expect(await operatorsOf(program)).not.toContain('Resize');
});

test('batch normalization alone is computed in blocks, whichever axis has the channels', async () => {
  const { blockedChannels } = await findTarget(await loadRuntime());
  for (const [shape, axes] of [
    [
      [16, 9, 8, 32],
      [0, 1, 2],
    ],
    [
      [16, 32, 9, 8],
      [0, 2, 3],
    ],
    [
      [16, 40, 32],
      [0, 1],
    ],
    [
      [4, 3, 4, 5, 16],
      [0, 1, 2, 3],
    ],
  ] as const) {
    const ones = shape.map((size, axis) => (axes.some((reduced) => reduced === axis) ? 1 : size));
    const program = await checkForms([[...shape], ones, ones], (x, g, b) => normalize(x, g, b, axes));
    // With the channels second, the plain forms are about as fast.
    if (blockedChannels > 0 && shape.length === 4 && axes.some((axis) => axis === 1))
      expect(await operatorsOf(program)).toContain('com.microsoft.nchwc.Conv');
  }
});

test('NaN and infinity in one channel of a batch do not reach the others', async () => {
  const numbers = Float32Array.from(lcg([16, 6, 6, 16], 3));
  numbers[5] = NaN;
  numbers[16 * 7 + 6] = Infinity;
  const feeds = [numbers, Float32Array.from(lcg([16], 4)), Float32Array.from(lcg([16], 5))].map(
    (data, i) => new Tensor(data, i === 0 ? [16, 6, 6, 16] : [1, 1, 1, 16]),
  );
  const program = await checkFormsOf(feeds, (x, g, b) => normalize(x, g, b));
  const { blockedChannels } = await findTarget(await loadRuntime());
  if (blockedChannels > 0) expect(await operatorsOf(program)).toContain('com.microsoft.nchwc.Conv');
});

describe('convolutions over sequences, as images of one row', () => {
  test.for<[what: string, options: ops.ConvOptions, channels: number]>([
    ['without padding', {}, 16],
    ['with padding', { padding: 'same' }, 32],
    ['with strides', { strides: 2, padding: 'same' }, 16],
    ['with dilation', { dilationRate: 2 }, 16],
    ['of few channels', {}, 3],
    ['of channels that are no multiple of the block', {}, 20],
  ])('%s', async ([, options, channels]) => {
    await checkForms(
      [
        [16, 14, channels],
        [5, channels, 32],
      ],
      (x, kernel) => ops.conv(x, kernel, options),
    );
  });

  test('keep bias, relu, normalization, pooling and a residual sum in blocks', async () => {
    const block = (x: Value, kernel: Value, g: Value, b: Value): Value => {
      const hidden = ops.relu(ops.add(ops.conv(x, kernel, { padding: 'same' }), b));
      return ops.maxPool(ops.relu(ops.add(normalize(hidden, g, b, [0, 1]), hidden)), 2);
    };
    const shapes = [
      [16, 16, 16],
      [3, 16, 32],
      [3, 32, 32],
      [1, 1, 32],
      [1, 1, 32],
    ];
    const program = await checkForms(shapes, (x, first, second, g, b) =>
      block(ops.conv(x, first, { padding: 'same' }), second, g, b),
    );
    const { blockedChannels } = await findTarget(await loadRuntime());
    if (blockedChannels > 0) expect(await operatorsOf(program)).toContain('com.microsoft.nchwc.MaxPool');
  });
});
