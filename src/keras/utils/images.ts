import { isImageData } from '../../core/array-data.ts';
import { checkBoolean, checkChoice, checkInteger, checkOptions } from '../../core/checks.ts';
import { type DType, checkDType, convert } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { CHANNELS, type ColorMode, type DataFormat, withChannels } from '../../formats/images/channels.ts';
import type { ByteImage } from '../../formats/images/encode.ts';
import { INTERPOLATIONS, type Interpolation, resample } from '../../formats/images/resample.ts';
import { bytesOf } from './bytes-of.ts';
import { files } from '#files';

/** Options of {@link loadImg}. */
export interface LoadImgOptions {
  /** The channels. Alpha is dropped or added as 255, and colors are converted to gray. @default 'rgb' */
  readonly colorMode?: ColorMode | undefined;
  /** The size to resize to; null for that of the file. @default null */
  readonly targetSize?: readonly [height: number, width: number] | null | undefined;
  /** The filter of resizing. @default 'nearest' */
  readonly interpolation?: Interpolation | undefined;
  /** Whether the middle of the image is resized, in the proportions of `targetSize`, rather than all of it. @default false */
  readonly keepAspectRatio?: boolean | undefined;
}

/** Options of {@link imgToArray}. */
export interface ImgToArrayOptions {
  /** The position of the channel axis in the result. @default 'channels_last' */
  readonly dataFormat?: DataFormat | null | undefined;
  /** The dtype of the result. @default 'float32' */
  readonly dtype?: DType | null | undefined;
}

/** Options of {@link arrayToImg}. */
export interface ArrayToImgOptions {
  /** The position of the channel axis in the array. @default 'channels_last' */
  readonly dataFormat?: DataFormat | null | undefined;
  /** Whether the values are scaled so that the minimum is 0 and the maximum 255. @default true */
  readonly scale?: boolean | undefined;
}

/** Options of {@link saveImg}. */
export interface SaveImgOptions extends ArrayToImgOptions {
  /** The format of the file. @default that of the ending of the path */
  readonly fileFormat?: 'png' | 'jpeg' | 'jpg' | null | undefined;
}

const FORMATS = ['channels_last', 'channels_first'] as const;

/**
 * Reads a PNG, JPEG, BMP or GIF, of which the first frame, from a path, a file URL or bytes. PNGs are read and resized as by
 * Pillow, to the bit; the pixels of JPEGs differ by a few levels, because decoders differ in upsampling colors. 16 bits are
 * reduced to 8.
 *
 * Shape of the result: `[height, width, channels]`, uint8. Several images make one batch: `tensor(images)`.
 *
 *     const image = await utils.loadImg('cat.jpg', { targetSize: [224, 224], interpolation: 'bilinear' });
 *     await model.predict([utils.imgToArray(image)]);
 *
 * @throws ValueError if the file cannot be read, or is damaged; TypeError if an option is unknown.
 * @example
 * const file = await utils.saveImg(null, [[[0], [255]]], { scale: false, fileFormat: 'png' });
 * (await utils.loadImg(file, { colorMode: 'grayscale' })).toArray();    // [[[0], [255]]]
 * (await utils.loadImg(file, { targetSize: [2, 4] })).shape;            // [2, 4, 3]
 * @see https://keras.io/api/data_loading/image/#loadimg-function
 */
