import { checkInteger, checkNumber } from '../../../core/checks.ts';
import { isFloat } from '../../../core/dtype.ts';
import { RandomStream, drawSeed } from '../../../core/random.ts';
import { isKnown } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { standardNormal } from '../base/standard-normal.ts';
import { blur } from './filters.ts';
import { onBatch, readDataFormat, readImages } from './images.ts';
import { range } from './resampling.ts';
import type { FillMode, SamplingOptions } from './sampling.ts';
import { type PerspectiveTransformOptions, readSampling, samplePixels } from './transforms.ts';

/** Options of {@link elasticTransform}. */
export interface ElasticTransformOptions extends PerspectiveTransformOptions {
  /** The factor of the random shifts. @default 20 */
  alpha?: number | undefined;
  /** The smoothness of the shifts: the standard deviation of the Gaussian filter that blurs them, in pixels. @default 5 */
  sigma?: number | undefined;
  /** The continuation of the images beyond their edges, as for `mapCoordinates`. @default 'reflect' */
  fillMode?: FillMode | undefined;
  /** A seed that makes the shifts reproducible. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** A batch of images with each pixel moved by `[batch, height, width]` shifts, in pixels. */
export function shiftPixels(batch: Value, dy: Value, dx: Value, options: SamplingOptions): Value {
  const [, height = 1, width = 1] = batch.knownShape;
  const y = build.add(range(height, dy.dtype, [1, height, 1]), dy);
  return samplePixels(batch, y, build.add(range(width, dx.dtype, [1, 1, width]), dx), options);
}

/**
 * Random shifts of pixels, blurred: α · blur(σ · N(0, 1), σ).
 *
 * @param reach the number of rows and of columns that are averaged
 */
export function smoothShifts(
  seeds: RandomStream,
  [count, height, width]: readonly [number | null, number, number],
  alpha: Value,
  sigma: Value,
  reach: number,
): Value {
  const drawn = build.multiply(standardNormal(seeds, [count, height, width, 1], sigma.dtype), sigma);
  const blurred = blur(drawn, [reach, reach], [sigma, sigma]);
  return build.multiply(build.reshape(blurred, [count, height, width]), alpha);
}

/**
 * Images distorted by random smooth shifts of their pixels: each pixel is taken from a place that is
 * α · blur(σ · N(0, 1), σ) away, along the height and along the width.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same.
 *
 * @throws ValueError for images of another rank, or an unknown option.
 * @example
 * const wobble = jit((x) => ops.image.elasticTransform(x, { alpha: 0, seed: 1 }));
 * await wobble([[[1], [2]]]);   // [[[1], [2]]]
 * @see Simard et al., 2003, Best practices for convolutional neural networks applied to visual document analysis
 * @see https://keras.io/api/ops/image/
 */
export const elasticTransform: Symbolic<(images: Operand, options?: ElasticTransformOptions) => Value> = op(
  'image.ElasticTransform',
  ['images'],
  {
    alpha: 20,
    sigma: 5,
    interpolation: 'bilinear',
    fillMode: 'reflect',
    fillValue: 0,
    seed: null,
    dataFormat: null,
  },
  (images: Operand, options: ElasticTransformOptions = {}): Value => {
    const who = 'ops.image.elasticTransform';
    const value = readImages(who, images);
    const sampling = readSampling(who, { ...options, fillMode: options.fillMode ?? 'reflect' });
    const alpha = checkNumber(who, 'alpha', options.alpha ?? 20);
    const sigma = checkNumber(who, 'sigma', options.sigma ?? 5);
    const seed = options.seed ?? null;
    const seeds = new RandomStream(seed === null ? drawSeed() : checkInteger(who, 'seed', seed, 0));
    return onBatch(value, readDataFormat(who, options.dataFormat), (batch) => {
      // While a model is described, sizes may be unknown, and only the shape of the result matters.
      if (!isKnown(batch.shape)) return batch;
      const [count = 1, height = 1, width = 1] = batch.knownShape;
      const dtype = isFloat(batch.dtype) ? batch.dtype : 'float32';
      const [strength, deviation] = [constant(alpha, dtype), constant(sigma, dtype)];
      const shifts = (): Value =>
        smoothShifts(seeds, [count, height, width], strength, deviation, Math.trunc(6 * sigma) | 1);
      const [dx, dy] = [shifts(), shifts()];
      return castTo(shiftPixels(batch, dy, dx, sampling), value.dtype);
    });
  },
);
