import { checkBoolean, checkChoice, checkNumber } from '../../../core/checks.ts';
import { isFloat } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { Tensor } from '../../../core/tensor.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { pad } from '../numpy/joining.ts';
import { round } from '../numpy/rounding.ts';
import { type DataFormatOptions, axesOf, readDataFormat, readImages, standIn } from './images.ts';
import { type Kernel, multiplyAxis, resamplingWeights } from './resampling.ts';

/** A method of interpolation. */
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos3' | 'lanczos5' | 'area';

/** Options of {@link resize}. */
export interface ResizeOptions extends DataFormatOptions {
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: Interpolation | undefined;
  /** Whether to average the pixels that a smaller result would skip. @default false */
  antialias?: boolean | undefined;
  /** Whether to keep the ratio of height to width by cropping the images first. @default false */
  cropToAspectRatio?: boolean | undefined;
  /** Whether to keep the ratio of height to width by padding the images first. @default false */
  padToAspectRatio?: boolean | undefined;
  /** The method of padding, of which there is one. @default 'constant' */
  fillMode?: 'constant' | undefined;
  /** The number that pads. @default 0 */
  fillValue?: number | undefined;
}

const KERNELS: Readonly<Record<Exclude<Interpolation, 'nearest'>, Kernel>> = {
  bilinear: 'linear',
  bicubic: 'cubic',
  lanczos3: 'lanczos3',
  lanczos5: 'lanczos5',
  area: 'area',
};

/** The methods of interpolation, for checks. */
export const INTERPOLATIONS: readonly Interpolation[] = [
  'nearest',
  'bilinear',
  'bicubic',
  'lanczos3',
  'lanczos5',
  'area',
];

const WHO = 'ops.image.resize';

/** x with an axis of another size. */
function resizeTo(x: Value, axis: number, size: number, interpolation: Interpolation, antialias: boolean): Value {
  const given = x.shape[axis] ?? 1;
  if (given === size) return x;
  if (interpolation === 'nearest') {
    const indices = Int32Array.from({ length: size }, (_, i) => Math.floor(Math.fround(((i + 0.5) * given) / size)));
    return build.gather(x, constant(new Tensor(indices, [size])), axis);
  }
  const map = { scale: constant(size / given, x.dtype), translation: constant(0, x.dtype) };
  return multiplyAxis(x, resamplingWeights(given, size, map, KERNELS[interpolation], antialias), axis);
}

/** A height and a width. */
export type ImageSize = readonly [height: number, width: number];

/** The largest part of an image that has the ratio of the target, or the smallest image around it. */
function fitRatio(
  [height, width]: ImageSize,
  [targetHeight, targetWidth]: ImageSize,
  fit: (given: number, wanted: number) => number,
): ImageSize {
  return [
    fit(height, Math.trunc((width * targetHeight) / targetWidth)),
    fit(width, Math.trunc((height * targetWidth) / targetHeight)),
  ];
}

/** The images with the numbers of an integer dtype, rounded and restricted to its range. */
function roundTo(x: Value, like: Value): Value {
  if (x.dtype === like.dtype || isFloat(like.dtype) || like.dtype === 'bool') return castTo(x, like.dtype);
  const rounded = round(x);
  return castTo(like.dtype === 'uint8' ? build.minimum(build.maximum(rounded, 0), 255) : rounded, like.dtype);
}

/** A height and a width, both positive integers. */
export function readSize(who: string, size: unknown): ImageSize {
  const isSize = (entry: unknown): boolean => Number.isInteger(entry) && Number(entry) > 0;
  if (Array.isArray(size) && size.length === 2 && size.every(isSize)) return [Number(size[0]), Number(size[1])];
  throw new ValueError(`[${who}] size must be a height and a width, both integers ≥ 1. Received: size=${show(size)}.`);
}