export async function loadImg(
  source: FilePath | Uint8Array | ArrayBuffer,
  options: LoadImgOptions = {},
): Promise<Tensor> {
  const who = 'utils.loadImg';
  checkOptions(who, options, ['colorMode', 'targetSize', 'interpolation', 'keepAspectRatio']);
  const targetSize: unknown = options.targetSize ?? null;
  const colorMode = checkChoice(who, 'colorMode', options.colorMode ?? 'rgb', ['grayscale', 'rgb', 'rgba']);
  const interpolation = checkChoice(who, 'interpolation', options.interpolation ?? 'nearest', INTERPOLATIONS);
  const keepsRatio = checkBoolean(who, 'keepAspectRatio', options.keepAspectRatio ?? false);
  if (targetSize !== null && (!Array.isArray(targetSize) || targetSize.length !== 2)) {
    throw new ValueError(`[${who}] targetSize must be [height, width]. Received: targetSize=${show(targetSize)}.`);
  }
  const size = ((targetSize ?? []) as readonly unknown[]).map((length, i) =>
    checkInteger(who, `targetSize[${i}]`, length, 1),
  );
  const bytes = await bytesOf(who, source);
  const subject = typeof source === 'string' || source instanceof URL ? `${who} ${String(source)}` : who;
  // Loaded on demand, since the decoders are large.
  const { decodeImage } = await import('../../formats/images/decode.ts');
  const decoded = decodeImage(bytes, subject);
  // The high bytes of 16 bits, as in Pillow; numbers of 8 bits are unchanged.
  const whole = decoded.data.map((value) => Math.floor(Math.round(value * 257) / 256));
  const image = withChannels({ ...decoded, data: whole }, CHANNELS[colorMode], subject);
  const { height, width } = image;
  const pixels: ByteImage = {
    height,
    width,
    channels: CHANNELS[colorMode],
    data: Uint8Array.from(image.data, Math.round),
  };
  const [tall = height, wide = width] = size;
  const fits = tall === height && wide === width;
  if (fits) return new Tensor(pixels.data, [height, width, pixels.channels]);
  const cropped = keepsRatio
    ? [Math.min(height, Math.floor((width * tall) / wide)), Math.min(width, Math.floor((height * wide) / tall))]
    : [height, width];
  const [rows, columns] = [middleOf(height, cropped[0] ?? height), middleOf(width, cropped[1] ?? width)];
  const made = resample(pixels, rows, columns, tall, wide, interpolation);
  return new Tensor(made.data, [tall, wide, made.channels]);
}

function middleOf(length: number, part: number): { readonly start: number; readonly end: number } {
  const start = Math.floor((length - part) / 2);
  return { start, end: start + part };
}

/**
 * Converts an image to an array for a model, of numbers in [0, 255].
 *
 * Shapes: `[height, width]` or `[height, width, channels]`, or the browser's `ImageData` → `[height, width, channels]`, or
 * `[channels, height, width]` with channels first.
 *
 * @throws ValueError if the image is of another rank.
 * @example
 * const image = tensor(Uint8Array.of(0, 128, 255, 0, 128, 255), [1, 2, 3]);
 * utils.imgToArray(image).dtype;                                       // 'float32'
 * utils.imgToArray(image, { dataFormat: 'channels_first' }).shape;     // [3, 1, 2]
 * @see https://keras.io/api/data_loading/image/#imgtoarray-function
 */
export function imgToArray(img: TensorLike, options: ImgToArrayOptions = {}): Tensor {
  const who = 'utils.imgToArray';
  checkOptions(who, options, ['dataFormat', 'dtype']);
  const dataFormat = checkChoice(who, 'dataFormat', options.dataFormat ?? 'channels_last', FORMATS);
  const dtype = options.dtype ?? 'float32';
  checkDType(dtype, who);
  const image = isImageData(img) ? tensor([img]).reshape([img.height, img.width, 4]) : tensor(img);
  const [height = 0, width = 0, channels = 1] = image.shape;
  if (image.rank !== 2 && image.rank !== 3) {
    throw new ValueError(
      `[${who}] an image must be [height, width] or [height, width, channels]. Received: shape ${showShape(image.shape)}. Convert the images of a batch one by one.`,
    );
  }
  const data = convert(image.data, dtype);
  const made = new Tensor(data === image.data ? data.slice() : data, [height, width, channels], dtype);
  return dataFormat === 'channels_last' ? made : transposed(made, [2, 0, 1]);
}

/**
 * Converts an array to an image, [height, width, channels] of uint8, for `saveImg` or a canvas. With `scale`, the minimum of
 * the array becomes 0 and the maximum 255.
 *
 * Shapes: `[height, width, channels]`, or `[channels, height, width]` with channels first; 1, 3 or 4 channels.
 *
 * @throws ValueError if the array does not have the shape of an image, or values are outside of [0, 255] without `scale`.
 * @example
 * utils.arrayToImg([[[-1], [0], [1]]]).toArray();                     // [[[0], [127], [255]]]
 * utils.arrayToImg([[[1.9], [0], [3]]], { scale: false }).toArray();  // [[[1], [0], [3]]]
 * @see https://keras.io/api/data_loading/image/#arraytoimg-function
 */
export function arrayToImg(x: TensorLike, options: ArrayToImgOptions = {}): Tensor {
  const who = 'utils.arrayToImg';
  checkOptions(who, options, ['dataFormat', 'scale']);
  return makeImage(who, x, options);
}

