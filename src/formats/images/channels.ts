import { ValueError } from '../../core/errors.ts';
import type { Image } from './decode.ts';

/** The channels of an image: gray; red, green and blue; or these and alpha. */
export type ColorMode = 'grayscale' | 'rgb' | 'rgba';

/** The number of channels of each mode. */
export const CHANNELS: Readonly<Record<ColorMode, 1 | 3 | 4>> = { grayscale: 1, rgb: 3, rgba: 4 };

/** The position of the channel axis in images. */
export type DataFormat = 'channels_last' | 'channels_first';

/**
 * Converts an image to another number of channels. Alpha is dropped, or added as 255; gray is repeated; colors are
 * converted to gray by the luma weights of ITU-R 601, as in other libraries.
 *
 * @throws ValueError unless there are 1 to 4 channels
 */
export function withChannels(image: Image, channels: number, who: string): Image {
  if (image.channels === channels) return image;
  if (![1, 2, 3, 4].includes(channels)) {
    throw new ValueError(
      `[${who}] images have 1, 2, 3 or 4 channels. Received: a model with ${channels}. Use a .npy file instead.`,
    );
  }
  const { height, width } = image;
  const pixels = height * width;
  const data = new Float32Array(pixels * channels);
  const isGray = image.channels <= 2;
  const hasAlpha = image.channels % 2 === 0;
  const colors = channels <= 2 ? 1 : 3;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * image.channels;
    const red = image.data[from] ?? 0;
    const green = isGray ? red : (image.data[from + 1] ?? 0);
    const blue = isGray ? red : (image.data[from + 2] ?? 0);
    const to = pixel * channels;
    if (colors === 3) {
      data[to] = red;
      data[to + 1] = green;
      data[to + 2] = blue;
    } else data[to] = isGray ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
    if (channels > colors) data[to + colors] = hasAlpha ? (image.data[from + image.channels - 1] ?? 255) : 255;
  }
  return { height, width, channels, data };
}
