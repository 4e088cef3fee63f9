import { type Config, Input, Model, ops, resetNames, tensor } from 'evenkeel';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DType } from '../../../../src/core/dtype.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { checkGradient, evaluateFunction } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';
import { predictByReference } from '../../../support/predict-by-reference.ts';

interface Case {
  readonly name: string;
  readonly config: Config;
  readonly inputs: readonly {
    readonly shape: readonly number[];
    readonly low: number;
    readonly high: number;
    readonly dtype: DType;
    readonly seed: number;
  }[];
  readonly output: GoldenArray;
}

const { cases } = loadGolden<Case>('image-operations');

const { image } = ops;

beforeEach(resetNames);

describe.each(cases)('$name in a config of Keras', ({ config, inputs, output }) => {
  test('is read, computes what Keras computes, and is written as it was', () => {
    const model = Model.fromConfig(config);
    expect(JSON.stringify(model.getConfig())).toBe(JSON.stringify(config));
    const feeds = inputs.map(({ shape, low, high, dtype, seed }) =>
      tensor(Float32Array.from(lcg(shape, seed, low, high)), shape, dtype),
    );
    const [found] = predictByReference(model, feeds);
    expect([found!.shape, found!.dtype]).toEqual([output.shape, output.dtype]);
    // Float32 places in images and sums of weights of either sign are less exact on the side of Keras.
    expectClose(found!.data, output.data, { rtol: 2e-5 });
  });
});

const random = (shape: readonly number[], seed: number, low = 0, high = 1): Tensor =>
  new Tensor(Float64Array.from(lcg(shape, seed, low, high)), shape);

const images = random([1, 3, 4, 3], 3, 0.1, 0.9);
const one = random([4, 3, 1], 4);

test.each([
  ['rgbToGrayscale', image.rgbToGrayscale],
  ['rgbToHsv', image.rgbToHsv],
  ['hsvToRgb', image.hsvToRgb],
  ['gaussianBlur', image.gaussianBlur],
  ['sobelEdges', image.sobelEdges],
  ['padImages', (x) => image.padImages(x, { topPadding: 1, bottomPadding: 0, leftPadding: 0, targetWidth: 7 })],
  ['cropImages', (x) => image.cropImages(x, { topCropping: 1, bottomCropping: 0, leftCropping: 0, targetWidth: 2 })],
  ['extractPatches', (x) => image.extractPatches(x, [2, 2], { strides: 1 })],
  ['resize by cubic', (x) => image.resize(x, [3, 7], { interpolation: 'bicubic', antialias: true })],
  ['resize by Lanczos', (x) => image.resize(x, [6, 2], { interpolation: 'lanczos3' })],
  ['resize by the nearest', (x) => image.resize(x, [6, 2], { interpolation: 'nearest' })],
  ['elasticTransform', (x) => image.elasticTransform(x, { alpha: 2, sigma: 1, seed: 5 })],
] as const satisfies [string, (x: never) => unknown][])('the gradient of %s is that of differences', (name, fn) => {
  checkGradient(name, ([x]) => (fn as typeof image.rgbToHsv)(x!), [images]);
});

test('the gradients of transformed images reach the images and the transforms', () => {
  const transforms = tensor([[1.1, 0.2, -0.3, 0.15, 0.9, 0.4, 0.01, -0.02]], undefined, 'float64');
  checkGradient('affineTransform', ([x, t]) => image.affineTransform(x!, t!, { fillMode: 'reflect' }), [
    images,
    transforms,
  ]);
  const points = random([4, 2], 9, -0.4, 0.4);
  const corners = tensor(
    [
      [0, 0],
      [4, 0],
      [0, 3],
      [4, 3],
    ],
    undefined,
    'float64',
  );
  checkGradient(
    'perspectiveTransform',
    ([x, start, end]) => image.perspectiveTransform(x!, ops.add(start!, corners), ops.subtract(corners, end!)),
    [images, points, random([4, 2], 10, -0.4, 0.4)],
    // The transform is computed in float64, and used in float32 if the images are.
    { rtol: 1e-5 },
  );
});

