import { checkInteger, checkNumber } from '../../../core/checks.ts';
import { isFloat } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { Tensor } from '../../../core/tensor.ts';
import { sameShape, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { depthwiseConv } from '../nn/convolution.ts';
import type { Padding } from '../nn/window-layout.ts';
import { type DataFormatOptions, onBatch, readDataFormat, readImages } from './images.ts';
import { range } from './resampling.ts';

const { add, divide, multiply, subtract } = build;

/** Applies one filter `[height, width]` to each channel of a batch with the channels last. */
export function filterChannels(batch: Value, filter: Value, padding: Padding): Value {
  const [height = 1, width = 1] = filter.knownShape;
  // While a model is described, the number of channels may be unknown, and only the shape of the result matters.
  const channels = batch.shape[3] ?? 1;
  const kernel = build.broadcastTo(build.reshape(filter, [height, width, 1, 1]), [height, width, channels, 1]);
  const filtered = depthwiseConv(batch, castTo(kernel, batch.dtype), { padding });
  return batch.shape[3] === null ? build.broadcastTo(filtered, batch.shape) : filtered;
}

/** The weights exp(−½ (i / σ)²) of places around the center, which sum to 1. */
function gaussian(size: number, sigma: Value): Value {
  const places = subtract(range(size, sigma.dtype), (size - 1) / 2);
  const weights = build.exp(multiply(build.square(divide(places, sigma)), -0.5));
  return divide(weights, build.sum(weights, { axes: [0] }));
}

/**
 * Blurs a batch of images with the channels last, one axis after the other. The sizes and standard deviations are those of
 * the width and of the height.
 */
export function blur(batch: Value, [width, height]: readonly [number, number], sigma: readonly [Value, Value]): Value {
  const along = (x: Value, shape: readonly [number, number], deviation: Value): Value =>
    filterChannels(x, build.reshape(gaussian(Math.max(...shape), deviation), shape), 'same');
  return along(along(batch, [height, 1], sigma[1]), [1, width], sigma[0]);
}

/** Options of {@link gaussianBlur}. */
export interface GaussianBlurOptions extends DataFormatOptions {
  /** The number of columns and of rows that are averaged. @default [3, 3] */
  kernelSize?: readonly number[] | undefined;
  /** The standard deviations along the width and along the height, in pixels. @default [1, 1] */
  sigma?: readonly Operand[] | undefined;
}

function pairOf<T>(who: string, name: string, given: readonly T[], isValid: (entry: T) => boolean): readonly [T, T] {
  const [first, second] = given;
  if (given.length === 2 && first !== undefined && second !== undefined && given.every(isValid)) return [first, second];
  throw new ValueError(
    `[${who}] ${name} must be two positive numbers, for the width and the height. Received: ${name}=${show(given)}.`,
  );
}

/**
 * Images blurred by a Gaussian filter; beyond the edges they are continued with zeros.
 *
 *     y = Σ w · x / Σ w over the neighbors, w = exp(−½ (column² / σ₀² + row² / σ₁²))
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same.
 *
 * @throws ValueError for images of another rank or of integers, or options that are not two positive numbers.
 * @example
 * await jit((x) => ops.image.gaussianBlur(x, { kernelSize: [3, 1], sigma: [1, 1] }))([[[0], [1], [0]]]);
 * // [[[0.27406862], [0.45186276], [0.27406862]]]
 * @see https://keras.io/api/ops/image/#gaussian_blur-function
 */
export const gaussianBlur: Symbolic<(images: Operand, options?: GaussianBlurOptions) => Value> = op(
  'image.GaussianBlur',
  ['images'],
  { kernelSize: [3, 3], sigma: [1, 1], dataFormat: null },
  (images: Operand, { kernelSize = [3, 3], sigma = [1, 1], dataFormat }: GaussianBlurOptions = {}): Value => {
    const who = 'ops.image.gaussianBlur';
    const value = readImages(who, images);
    if (!isFloat(value.dtype)) {
      throw new ValueError(`[${who}] images must be of a floating type. Received: ${value.dtype}.`);
    }
    const sizes = pairOf(who, 'kernelSize', kernelSize, (size) => Number.isInteger(size) && size >= 1);
    const deviations = pairOf(who, 'sigma', sigma, (entry) => typeof entry !== 'number' || entry > 0);
    const [x, y] = deviations.map((entry) => castTo(toValue(entry), value.dtype));
    return onBatch(value, readDataFormat(who, dataFormat), (batch) => blur(batch, sizes, [x ?? value, y ?? value]));
  },
);

/**
 * The slopes of the brightness of images by Sobel's filters, along the height and along the width; beyond the edges the
 * images are continued with zeros.
 *
 *     dy: [[−1, −2, −1], [0, 0, 0], [1, 2, 1]], dx: its transpose
 *
 * Shapes: images `[batch, height, width, channels]` or channels first → the same with a last axis of [dy, dx].
 *
 * @throws ValueError for images of another rank.
 * @example
 * await jit((x) => ops.image.sobelEdges(x))([[[[0], [1], [1]]]]);   // [[[[[0, 2]], [[0, 2]], [[0, -2]]]]] but for signs of 0
 * @see https://keras.io/api/ops/image/#sobel_edges-function
 */
export const sobelEdges: Symbolic<(images: Operand, options?: DataFormatOptions) => Value> = op(
  'image.SobelEdges',
  ['images'],
  { dataFormat: null },
  (images: Operand, { dataFormat }: DataFormatOptions = {}): Value => {
    const who = 'ops.image.sobelEdges';
    const value = toFloat(images);
    if (value.rank !== 4) {
      throw new ValueError(`[${who}] images must be a batch, of rank 4. Received: shape ${showShape(value.shape)}.`);
    }
    const slope = [-1, -2, -1, 0, 0, 0, 1, 2, 1];
    const filter = (transposed: boolean): Value => {
      const matrix = constant(new Tensor(Float32Array.from(slope), [3, 3]), value.dtype);
      return transposed ? build.transpose(matrix, [1, 0]) : matrix;
    };
    const edges = [false, true].map((transposed) => {
      const edge = onBatch(value, readDataFormat(who, dataFormat), (batch) =>
        filterChannels(batch, filter(transposed), 'same'),
      );
      return build.reshape(edge, [...edge.shape, 1]);
    });
    return build.concatenate([edges[0] ?? value, ...edges.slice(1)], 4);
  },
);

/** Options of {@link ssim}. */
export interface SsimOptions extends DataFormatOptions {
  /** The largest value of a pixel: 1, or 255 for bytes. @default 1 */
  maxVal?: number | undefined;
  /** The number of rows and columns of the window, an odd integer. @default 11 */
  filterSize?: number | undefined;
  /** The standard deviation of the window's Gaussian weights, in pixels. @default 1.5 */
  filterSigma?: number | undefined;
  /** The constant that stabilizes the comparison of brightness. @default 0.01 */
  k1?: number | undefined;
  /** The constant that stabilizes the comparison of contrast. @default 0.03 */
  k2?: number | undefined;
}

/**
 * The structural similarity of images, in [−1, 1], and 1 for equal ones: the mean over windows and channels of
 *
 *     (2 μ₁ μ₂ + c₁)(2 σ₁₂ + c₂) / ((μ₁² + μ₂² + c₁)(σ₁² + σ₂² + c₂)), c₁ = (k₁ · maxVal)², c₂ = (k₂ · maxVal)²
 *
 * with means, variances and the covariance in a Gaussian window that is within the images.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → `[]` or `[batch]`.
 *
 * @throws ValueError for images of different shapes or another rank, or smaller than the window.
 * @example
 * await jit((x) => ops.image.ssim(x, x, { filterSize: 1 }))([[[0.5], [1]]]);   // 1
 * @see Wang et al., 2004, Image quality assessment: from error visibility to structural similarity
 * @see https://keras.io/api/ops/image/#ssim-function
 */
export const ssim: Symbolic<(image1: Operand, image2: Operand, options?: SsimOptions) => Value> = op(
  'image.SSIM',
  ['image1', 'image2'],
  { maxVal: 1, filterSize: 11, filterSigma: 1.5, k1: 0.01, k2: 0.03, dataFormat: null },
  function ssim(image1: Operand, image2: Operand, options: SsimOptions = {}): Value {
    const who = 'ops.image.ssim';
    const given = readImages(who, image1, 'image1');
    const [a, b] = unifyTwo(toFloat(given), toFloat(readImages(who, image2, 'image2')));
    if (!sameShape(a.shape, b.shape)) {
      throw new ValueError(
        `[${who}] image1 and image2 must have one shape. Received: shapes ${showShape(a.shape)} and ${showShape(b.shape)}.`,
      );
    }
    const maximum = checkNumber(who, 'maxVal', options.maxVal ?? 1);
    const size = checkInteger(who, 'filterSize', options.filterSize ?? 11, 1);
    const sigma = constant(checkNumber(who, 'filterSigma', options.filterSigma ?? 1.5), a.dtype);
    const [c1, c2] = [options.k1 ?? 0.01, options.k2 ?? 0.03].map(
      (k, i) => (checkNumber(who, `k${i + 1}`, k) * maximum) ** 2,
    );
    const dataFormat = readDataFormat(who, options.dataFormat);
    const window = gaussian(size, sigma);
    const average = (x: Value): Value =>
      onBatch(x, dataFormat, (batch) => {
        if ([batch.shape[1], batch.shape[2]].some((extent) => typeof extent === 'number' && extent < size)) {
          throw new ValueError(
            `[${who}] filterSize must be at most the height and the width. Received: filterSize=${size} for images of shape ${showShape(a.shape)}.`,
          );
        }
        const rows = filterChannels(batch, build.reshape(window, [size, 1]), 'valid');
        return filterChannels(rows, build.reshape(window, [1, size]), 'valid');
      });
    const [mean1, mean2] = [average(a), average(b)];
    const both = multiply(mean1, mean2);
    const squares = add(build.square(mean1), build.square(mean2));
    const covariance = subtract(average(multiply(a, b)), both);
    const variances = subtract(add(average(build.square(a)), average(build.square(b))), squares);
    const similarity = divide(
      multiply(add(multiply(both, 2), c1 ?? 0), add(multiply(covariance, 2), c2 ?? 0)),
      multiply(add(squares, c1 ?? 0), add(variances, c2 ?? 0)),
    );
    const axes = a.rank === 4 ? [1, 2, 3] : [0, 1, 2];
    return castTo(build.mean(similarity, { axes }), given.dtype);
  },
);
