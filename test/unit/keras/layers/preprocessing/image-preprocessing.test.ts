import { type Config, Input, resetNames } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DType } from '../../../../../src/core/dtype.ts';
import { RandomStream } from '../../../../../src/core/random.ts';
import { Tensor } from '../../../../../src/core/tensor.ts';
import { type Tree, flatten, mapTree } from '../../../../../src/core/tree.ts';
import { constant, input } from '../../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../../src/compiler/graph/trace.ts';
import { type Value, isValue } from '../../../../../src/compiler/ir/value.ts';
import { evaluate } from '../../../../../src/compiler/reference/index.ts';
import type { BaseImagePreprocessingLayer } from '../../../../../src/keras/layers/preprocessing/image-preprocessing/base-image-preprocessing-layer.ts';
import {
  beta,
  gamma,
  randomOrder,
} from '../../../../../src/keras/layers/preprocessing/image-preprocessing/random-numbers.ts';
import { camelCase } from '../../../../../src/keras/ops/base/specification.ts';
import { expectClose } from '../../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../../support/golden.ts';
import { imagePreprocessingContracts } from '../../../../support/layer-contracts/image-preprocessing.ts';
import { lcg } from '../../../../support/lcg.ts';

interface Case {
  readonly kind: 'images' | 'boxes' | 'call';
  readonly class_name: string;
  readonly config: Config;
  readonly images: GoldenArray | { readonly shape: readonly number[]; readonly high: number };
  readonly training?: boolean;
  readonly transformation?: Readonly<Record<string, GoldenArray>> | null;
  readonly output: GoldenArray;
  readonly boxes: GoldenArray;
  readonly labels: GoldenArray;
  readonly moved: GoldenArray;
  readonly kept: GoldenArray;
}

type ImageLayer = BaseImagePreprocessingLayer<unknown>;

const { cases } = loadGolden<Case>('image-preprocessing');

beforeEach(resetNames);

const made = ({ class_name, config }: Case): ImageLayer => layers.deserialize({ class_name, config }) as ImageLayer;

const toTensor = ({ data, shape, dtype }: GoldenArray): Tensor =>
  new Tensor(data as Float32Array, shape, dtype as DType);

const imagesOf = ({ images }: Case): Tensor =>
  'high' in images
    ? new Tensor(Float32Array.from(lcg(images.shape, 21, 0, images.high)), images.shape)
    : toTensor(images);

/** The parameters of a transformation; those of each image have the rank of images. */
function transformationOf({ transformation }: Case): unknown {
  if (transformation === null || transformation === undefined) return null;
  const entries = Object.entries(transformation).map(([key, { data, shape, dtype }]): [string, Value] => {
    const perImage = key === 'angle' ? [3, 1] : [3, 1, 1, 1];
    const isPerImage = shape.length === 1 && shape[0] === 3 && !['permutation_order', 'mix_weight'].includes(key);
    const numbers = new Tensor(Float64Array.from(data), isPerImage ? perImage : shape);
    return [camelCase(key), constant(numbers, dtype === 'bool' || dtype === 'int32' ? dtype : 'float32')];
  });
  return Object.fromEntries(entries);
}

/** The outputs by the float64 reference. */
function compute(outputs: readonly Value[], feeds: ReadonlyMap<Value, Tensor> = new Map()): readonly Tensor[] {
  return evaluate({ inputs: [...feeds.keys()], outputs, updates: [] }, [...feeds.values()]).outputs;
}

const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

/** The result of a layer's call. */
function called(layer: layers.Layer, given: Tree<Tensor>, training: boolean | null = null): readonly Tensor[] {
  const feeds = new Map<Value, Tensor>();
  const inputs = mapTree(given, isTensor, (tensor) => {
    const value = input(`x${feeds.size}`, tensor.shape, tensor.dtype);
    feeds.set(value, tensor);
    return value;
  });
  return compute(flatten(layer.applyIn(new Trace(), inputs, training, null), isValue), feeds);
}

const titled = cases.map((each, i) => [`${each.class_name}, case ${i},`, each] as const);

test.each(titled)('%s has the config and the numbers of Keras', (_, golden) => {
  const layer = made(golden);
  const config: Config = JSON.parse(JSON.stringify(layer.getConfig())) as Config;
  expect(JSON.stringify(config)).toBe(JSON.stringify(golden.config));
  const given = imagesOf(golden);
  if (golden.kind === 'call') {
    const [found] = called(layer, given, golden.training);
    expect(found!.shape).toEqual(golden.output.shape);
    expectClose(found!.data, golden.output.data, { rtol: 2e-5 });
    return;
  }
  const images = input('images', given.shape, 'float32');
  const feeds = new Map([[images, given]]);
  const transformation = transformationOf(golden);
  if (golden.kind === 'images') {
    const [found] = compute([layer.transformImages(images, transformation)], feeds);
    expect(found!.shape).toEqual(golden.output.shape);
    expectClose(found!.data, golden.output.data, { rtol: 2e-5 });
    return;
  }
  const boxes = { boxes: constant(toTensor(golden.boxes)), labels: constant(toTensor(golden.labels)) };
  const moved = layer.transformBoundingBoxes(boxes, transformation, images);
  const [found, kept] = compute([moved.boxes, moved.labels], feeds);
  expect([found!.shape, kept!.shape]).toEqual([golden.moved.shape, golden.kept.shape]);
  expectClose(found!.data, golden.moved.data, { rtol: 1e-5, atol: 1e-5 });
  expect([...kept!.data]).toEqual([...golden.kept.data]);
});

