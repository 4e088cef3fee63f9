import { checkBoolean, checkChoice, checkInteger } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { Tensor } from '../../../core/tensor.ts';
import { CHANNELS, type ColorMode, type DataFormat, withChannels } from '../../../formats/images/channels.ts';
import type { Image } from '../../../formats/images/decode.ts';
import { SCALINGS, type Scaling, scaleImage } from '../../../formats/images/scale.ts';
import { type FromDirectory, datasetFromDirectory } from './dataset-from-directory.ts';
import { type DirectoryDatasetOptions, readDirectoryOptions } from './directory-options.ts';
import type { DirectoryLike, FolderFile } from './folder.ts';

/** Options of {@link imageDatasetFromDirectory}. */
export interface ImageDatasetOptions extends DirectoryDatasetOptions {
  /** The channels: 1, 3 or 4. @default 'rgb' */
  readonly colorMode?: ColorMode | undefined;
  /** The size to which images are resized; one number for squares. @default [256, 256] */
  readonly imageSize?: number | readonly [height: number, width: number] | undefined;
  /** The method of resizing, that of `tf.image.resize`. @default 'bilinear' */
  readonly interpolation?: Scaling | undefined;
  /** Whether the middle of an image is resized, in the proportions of `imageSize`. @default false */
  readonly cropToAspectRatio?: boolean | undefined;
  /** Whether an image keeps its proportions, with zeros at two sides. @default false */
  readonly padToAspectRatio?: boolean | undefined;
  /** The position of the channel axis. @default 'channels_last' */
  readonly dataFormat?: DataFormat | null | undefined;
}

const WHO = 'utils.imageDatasetFromDirectory';
const ENDINGS = ['.bmp', '.gif', '.jpeg', '.jpg', '.png'];
const OPTIONS = ['colorMode', 'imageSize', 'interpolation', 'cropToAspectRatio', 'padToAspectRatio', 'dataFormat'];

interface ImageSettings {
  readonly colorMode: ColorMode;
  readonly height: number;
  readonly width: number;
  readonly interpolation: Scaling;
  readonly ratio: 'crop' | 'pad' | null;
  readonly dataFormat: DataFormat;
}

/**
 * The images of a folder, whose folders are the classes, in batches `[images, labels]`: PNG, JPEG, BMP and GIF, of which the first
 * frame. The order of the files, the labels and the split into subsets are those of Keras in Python, for the same seed;
 * the dataset has `classNames` and `filePaths`.
 *
 *     const [training, validation] = await utils.imageDatasetFromDirectory('flowers', {
 *       imageSize: 180, validationSplit: 0.2, subset: 'both', seed: 1,
 *     });
 *     await model.fit(training, { validationData: validation, epochs: 10 });
 *
 * In a browser, `directory` is the `files` of an `<input type="file" webkitdirectory>`, or a directory handle.
 *
 * Shapes: images float32 `[batch, height, width, channels]` in [0, 255], uint8 for `'nearest'`; labels int32 `[batch]`, float32
 * `[batch, 1]` or `[batch, classes]`.
 *
 * @throws TypeError if an option is unknown or has the wrong type; ValueError if options contradict each other, or the folder
 * has no images; a file that is damaged, when the dataset comes to it.
 * @example
 * const png = await utils.saveImg(null, [[[0], [255]]], { scale: false, fileFormat: 'png' });
 * const files = ['cat', 'dog'].map((name) => Object.assign(new File([png], `${name}.png`), { webkitRelativePath: `pets/${name}/1.png` }));
 * const dataset = await utils.imageDatasetFromDirectory(files, { imageSize: [2, 4], shuffle: false, verbose: false });
 * dataset.classNames;               // ['cat', 'dog']
 * const [[images, labels]] = await dataset.toArray();
 * images.shape;                     // [2, 2, 4, 3]
 * labels;                           // [0, 1]
 * @see https://keras.io/api/data_loading/image/#imagedatasetfromdirectory-function
 */
export async function imageDatasetFromDirectory<const Options extends ImageDatasetOptions = Record<never, never>>(
  directory: DirectoryLike,
  options?: Options,
): Promise<FromDirectory<Options, Tensor>> {
  const given: ImageDatasetOptions = options ?? {};
  const settings = readDirectoryOptions(WHO, given, OPTIONS);
  const image = readImageOptions(given);
  return datasetFromDirectory<Options, Tensor>(WHO, directory, settings, {
    what: 'images',
    endings: ENDINGS,
    load: (file) => loadImage(file, image),
  });
}

