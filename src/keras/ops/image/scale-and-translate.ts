import { canonicalAxes } from '../../../core/axes.ts';
import { checkBoolean, checkChoice, checkInteger } from '../../../core/checks.ts';
import { isFloat } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { sameShape, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { round } from '../numpy/rounding.ts';
import { standIn } from './images.ts';
import { type Kernel, multiplyAxis, resamplingWeights } from './resampling.ts';

/** A method of interpolation, under any of its names. */
export type ScaleMethod =
  'linear' | 'bilinear' | 'trilinear' | 'triangle' | 'cubic' | 'bicubic' | 'tricubic' | 'lanczos3' | 'lanczos5';

/** Options of {@link scaleAndTranslate}. */
export interface ScaleAndTranslateOptions {
  /** Whether to average the elements that a smaller result would skip. @default true */
  antialias?: boolean | undefined;
}

const METHODS: Readonly<Record<ScaleMethod, Kernel>> = {
  linear: 'linear',
  bilinear: 'linear',
  trilinear: 'linear',
  triangle: 'linear',
  cubic: 'cubic',
  bicubic: 'cubic',
  tricubic: 'cubic',
  lanczos3: 'lanczos3',
  lanczos5: 'lanczos5',
};

const WHO = 'ops.image.scaleAndTranslate';

/** The sizes of the result; null, where an axis keeps its size. */
function readSizes(outputShape: unknown, axes: readonly number[]): readonly (number | null)[] {
  if (!Array.isArray(outputShape)) {
    throw new TypeError(`[${WHO}] outputShape must be a list of integers ≥ 0. Received: ${show(outputShape)}.`);
  }
  return (outputShape as readonly unknown[]).map((size, axis) =>
    size === null && !axes.includes(axis) ? null : checkInteger(WHO, 'outputShape', size, 0),
  );
}

/**
 * Images resampled on some axes: the element at the place p of an axis, counted with half a pixel to the center of the
 * first, moves to p · scale + translation. Elements from beyond the edges are 0. The scale, the translation and the images
 * have gradients.
 *
 * Shapes: images of any shape, scale and translation `[axes]` → `outputShape`. Integers are rounded, and stay in their range.
 *
 * @param outputShape the shape of the result, which differs from that of the images on `spatialDims` alone; null stands for
 * the size of another axis
 * @param spatialDims the axes that are resampled, in the order of `scale` and `translation`
 * @throws ValueError if the shapes or axes do not fit, or for an unknown method.
 * @example
 * const shift = jit((x) => ops.image.scaleAndTranslate(x, [4], [2], [0], [0], 'linear'));
 * await shift([0, 1]);   // [0, 0.25, 0.75, 1]
 * @see https://keras.io/api/ops/image/
 */
export const scaleAndTranslate: Symbolic<
  (
    images: Operand,
    outputShape: readonly (number | null)[],
    scale: Operand,
    translation: Operand,
    spatialDims: readonly number[],
    method: ScaleMethod,
    options?: ScaleAndTranslateOptions,
  ) => Value
> = op(
  'image.ScaleAndTranslate',
  ['images', 'outputShape', 'scale', 'translation'],
  { spatialDims: REQUIRED, method: REQUIRED, antialias: true },
  (
    images: Operand,
    outputShape: readonly (number | null)[],
    scale: Operand,
    translation: Operand,
    spatialDims: readonly number[],
    method: ScaleMethod,
    { antialias = true }: ScaleAndTranslateOptions = {},
  ): Value => {
    const value = toValue(images);
    const kernel = METHODS[checkChoice(WHO, 'method', method, Object.keys(METHODS) as ScaleMethod[])];
    const wide = checkBoolean(WHO, 'antialias', antialias);
    const axes = canonicalAxes(spatialDims, value.rank, WHO, 'spatialDims');
    const sizes = readSizes(outputShape, axes);
    const isKept = (size: number | null, axis: number): boolean =>
      axes.includes(axis) || size === null || (sizes[axis] ?? size) === size;
    if (sizes.length !== value.rank || !value.shape.every(isKept)) {
      throw new ValueError(
        `[${WHO}] outputShape must be the shape of the images but for spatialDims. Received: outputShape=${show(outputShape)}, spatialDims=${show(spatialDims)} for images of shape ${showShape(value.shape)}.`,
      );
    }
    const [scales, shifts] = unifyTwo(toFloat(scale), toFloat(translation));
    if (![scales, shifts].every(({ shape }) => sameShape(shape, [axes.length]))) {
      throw new ValueError(
        `[${WHO}] scale and translation must have a number for each of spatialDims. Received: shapes ${showShape(scales.shape)} and ${showShape(shifts.shape)}, spatialDims=${show(spatialDims)}.`,
      );
    }
    const unknown = axes.filter((axis) => value.shape[axis] === null);
    if (unknown.length > 0) return standIn(value, new Map(axes.map((axis) => [axis, sizes[axis] ?? null])));
    const at = (list: Value, i: number): Value => build.reshape(build.slice(list, [i], [i + 1]), []);
    let result = toFloat(value);
    for (const [i, axis] of axes.entries()) {
      const map = { scale: at(scales, i), translation: at(shifts, i) };
      const weights = resamplingWeights(value.shape[axis] ?? 1, sizes[axis] ?? 1, map, kernel, wide);
      result = multiplyAxis(result, weights, axis);
    }
    if (isFloat(value.dtype)) return result;
    const all = value.shape.map((_, axis) => axis);
    const [low, high] = [build.min(value, { axes: all }), build.max(value, { axes: all })];
    return castTo(
      build.minimum(build.maximum(round(result), castTo(low, 'float32')), castTo(high, 'float32')),
      value.dtype,
    );
  },
);