const picture = new Tensor(Float32Array.from(lcg([2, 5, 6, 3], 3, 0, 255)), [2, 5, 6, 3]);

/** The layers that are applied in inference, too. */
const DETERMINISTIC = [
  'AutoContrast',
  'CenterCrop',
  'ContrastLimitedAdaptiveHistogramEqualization',
  'Resizing',
  'RandomCrop',
];

const random = Object.entries(imagePreprocessingContracts).filter(
  ([name]) => !DETERMINISTIC.some((each) => name.startsWith(each)),
);

test.each(random)('%s returns its input in inference, and draws reproducible numbers by a seed', (_, { make }) => {
  expect(called(make({}), picture, false)[0]!.data).toEqual(picture.data);
  if (!('seed' in make({}))) return;
  const withSeed = (seed: number): readonly number[] => [
    ...called(make({ ...({ seed } as object) }), picture)[0]!.data,
  ];
  expect(withSeed(7)).toEqual(withSeed(7));
});

const pixels = (count: number, value: number): Tensor =>
  new Tensor(new Float32Array(count).fill(value), [count, 1, 1, 1]);

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

test('RandomBrightness draws the change of each image uniformly from its factor', () => {
  const layer = new layers.RandomBrightness([-0.1, 0.3], { seed: 3, valueRange: [0, 100] });
  const changes = Array.from(called(layer, pixels(2000, 50))[0]!.data, (value) => value - 50);
  expect(Math.min(...changes)).toBeGreaterThanOrEqual(-10);
  expect(Math.max(...changes)).toBeLessThan(30);
  expect(Math.abs(mean(changes) - 10)).toBeLessThan(1);
  expect(Math.abs(mean(changes.map((each) => (each - 10) ** 2)) - 1600 / 12)).toBeLessThan(10);
});

test('RandomFlip flips half of the images', () => {
  const two = new Tensor(
    Float32Array.from({ length: 2000 }, (_, i) => i % 2),
    [1000, 1, 2, 1],
  );
  const [flipped] = called(new layers.RandomFlip('horizontal', { seed: 3 }), two);
  const share = mean(Array.from({ length: 1000 }, (_, i) => flipped!.data[2 * i]!));
  expect(Math.abs(share - 0.5)).toBeLessThan(0.06);
});

test('RandomInvert inverts images with its probability', () => {
  const [inverted] = called(new layers.RandomInvert([0.2, 0.4], { seed: 3 }), pixels(3000, 0));
  expect(Math.abs(mean(inverted!.data) / 255 - 0.3)).toBeLessThan(0.04);
});

test.each([0.2, 1, 4.5])('gamma and beta have the moments of their distributions for α = %d', (alpha) => {
  const [drawn] = compute([gamma(new RandomStream(5), [4000], alpha, 'float32')]);
  const center = mean(drawn!.data);
  expect(Math.abs(center / alpha - 1)).toBeLessThan(0.12);
  expect(Math.abs(mean(drawn!.data.map((each) => (each - center) ** 2)) / alpha - 1)).toBeLessThan(0.3);
  const [shares] = compute([beta(new RandomStream(6), [4000], alpha, 'float32')]);
  expect(Math.abs(mean(shares!.data) - 0.5)).toBeLessThan(0.03);
  const spread = mean(shares!.data.map((each) => (each - 0.5) ** 2));
  expect(Math.abs(spread * 4 * (2 * alpha + 1) - 1)).toBeLessThan(0.12);
});

