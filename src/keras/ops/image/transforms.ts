import { checkChoice, checkNumber } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { isKnown, sameShape, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { homography } from './homography.ts';
import { type DataFormatOptions, onBatch, readDataFormat, readImages } from './images.ts';
import { range } from './resampling.ts';
import { FILL_MODES, type FillMode, type SamplingOptions, sample } from './sampling.ts';

/** The method of interpolation of moved images. */
export type TransformInterpolation = 'nearest' | 'bilinear';

/** Options of {@link perspectiveTransform}. */
export interface PerspectiveTransformOptions extends DataFormatOptions {
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: TransformInterpolation | undefined;
  /** The value beyond the edges of the images. @default 0 */
  fillValue?: number | undefined;
}

/** Options of {@link affineTransform}. */
export interface AffineTransformOptions extends PerspectiveTransformOptions {
  /** The continuation of the images beyond their edges, as for `mapCoordinates`. @default 'constant' */
  fillMode?: FillMode | undefined;
}

/** Checks the options of a transformation, and returns them as those of the sampling. */
export function readSampling(
  who: string,
  { interpolation = 'bilinear', fillMode = 'constant', fillValue = 0 }: Omit<AffineTransformOptions, 'dataFormat'>,
): SamplingOptions {
  return {
    order: checkChoice(who, 'interpolation', interpolation, ['nearest', 'bilinear']) === 'nearest' ? 0 : 1,
    fillMode: checkChoice(who, 'fillMode', fillMode, FILL_MODES),
    fillValue: checkNumber(who, 'fillValue', fillValue),
  };
}

/** A batch of images `[batch, height, width, channels]` at places `[batch, rows, columns]` of each, in pixels. */
export function samplePixels(batch: Value, y: Value, x: Value, options: SamplingOptions): Value {
  const [count = 1, height = 1, width = 1, channels = 1] = batch.knownShape;
  const source = build.reshape(batch, [count * height * width, channels]);
  const offset = count === 1 ? null : build.multiply(range(count, 'int32', [count, 1, 1]), height * width);
  const axes = [
    { coordinates: y, size: height, stride: width },
    { coordinates: x, size: width, stride: 1 },
  ];
  return sample(source, offset, axes, options);
}

/** The images, with the pixel at (x, y) taken from the place to which a matrix of each maps it. */
function project(images: Value, transforms: Value, options: SamplingOptions): Value {
  const [, height = null, width = null] = images.shape;
  // While a model is described, sizes may be unknown, and only the shape of the result matters.
  if (height === null || width === null || !isKnown(images.shape)) return images;
  const matrix = toFloat(transforms);
  const entry = (index: number): Value =>
    build.reshape(build.slice(matrix, [0, index], [Infinity, index + 1]), [matrix.shape[0] ?? null, 1, 1]);
  const columns = range(width, matrix.dtype, [1, 1, width]);
  const rows = range(height, matrix.dtype, [1, height, 1]);
  const linear = (a: number, b: number): Value =>
    build.add(build.multiply(entry(a), columns), build.multiply(entry(b), rows));
  const depth = build.add(linear(6, 7), 1);
  const place = (first: number): Value =>
    build.broadcastTo(
      build.divide(build.add(linear(first, first + 1), entry(first + 2)), depth),
      images.shape.slice(0, 3),
    );
  return samplePixels(images, place(3), place(0), options);
}

/**
 * Images moved by affine maps, or by projective ones: the pixel at (x, y) of the result is that of the image at
 *
 *     ((a₀ x + a₁ y + a₂) / k, (b₀ x + b₁ y + b₂) / k), k = c₀ x + c₁ y + 1
 *
 * for the transform `[a₀, a₁, a₂, b₀, b₁, b₂, c₀, c₁]`. Images and transforms have gradients, the latter for `bilinear`.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first, transform `[8]` for all images or
 * `[batch, 8]` → the shape of the images.
 *
 * @throws ValueError for images or a transform of another shape, or an unknown option.
 * @example
 * const shift = jit((x) => ops.image.affineTransform(x, [1, 0, -1, 0, 1, 0, 0, 0], { fillValue: 9 }));
 * await shift([[[1], [2], [3]]]);   // [[[9], [1], [2]]]
 * @see https://keras.io/api/ops/image/#affine_transform-function
 */
export const affineTransform: Symbolic<
  (images: Operand, transform: Operand, options?: AffineTransformOptions) => Value
> = op(
  'image.AffineTransform',
  ['images', 'transform'],
  { interpolation: 'bilinear', fillMode: 'constant', fillValue: 0, dataFormat: null },
  (images: Operand, transform: Operand, options: AffineTransformOptions = {}): Value => {
    const who = 'ops.image.affineTransform';
    const value = readImages(who, images);
    const matrix = toValue(transform);
    const count = matrix.rank === 2 ? (matrix.shape[0] ?? null) : 1;
    const batch = value.rank === 4 ? (value.shape[0] ?? null) : 1;
    const fits = count === null || batch === null || count === 1 || count === batch;
    if (![1, 2].includes(matrix.rank) || matrix.shape.at(-1) !== 8 || !fits) {
      throw new ValueError(
        `[${who}] transform must be of 8 numbers, or of 8 for each image. Received: transform of shape ${showShape(matrix.shape)} for images of shape ${showShape(value.shape)}.`,
      );
    }
    const sampling = readSampling(who, options);
    const rows = matrix.rank === 2 ? matrix : build.reshape(matrix, [1, 8]);
    return onBatch(value, readDataFormat(who, options.dataFormat), (all) => project(all, rows, sampling));
  },
);

/**
 * Images seen in another perspective: the map that takes the four end points to the four start points, each `[x, y]`, says
 * where each pixel of the result is taken from. Images and points have gradients, the latter for `bilinear`.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first, points `[4, 2]` for all images or
 * `[batch, 4, 2]` → the shape of the images.
 *
 * @throws ValueError for images or points of another shape, or an unknown option.
 * @example
 * const corners = [[0, 0], [1, 0], [0, 1], [1, 1]];
 * const mirrored = jit((x) => ops.image.perspectiveTransform(x, corners, [[1, 0], [0, 0], [1, 1], [0, 1]]));
 * await mirrored([[[1], [2]], [[3], [4]]]);   // [[[2], [1]], [[4], [3]]]
 * @see https://keras.io/api/ops/image/#perspective_transform-function
 */
export const perspectiveTransform: Symbolic<
  (images: Operand, startPoints: Operand, endPoints: Operand, options?: PerspectiveTransformOptions) => Value
> = op(
  'image.PerspectiveTransform',
  ['images', 'startPoints', 'endPoints'],
  { interpolation: 'bilinear', fillValue: 0, dataFormat: null },
  (images: Operand, startPoints: Operand, endPoints: Operand, options: PerspectiveTransformOptions = {}): Value => {
    const who = 'ops.image.perspectiveTransform';
    const value = readImages(who, images);
    const [start, end] = [toValue(startPoints), toValue(endPoints)];
    const isQuad = [2, 3].includes(start.rank) && sameShape(start.shape.slice(-2), [4, 2]);
    const count = start.rank === 3 ? (start.shape[0] ?? null) : 1;
    const batch = value.rank === 4 ? (value.shape[0] ?? null) : 1;
    const fits = count === null || batch === null || count === 1 || count === batch;
    if (!isQuad || !sameShape(start.shape, end.shape) || !fits) {
      throw new ValueError(
        `[${who}] startPoints and endPoints must be of one shape, [4, 2] or [batch, 4, 2]. Received: shapes ${showShape(start.shape)} and ${showShape(end.shape)} for images of shape ${showShape(value.shape)}.`,
      );
    }
    const sampling = readSampling(who, options);
    const asBatch = (points: Value): Value => build.reshape(points, [count, 4, 2]);
    const transforms = castTo(homography(asBatch(start), asBatch(end)), 'float32');
    return onBatch(value, readDataFormat(who, options.dataFormat), (all) =>
      project(all, value.dtype === 'float64' ? castTo(transforms, 'float64') : transforms, sampling),
    );
  },
);
