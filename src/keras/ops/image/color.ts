import { isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { type DataFormatOptions, axesOf, readDataFormat, readImages } from './images.ts';

const { abs, add, divide, equal, floor, less, maximum, minimum, multiply, subtract, where } = build;

type ColorOp = Symbolic<(images: Operand, options?: DataFormatOptions) => Value>;

const OPTIONS = { dataFormat: null };

type Planes = readonly [Value, Value, Value];

/** The three channels of images, each as an axis of size 1. */
function planesOf(images: Value, axis: number): Planes {
  const plane = (channel: number): Value =>
    build.slice(
      images,
      images.shape.map((_, i) => (i === axis ? channel : 0)),
      images.shape.map((_, i) => (i === axis ? channel + 1 : Infinity)),
    );
  return [plane(0), plane(1), plane(2)];
}

/** Checks the number of channels; an unknown number is accepted. Returns it. */
function checkChannels(who: string, { shape }: Value, axis: number, allowed: readonly number[]): number | null {
  const channels = shape[axis] ?? null;
  if (channels === null || allowed.includes(channels)) return channels;
  throw new ValueError(
    `[${who}] images must have ${allowed.join(' or ')} channels. Received: shape ${showShape(shape)} with ${channels} channels.`,
  );
}

/** A function of the three channels of images of a floating type. */
function mapPlanes(
  who: string,
  images: Operand,
  { dataFormat }: DataFormatOptions,
  map: (...planes: Planes) => Planes,
): Value {
  const value = readImages(who, images);
  if (!isFloat(value.dtype)) {
    throw new ValueError(`[${who}] images must be of a floating type. Received: ${value.dtype}.`);
  }
  const axis = axesOf(value.rank, readDataFormat(who, dataFormat)).channels;
  checkChannels(who, value, axis, [3]);
  return build.concatenate(map(...planesOf(value, axis)), axis);
}

/**
 * Images in shades of gray: 0.2989 · red + 0.587 · green + 0.114 · blue, in the dtype of the images. Images of one channel
 * are returned as they are.
 *
 * Shapes: `[height, width, 3]` → `[height, width, 1]`, with a batch axis before, or channels first.
 *
 * @throws ValueError for another rank or number of channels.
 * @example
 * await jit((x) => ops.image.rgbToGrayscale(x))([[[1, 0, 0], [0, 1, 0], [1, 1, 1]]]);   // [[[0.2989], [0.587], [0.9999]]]
 * @see https://keras.io/api/ops/image/#rgb_to_grayscale-function
 */
export const rgbToGrayscale: ColorOp = op(
  'image.RGBToGrayscale',
  ['images'],
  OPTIONS,
  function rgbToGrayscale(images: Operand, options: DataFormatOptions = {}): Value {
    const who = 'ops.image.rgbToGrayscale';
    const value = readImages(who, images);
    const axis = axesOf(value.rank, readDataFormat(who, options.dataFormat)).channels;
    if (checkChannels(who, value, axis, [1, 3]) === 1) return value;
    const [red, green, blue] = planesOf(toFloat(value), axis);
    const gray = add(add(multiply(red, 0.2989), multiply(green, 0.587)), multiply(blue, 0.114));
    return castTo(gray, value.dtype);
  },
);

/**
 * Images of red, green and blue as hue, saturation and value, all in [0, 1] for images in [0, 1]: red has the hue 0, green
 * 1/3, blue 2/3, and gray the hue 0 and the saturation 0.
 *
 * Shapes: `[height, width, 3]`, with a batch axis before, or channels first → the same.
 *
 * @throws ValueError for another rank or number of channels, or images that are not of a floating type.
 * @example
 * await jit((x) => ops.image.rgbToHsv(x))([[[0, 1, 0], [0.5, 0.25, 0.25]]]);   // [[[1/3, 1, 1], [0, 0.5, 0.5]]]
 * @see https://keras.io/api/ops/image/#rgb_to_hsv-function
 */
export const rgbToHsv: ColorOp = op(
  'image.RGBToHSV',
  ['images'],
  OPTIONS,
  function rgbToHsv(images: Operand, options: DataFormatOptions = {}): Value {
    return mapPlanes('ops.image.rgbToHsv', images, options, (red, green, blue) => {
      const value = maximum(maximum(red, green), blue);
      const range = subtract(value, minimum(minimum(red, green), blue));
      const isGray = build.lessEqual(range, 0);
      const isBlack = build.lessEqual(value, 0);
      const saturation = where(isBlack, 0, divide(range, where(isBlack, 1, value)));
      const sixths = multiply(where(isGray, 1, range), 6);
      const slope = (a: Value, b: Value): Value => divide(subtract(a, b), sixths);
      const ofGreenOrBlue = where(equal(value, green), add(slope(blue, red), 1 / 3), add(slope(red, green), 2 / 3));
      const signed = where(isGray, 0, where(equal(value, red), slope(green, blue), ofGreenOrBlue));
      return [where(less(signed, 0), add(signed, 1), signed), saturation, value];
    });
  },
);

/**
 * Images of hue, saturation and value as red, green and blue, the inverse of {@link rgbToHsv}. The hue has the period 1.
 *
 * Shapes: `[height, width, 3]`, with a batch axis before, or channels first → the same.
 *
 * @throws ValueError for another rank or number of channels, or images that are not of a floating type.
 * @example
 * await jit((x) => ops.image.hsvToRgb(x))([[[0, 1, 1], [0, 0.5, 0.5]]]);   // [[[1, 0, 0], [0.5, 0.25, 0.25]]]
 * @see https://keras.io/api/ops/image/#hsv_to_rgb-function
 */
export const hsvToRgb: ColorOp = op(
  'image.HSVToRGB',
  ['images'],
  OPTIONS,
  function hsvToRgb(images: Operand, options: DataFormatOptions = {}): Value {
    return mapPlanes('ops.image.hsvToRgb', images, options, (hue, saturation, value) => {
      const sixths = multiply(subtract(hue, floor(hue)), 6);
      const clip = (x: Value): Value => minimum(maximum(x, 0), 1);
      const distance = (center: number): Value => abs(subtract(sixths, center));
      const pure = [subtract(distance(3), 1), subtract(2, distance(2)), subtract(2, distance(4))] as const;
      // The pure color, blended with white by the saturation, and darkened by the value.
      const blend = (color: Value): Value =>
        multiply(value, add(subtract(1, saturation), multiply(saturation, clip(color))));
      return [blend(pure[0]), blend(pure[1]), blend(pure[2])];
    });
  },
);