/**
 * Images of another height and width. Pixels are squares: the center of pixel i is at i + ½.
 *
 *     y[i] = Σⱼ w(|(i + ½) / s − ½ − j|) · x[j] / Σⱼ w(…), s = size / given size, on each axis
 *
 * with w(d) = max(0, 1 − d) for `bilinear`, Keys's cubic with a = −½ for `bicubic`, Lanczos's windows of radius 3 and 5, and
 * the overlap of the pixels for `area`; `nearest` takes the pixel ⌊(i + ½) / s⌋. With `antialias`, w is wider by 1 / s where
 * the result is smaller. Images of integers are rounded, to the even neighbor from the middle, and restricted to their dtype.
 *
 * Shapes: `[height, width, channels]` → `[size[0], size[1], channels]`, with a batch axis before, or channels first.
 *
 * @throws ValueError for images of another rank, a size that is not two positive integers, or cropping and padding at once.
 * @example
 * await jit((x) => ops.image.resize(x, [1, 4]))([[[0], [1]]]);   // [[[0], [0.25], [0.75], [1]]]
 * await jit((x) => ops.image.resize(x, [1, 2], { antialias: true }))([[[1], [2], [3], [6]]]);   // [[[13/7], [29/7]]]
 * @see https://keras.io/api/ops/image/#resize-function
 */
export const resize: Symbolic<(images: Operand, size: readonly number[], options?: ResizeOptions) => Value> = op(
  'image.Resize',
  ['images'],
  {
    size: REQUIRED,
    interpolation: 'bilinear',
    antialias: false,
    cropToAspectRatio: false,
    padToAspectRatio: false,
    fillMode: 'constant',
    fillValue: 0,
    dataFormat: null,
  },
  (images: Operand, size: readonly number[], options: ResizeOptions = {}): Value => {
    const given = readImages(WHO, images);
    const target = readSize(WHO, size);
    const interpolation = checkChoice(WHO, 'interpolation', options.interpolation ?? 'bilinear', INTERPOLATIONS);
    const antialias = checkBoolean(WHO, 'antialias', options.antialias ?? false);
    const crops = checkBoolean(WHO, 'cropToAspectRatio', options.cropToAspectRatio ?? false);
    const pads = checkBoolean(WHO, 'padToAspectRatio', options.padToAspectRatio ?? false);
    checkChoice(WHO, 'fillMode', options.fillMode ?? 'constant', ['constant']);
    const fillValue = checkNumber(WHO, 'fillValue', options.fillValue ?? 0);
    if (crops && pads) {
      throw new ValueError(
        `[${WHO}] images can be cropped or padded, not both. Received: cropToAspectRatio=true, padToAspectRatio=true.`,
      );
    }
    const { height: rows, width: columns } = axesOf(given.rank, readDataFormat(WHO, options.dataFormat));
    const [height = null, width = null] = [given.shape[rows], given.shape[columns]];
    if (height === null || width === null) {
      return standIn(
        given,
        new Map([
          [rows, target[0]],
          [columns, target[1]],
        ]),
      );
    }
    const atAxes = (ofRows: number, ofColumns: number, other: number): number[] =>
      given.shape.map((_, axis) => (axis === rows ? ofRows : axis === columns ? ofColumns : other));
    let x = given;
    if (crops) {
      const [h, w] = fitRatio([height, width], target, (all, wanted) => Math.max(Math.min(all, wanted), 1));
      const [top, left] = [Math.floor((height - h) / 2), Math.floor((width - w) / 2)];
      x = build.slice(x, atAxes(top, left, 0), atAxes(top + h, left + w, Infinity));
    } else if (pads) {
      const [h, w] = fitRatio([height, width], target, Math.max);
      const [top, left] = [Math.floor((h - height) / 2), Math.floor((w - width) / 2)];
      x = pad(
        x,
        atAxes(top, left, 0).map((edge) => [edge, edge] as const),
        { constantValues: fillValue },
      );
    }
    const computed = interpolation === 'nearest' ? x : toFloat(x);
    const resized = resizeTo(computed, rows, target[0], interpolation, antialias);
    return roundTo(resizeTo(resized, columns, target[1], interpolation, antialias), given);
  },
);