test('the gradients of mapCoordinates, scaleAndTranslate and ssim reach all their operands', () => {
  checkGradient('mapCoordinates', ([x, c]) => image.mapCoordinates(x!, c!, 1, { fillMode: 'wrap' }), [
    one,
    random([3, 3], 6, -3, 6),
  ]);
  checkGradient('scaleAndTranslate', ([x, s, t]) => image.scaleAndTranslate(x!, [5, 2, 1], s!, t!, [0, 1], 'cubic'), [
    one,
    random([2], 7, 0.6, 1.4),
    random([2], 8, -0.5, 0.5),
  ]);
  checkGradient('ssim', ([a, b]) => image.ssim(a!, b!, { filterSize: 3 }), [images, random([1, 3, 4, 3], 12)]);
});

test('images without a batch have the results of a batch of one', () => {
  const batch = new Tensor(one.data, [1, ...one.shape]);
  for (const fn of [
    image.gaussianBlur,
    (x: never) => image.resize(x, [3, 3]),
    (x: never) => image.affineTransform(x, [1, 0.1, 0, 0, 1, 0.2, 0, 0]),
    (x: never) => image.extractPatches(x, 2),
  ] as (typeof image.gaussianBlur)[]) {
    const [alone, first] = [one, batch].map((given) => evaluateFunction(([x]) => fn(x!), [given]));
    expect([1, ...alone!.shape]).toEqual(first!.shape);
    expectClose(alone!.data, first!.data, { rtol: 1e-12 });
  }
});

test('functions of images infer shapes from unknown sizes', () => {
  const x = Input({ shape: [null, null, 3] });
  expect(image.resize(x, [4, 6]).shape).toEqual([null, 4, 6, 3]);
  expect(image.padImages(x, { topPadding: 1, targetHeight: 9, leftPadding: 1, rightPadding: 2 }).shape).toEqual([
    null,
    9,
    null,
    3,
  ]);
  const cropped = image.cropImages(x, { topCropping: 1, targetHeight: 9, leftCropping: 1, targetWidth: 2 });
  expect(cropped.shape).toEqual([null, 9, 2, 3]);
  expect(image.gaussianBlur(x).shape).toEqual([null, null, null, 3]);
  expect(image.affineTransform(x, new Array<number>(8).fill(0)).shape).toEqual([null, null, null, 3]);
  expect(image.elasticTransform(x).shape).toEqual([null, null, null, 3]);
  expect(image.extractPatches(x, [2, 2]).shape).toEqual([null, null, null, 12]);
  expect(image.rgbToGrayscale(x).shape).toEqual([null, null, null, 1]);
  const moved = image.scaleAndTranslate(
    Input({ shape: [5, 5, 3] }),
    [null, 9, 8, null],
    [2, 2],
    [0, 0],
    [1, 2],
    'cubic',
  );
  expect(moved.shape).toEqual([null, 9, 8, 3]);
  expect(image.mapCoordinates(Input({ shape: [null] }), new Tensor(new Float32Array(8), [2, 4]), 1).shape).toEqual([4]);
});

test('the shifts of elasticTransform are those of its seed, smooth and of the magnitude of alpha', () => {
  const slope = new Tensor(
    Float64Array.from({ length: 900 }, (_, i) => i % 30),
    [30, 30, 1],
  );
  const shifted = (seed: number, alpha: number): Tensor =>
    evaluateFunction(([x]) => image.elasticTransform(x!, { alpha, sigma: 2, seed, fillMode: 'nearest' }), [slope]);
  expect(shifted(1, 0).data).toEqual(slope.data);
  const inside = (made: Tensor): number[] =>
    [...made.data].map((value, i) => value - (slope.data[i] ?? 0)).filter((_, i) => i % 30 > 8 && i % 30 < 21);
  const spread = (values: readonly number[]): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  const [small, large] = [spread(inside(shifted(1, 0.5))), spread(inside(shifted(1, 1)))];
  expect(large / small).toBeCloseTo(2, 1);
  expect(large).toBeGreaterThan(0.1);
  expect(large).toBeLessThan(2);
});