function makeImage(who: string, x: TensorLike, options: ArrayToImgOptions): Tensor {
  const dataFormat = checkChoice(who, 'dataFormat', options.dataFormat ?? 'channels_last', FORMATS);
  const scale = checkBoolean(who, 'scale', options.scale ?? true);
  const given = tensor(x);
  const array = given.rank === 3 && dataFormat === 'channels_first' ? transposed(given, [1, 2, 0]) : given;
  const [height = 0, width = 0, channels = 0] = array.shape;
  if (array.rank !== 3 || ![1, 3, 4].includes(channels) || array.size === 0) {
    throw new ValueError(
      `[${who}] an array must be ${dataFormat === 'channels_last' ? '[height, width, channels]' : '[channels, height, width]'} with 1, 3 or 4 channels. Received: shape ${showShape(given.shape)}.`,
    );
  }
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of array.data) {
    if (!Number.isFinite(value)) throw new ValueError(`[${who}] values must be finite. Received: ${value}.`);
    [minimum, maximum] = [Math.min(minimum, value), Math.max(maximum, value)];
  }
  if (!scale && (minimum < 0 || maximum >= 256)) {
    throw new ValueError(
      `[${who}] without scale, values must be in [0, 255]. Received: values from ${minimum} to ${maximum}. Pass scale: true.`,
    );
  }
  // As Keras in float32, whose roundings decide between two bytes; if all values are equal, they become 0.
  const { fround } = Math;
  const range = fround(maximum - minimum) === 0 ? 1 : fround(maximum - minimum);
  const scaled = (value: number): number => fround(fround(fround(value - minimum) / range) * 255);
  const data = Uint8Array.from(array.data, (value) => Math.trunc(scale ? scaled(value) : value));
  return new Tensor(data, [height, width, channels]);
}

/**
 * Writes an array as an image, PNG or JPEG, after `arrayToImg`; or returns the bytes of the file if the path is null. JPEGs
 * have no alpha.
 *
 *     await utils.saveImg('filter.png', model.getLayer('conv', layers.Conv2D).kernel.value);
 *
 * @throws ValueError if the ending is neither .png, .jpg nor .jpeg, or as for `arrayToImg`. An existing file is unchanged then.
 * @example
 * const bytes = await utils.saveImg(null, [[[0, 1, 2]]], { fileFormat: 'jpeg' });
 * [...bytes.subarray(0, 2)];    // [255, 216]
 * @see https://keras.io/api/data_loading/image/#saveimg-function
 */
export function saveImg(path: null, x: TensorLike, options: SaveImgOptions): Promise<Uint8Array>;
export function saveImg(path: FilePath, x: TensorLike, options?: SaveImgOptions): Promise<void>;
export async function saveImg(
  path: FilePath | null,
  x: TensorLike,
  options: SaveImgOptions = {},
): Promise<Uint8Array | void> {
  const who = 'utils.saveImg';
  checkOptions(who, options, ['dataFormat', 'scale', 'fileFormat']);
  const ending = path === null ? '' : (/\.([a-z]+)$/i.exec(String(path))?.[1] ?? '').toLowerCase();
  const format = checkChoice(who, 'fileFormat', options.fileFormat ?? ending, ['png', 'jpeg', 'jpg']);
  const { shape, data } = makeImage(who, x, options);
  const [height = 0, width = 0, channels = 0] = shape;
  const image = { height, width, channels: channels as 1 | 3 | 4, data: Uint8Array.from(data) };
  const { encodeImage } = await import('../../formats/images/encode.ts');
  const bytes = encodeImage(image, format === 'png' ? 'png' : 'jpeg');
  if (path === null) return bytes;
  await files.writeFileAtomic(who, path, bytes);
}

/** An array of rank 3 with its axes in another order. */
function transposed(x: Tensor, axes: readonly [number, number, number]): Tensor {
  const sizes = axes.map((axis) => x.shape[axis] ?? 0);
  const steps = [(x.shape[1] ?? 0) * (x.shape[2] ?? 0), x.shape[2] ?? 0, 1];
  const [a = 0, b = 0, c = 0] = axes.map((axis) => steps[axis] ?? 0);
  const data = x.data.slice();
  let to = 0;
  for (let i = 0; i < (sizes[0] ?? 0); i++) {
    for (let j = 0; j < (sizes[1] ?? 0); j++) {
      for (let k = 0; k < (sizes[2] ?? 0); k++) data[to++] = x.data[i * a + j * b + k * c] ?? 0;
    }
  }
  return new Tensor(data, sizes, x.dtype);
}