test('randomOrder draws each order of a batch', () => {
  const seeds = new RandomStream(2);
  const orders = Array.from({ length: 60 }, () => [...compute([randomOrder(seeds, 3)])[0]!.data].join(''));
  expect([...new Set(orders)].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
});

test('a record of images, labels, masks and boxes is transformed together, also without a batch', () => {
  const layer = new layers.RandomFlip('horizontal', { boundingBoxFormat: 'xyxy', seed: 1 });
  const image = new Tensor(Float32Array.from([1, 2, 3]), [1, 3, 1]);
  const boxes = new Tensor(Float32Array.from([0, 0, 1, 1]), [1, 4]);
  const labels = new Tensor(Int32Array.from([5]), [1]);
  const data = { images: image, labels, segmentation_masks: image, bounding_boxes: { boxes, labels }, other: labels };
  const results = Array.from({ length: 8 }, () => called(layer, data).map((tensor) => [...tensor.data]));
  expect(results).toContainEqual([[1, 2, 3], [5], [1, 2, 3], [0, 0, 1, 1], [5], [5]]);
  expect(results).toContainEqual([[3, 2, 1], [5], [3, 2, 1], [2, 0, 3, 1], [5], [5]]);
});

test('MixUp and CutMix mix labels as they mix images', () => {
  const four = Float32Array.from({ length: 4 }, (_, i) => i);
  const data = { images: new Tensor(four, [4, 1, 1, 1]), labels: new Tensor(four, [4, 1]) };
  const [mixed, mixedLabels] = called(new layers.MixUp({ alpha: 1, seed: 2 }), data);
  expectClose(mixed!.data, mixedLabels!.data, { rtol: 1e-6 });
  expect([...mixed!.data]).not.toEqual([0, 1, 2, 3]);
  const images = new Tensor(
    Float32Array.from({ length: 2 * 4096 }, (_, i) => Math.floor(i / 4096)),
    [2, 64, 64, 1],
  );
  const labels = new Tensor(Float32Array.from([0, 1]), [2, 1]);
  const [cut, cutLabels] = called(new layers.CutMix({ seed: 1 }), { images, labels });
  for (const i of [0, 1]) {
    const share = mean(cut!.data.slice(4096 * i, 4096 * (i + 1)));
    expect(Math.abs(share - cutLabels!.data[i]!)).toBeLessThan(0.05);
  }
});

test('images of integers become floats, but Resizing keeps them', () => {
  const bytes = new Tensor(Uint8Array.from([0, 100]), [1, 1, 2, 1]);
  expect(called(new layers.RandomFlip(), bytes)[0]!.dtype).toBe('float32');
  const [resized] = called(new layers.Resizing(1, 4), bytes);
  expect([resized!.dtype, ...resized!.data]).toEqual(['uint8', 0, 25, 75, 100]);
});

test('layers of images infer shapes from unknown sizes', () => {
  const images = Input({ shape: [null, null, 3] });
  expect(new layers.Resizing(3, 4).computeOutputShape([null, null, null, 3])).toEqual([null, 3, 4, 3]);
  expect(new layers.Resizing(3, 4).apply(images).shape).toEqual([null, 3, 4, 3]);
  expect(new layers.RandomRotation(0.1).apply(images).shape).toEqual([null, null, null, 3]);
  expect(new layers.CenterCrop(3, 4).computeOutputShape([9, 9, 3])).toEqual([3, 4, 3]);
});

const four = { images: picture, bounding_boxes: { boxes: picture, labels: picture } };

describe('layers of images refuse', () => {
  test.each([
    [
      'a factor beyond its bounds',
      () => new layers.RandomBrightness(1.5, { name: 'x' }),
      '[RandomBrightness x] factor must be a number in [-1, 1], or two of them. Received: factor=1.5.',
    ],
    [
      'a range of three numbers',
      () => new layers.AutoContrast({ name: 'x', valueRange: [1, 2, 3] }),
      '[AutoContrast x] valueRange must be a list of two numbers. Received: valueRange=[1, 2, 3].',
    ],
    [
      'an unknown fill mode',
      () => new layers.RandomRotation(0.1, { name: 'x', fillMode: 'mirror' }),
      '[RandomRotation x] fillMode must be one of "reflect", "wrap", "constant", "nearest". Received: fillMode="mirror".',
    ],
    [
      'a zoom by everything',
      () => new layers.RandomZoom([-1, 0], { name: 'x' }),
      '[RandomZoom x] heightFactor must be greater than -1. Received: heightFactor=[-1, 0].',
    ],
    [
      'an even kernel',
      () => new layers.RandomGaussianBlur(1, { name: 'x', kernelSize: 2 }),
      '[RandomGaussianBlur x] kernelSize must be an odd positive integer, or two of them. Received: kernelSize=2.',
    ],
    [
      'an input of rank 2',
      () => called(new layers.RandomFlip('vertical', { name: 'x' }), new Tensor(new Float32Array(4), [2, 2])),
      '[RandomFlip x] the input must be one image, of rank 3, or a batch, of rank 4. Received: shape [2, 2].',
    ],
    [
      'boxes without a format',
      () => called(new layers.RandomFlip('vertical', { name: 'x' }), four),
      '[RandomFlip x] boundingBoxFormat must be given for inputs with bounding_boxes. Received: boundingBoxFormat=null. Name the format, such as "xyxy".',
    ],
    [
      'boxes of three numbers',
      () => called(new layers.RandomFlip('vertical', { name: 'x', boundingBoxFormat: 'xyxy' }), four),
      '[RandomFlip x] bounding_boxes must be a record of boxes [batch, boxes, 4] and labels [batch, boxes]. Received: ["boxes", "labels"].',
    ],
    [
      'a record without images',
      () => called(new layers.RandomFlip('vertical', { name: 'x' }), { labels: picture }),
      '[RandomFlip x] the input must be images, or a record with the entry images. Received: a record of ["labels"].',
    ],
  ] as const)('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});