test.each([
  [
    'a rank',
    () => image.resize([1, 2], [1, 1]),
    '[ops.image.resize] images must be one image, of rank 3, or a batch, of rank 4. Received: shape [2].',
  ],
  [
    'a size',
    () => image.resize([[[1]]], [0, 1]),
    '[ops.image.resize] size must be a height and a width, both integers ≥ 1. Received: size=[0, 1].',
  ],
  [
    'an interpolation',
    () => image.resize([[[1]]], [1, 1], { interpolation: 'cubic' as 'bicubic' }),
    '[ops.image.resize] interpolation must be one of "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area". Received: interpolation="cubic".',
  ],
  [
    'cropping and padding',
    () => image.resize([[[1]]], [1, 1], { cropToAspectRatio: true, padToAspectRatio: true }),
    '[ops.image.resize] images can be cropped or padded, not both. Received: cropToAspectRatio=true, padToAspectRatio=true.',
  ],
  [
    'integers as colors',
    () => image.rgbToHsv(tensor([[[1, 2, 3]]], undefined, 'int32')),
    '[ops.image.rgbToHsv] images must be of a floating type. Received: int32.',
  ],
  [
    'two channels',
    () => image.rgbToGrayscale([[[1, 2]]]),
    '[ops.image.rgbToGrayscale] images must have 1 or 3 channels. Received: shape [1, 1, 2] with 2 channels.',
  ],
  [
    'three paddings',
    () => image.padImages([[[1]]], { topPadding: 1, bottomPadding: 1, targetHeight: 1 }),
    '[ops.image.padImages] exactly two of topPadding, bottomPadding, targetHeight must be given. Received: topPadding=1, bottomPadding=1, targetHeight=1.',
  ],
  [
    'too small a target',
    () => image.padImages([[[1], [2]]], { topPadding: 0, bottomPadding: 0, leftPadding: 0, targetWidth: 1 }),
    '[ops.image.padImages] leftPadding and rightPadding must be ≥ 0. Received: leftPadding=0, rightPadding=-1.',
  ],
  [
    'too large a part',
    () => image.cropImages([[[1], [2]]], { topCropping: 0, bottomCropping: 0, leftCropping: 2, rightCropping: 1 }),
    '[ops.image.cropImages] leftCropping and rightCropping must be ≥ 0 and within the 2 pixels. Received: leftCropping=2, rightCropping=1.',
  ],
  [
    'a transform',
    () => image.affineTransform([[[1]]], [1, 2]),
    '[ops.image.affineTransform] transform must be of 8 numbers, or of 8 for each image. Received: transform of shape [2] for images of shape [1, 1, 1].',
  ],
  [
    'points',
    () => image.perspectiveTransform([[[1]]], [[1, 2]], [[1, 2]]),
    '[ops.image.perspectiveTransform] startPoints and endPoints must be of one shape, [4, 2] or [batch, 4, 2]. Received: shapes [1, 2] and [1, 2] for images of shape [1, 1, 1].',
  ],
  [
    'an order',
    () => image.mapCoordinates([1, 2], [[0, 1]], 2),
    '[ops.image.mapCoordinates] order must be 0, the nearest element, or 1, linear. Received: order=2.',
  ],
  [
    'coordinates',
    () => image.mapCoordinates([1, 2], [[0], [1]], 1),
    '[ops.image.mapCoordinates] coordinates must be of rank ≥ 2, with a list for each of the 1 axes of the inputs. Received: coordinates of shape [2, 1] for inputs of shape [2].',
  ],
  [
    'a patch',
    () => image.extractPatches([[[1]]], [2, 2]),
    '[ops.image.extractPatches] a patch must be within the images. Received: size=[2, 2] for images of shape [1, 1, 1].',
  ],
  [
    'a window',
    () => image.ssim([[[1]]], [[[1]]]),
    '[ops.image.ssim] filterSize must be at most the height and the width. Received: filterSize=11 for images of shape [1, 1, 1].',
  ],
  [
    'an output shape',
    () => image.scaleAndTranslate([[1]], [1, 2], [1], [0], [0], 'linear'),
    '[ops.image.scaleAndTranslate] outputShape must be the shape of the images but for spatialDims. Received: outputShape=[1, 2], spatialDims=[0] for images of shape [1, 1].',
  ],
] as const)('functions of images refuse %s', (_, run, message) => {
  expect(run).toThrow(message);
});