function readImageOptions(options: ImageDatasetOptions): ImageSettings {
  const given: unknown = options.imageSize ?? [256, 256];
  const size: unknown = typeof given === 'number' ? [given, given] : given;
  if (!Array.isArray(size) || size.length !== 2) {
    throw new ValueError(
      `[${WHO}] imageSize must be an integer or [height, width]. Received: imageSize=${show(given)}.`,
    );
  }
  const [height = 0, width = 0] = size.map((length, i) => checkInteger(WHO, `imageSize[${i}]`, length, 1));
  const interpolation: unknown = options.interpolation ?? 'bilinear';
  const crops = checkBoolean(WHO, 'cropToAspectRatio', options.cropToAspectRatio ?? false);
  const pads = checkBoolean(WHO, 'padToAspectRatio', options.padToAspectRatio ?? false);
  if (crops && pads) {
    throw new ValueError(`[${WHO}] only one of cropToAspectRatio and padToAspectRatio can be true. Received: both.`);
  }
  return {
    colorMode: checkChoice(WHO, 'colorMode', options.colorMode ?? 'rgb', ['grayscale', 'rgb', 'rgba']),
    height,
    width,
    interpolation: checkChoice(
      WHO,
      'interpolation',
      typeof interpolation === 'string' ? interpolation.toLowerCase() : interpolation,
      SCALINGS,
    ),
    ratio: crops ? 'crop' : pads ? 'pad' : null,
    dataFormat: checkChoice(WHO, 'dataFormat', options.dataFormat ?? 'channels_last', [
      'channels_last',
      'channels_first',
    ]),
  };
}

/** Reads an image as TensorFlow does. */
async function loadImage(file: FolderFile, settings: ImageSettings): Promise<Tensor> {
  const { colorMode, height, width, interpolation, ratio, dataFormat } = settings;
  const who = `${WHO} ${file.path}`;
  const bytes = await file.read();
  // Loaded on demand, since the decoders are large.
  const { decodeImage, sniffImage } = await import('../../../formats/images/decode.ts');
  const decoded = decodeImage(bytes, who);
  const isPng = sniffImage(bytes) === 'png';
  // Of 16 bits, which the header tells, the high bytes. Others are whole numbers, of which passes over all pixels would cost time.
  const isDeep = isPng && bytes[24] === 16;
  const whole = isDeep ? mapped(decoded, (value) => Math.floor(Math.round(value * 257) / 256)) : decoded;
  const isGrayed = colorMode === 'grayscale' && decoded.channels >= 3;
  const colored = isGrayed && isPng ? grayed(whole) : withChannels(whole, CHANNELS[colorMode], who);
  const image = isGrayed && !isPng ? mapped(colored, Math.round) : colored;
  const source = ratio === 'crop' ? cropped(image, height, width) : image;
  const made =
    ratio === 'pad' ? padded(source, height, width, interpolation) : scaleImage(source, height, width, interpolation);
  const ordered = dataFormat === 'channels_last' ? made.data : channelsFirst(made);
  const { channels } = made;
  const shape = dataFormat === 'channels_last' ? [height, width, channels] : [channels, height, width];
  return new Tensor(interpolation === 'nearest' ? Uint8Array.from(ordered) : ordered, shape);
}

const mapped = (image: Image, map: (value: number) => number): Image => ({ ...image, data: image.data.map(map) });

/** The gray of libpng, which TensorFlow reads PNGs with: luma in fixed point, truncated. */
function grayed({ height, width, channels, data }: Image): Image {
  const gray = new Float32Array(height * width);
  for (let pixel = 0; pixel < gray.length; pixel++) {
    const at = pixel * channels;
    gray[pixel] = (9797 * (data[at] ?? 0) + 19234 * (data[at + 1] ?? 0) + 3737 * (data[at + 2] ?? 0)) >> 15;
  }
  return { height, width, channels: 1, data: gray };
}

const { fround } = Math;

/** The largest middle of an image that has the proportions of a size, in float32 as Keras computes it. */
function cropped(image: Image, height: number, width: number): Image {
  const fit = (own: number, other: number, target: number, otherTarget: number): number =>
    Math.max(Math.min(own, Math.trunc(fround(fround(other * target) / otherTarget))), 1);
  const rows = fit(image.height, image.width, height, width);
  const columns = fit(image.width, image.height, width, height);
  const [top, left] = [Math.trunc((image.height - rows) / 2), Math.trunc((image.width - columns) / 2)];
  const { channels } = image;
  const data = new Float32Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) {
    const from = ((top + row) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + columns * channels), row * columns * channels);
  }
  return { height: rows, width: columns, channels, data };
}

/** An image in a size with its own proportions, and zeros around it. */
function padded(image: Image, height: number, width: number, interpolation: Scaling): Image {
  const ratio = Math.max(fround(image.width / width), fround(image.height / height));
  const [exactRows, exactColumns] = [fround(image.height / ratio), fround(image.width / ratio)];
  const [rows, columns] = [Math.max(Math.floor(exactRows), 1), Math.max(Math.floor(exactColumns), 1)];
  const top = Math.max(Math.floor(fround(height - exactRows) / 2), 0);
  const left = Math.max(Math.floor(fround(width - exactColumns) / 2), 0);
  const made = scaleImage(image, rows, columns, interpolation);
  const { channels } = image;
  const data = new Float32Array(height * width * channels);
  for (let row = 0; row < rows; row++) {
    const from = row * columns * channels;
    data.set(made.data.subarray(from, from + columns * channels), ((top + row) * width + left) * channels);
  }
  return { height, width, channels, data };
}

function channelsFirst({ height, width, channels, data }: Image): Float32Array {
  const made = new Float32Array(data.length);
  const size = height * width;
  for (let pixel = 0; pixel < size; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      made[channel * size + pixel] = data[pixel * channels + channel] ?? 0;
    }
  }
  return made;
}
